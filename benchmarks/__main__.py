"""`python -m benchmarks`: take every measurement, print a table, write it and a JSON file; 1 when a bound fails.

A module joins by its name in MODULES and a sequence BENCHES of what benchmarks/frame calls a Bench.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.frame import Bench, Measured, Pace
from benchmarks.servers import running

MODULES: Final = (
    "benchmarks.catalog",
    "benchmarks.status",
    "benchmarks.cold_start",
    "benchmarks.hash_stall",
    "benchmarks.durable",
    "benchmarks.idle",
    "benchmarks.ground",
    "benchmarks.budgets",
)
RESULTS: Final = Path("var/bench.json")
HEAD: Final = f"{'bench':40} {'figure':>9}  bound"


def found(only: str | None) -> list[Bench]:
    """Every bench whose name holds `only`."""
    benches: list[Bench] = [bench for name in MODULES for bench in importlib.import_module(name).BENCHES]
    return [bench for bench in benches if only is None or only in bench.name]


def row(each: Measured) -> str:
    """A line of the table."""
    verdict = "" if each.holds else "  FAILS"
    return f"{each.name:40} {each.figure:9.3f}  {each.bound}{verdict}  {json.dumps(each.details)}"


def report(measured: list[Measured], pace: Pace, path: Path) -> None:
    """Write the JSON file, and beside it the table as it was printed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()}
    told = {"machine": machine, "pace": asdict(pace), "measured": [asdict(each) for each in measured]}
    path.write_text(json.dumps(told, indent=1) + "\n")
    path.with_suffix(".txt").write_text("\n".join([HEAD, *map(row, measured)]) + "\n")


def main() -> int:
    """Measure as told by the command line."""
    words = argparse.ArgumentParser(prog="python -m benchmarks")
    words.add_argument("--only", help="benches whose name holds this")
    words.add_argument("--seconds", type=float, default=3.0)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--json", type=Path, default=RESULTS, help="where to write; the table goes beside it")
    told = words.parse_args()
    apart = (os.cpu_count() or 1) > 1  # server and load on a core each, where there are two
    pace = Pace(told.seconds, told.rounds, load_core=1 if apart else None)
    measured: list[Measured] = []
    print(HEAD)
    with running(0 if apart else None) as servers:
        for bench in found(told.only):
            each = bench.measure(servers, pace)
            measured.append(each)
            print(row(each), flush=True)
    report(measured, pace, told.json)
    print(f"kept in {told.json} and {told.json.with_suffix('.txt')}")
    return 0 if all(each.holds for each in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
