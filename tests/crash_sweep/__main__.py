"""Kill a served portal at each commit and each call of another system's port, before and after it (T-1, T-8).

`python -m tests.crash_sweep` walks every journey without a crash, which makes the list of points, and then dies once at
each of its moments: those points between which something was written. `--every` dies at every point, `--sample` at some
that a seed draws. After each death the portal is started again over what it left; a customer who got no answer asks
again once all is quiet; and all there is then is held against the walk without a crash. Status 1 at anything wrong.
"""

import argparse
import multiprocessing
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.crash_sweep.worker import Found, Plan

ROOT = Path(__file__).parents[2]
COLUMNS = "{:<11} {:>5} {:>7} {:>8} {:>7} {:>5} {:>8} {:>7} {:>8} {:>9} {:>6} {:>6}"
HEAD = ("", "legs", "points", "moments", "killed", "lost", "doubled", "untrue", "not met", "recovery", "looks", "s")
NOT_MET = 0.01
"""The share of points that need not be met: which of two things at once comes first is not the same each time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep what was asked for, and print what was found."""
    asked = _asked(arguments)
    os.environ["GENKAN_TEST_DATABASE"] = asked.database
    if asked.wire:
        os.environ |= {"GENKAN_TEST_SALESFORCE": "wire", "GENKAN_TEST_WHMCS": "wire"}
    from tests.crash_sweep.journeys import JOURNEYS  # noqa: PLC0415 - what they play on is known now
    from tests.crash_sweep.worker import Plan, share_of  # noqa: PLC0415

    if unknown := {*asked.journey} - JOURNEYS.keys():
        print(f"no such journey: {', '.join(unknown)} (there are {', '.join(JOURNEYS)})")
        return 2
    names = asked.journey or list(JOURNEYS)
    plan = Plan(
        seed=asked.seed,
        sample=share_of(asked.sample, len(names)),
        point=asked.point,
        every=asked.every,
        part=asked.part,
        again=asked.again,
        held=asked.held,
    )
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {asked.database}"
    machine += ", over the wire" if asked.wire else ""
    print(f"seed {asked.seed}, commit {_commit()}, {machine}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what it began ends with it
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="genkan-sweep-") as folder:
        found = [*_swept(names, plan, asked.jobs, asked.database, Path(folder))]
    wrong = _verdict(found, names)
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


def _swept(names: Sequence[str], plan: "Plan", jobs: int, database: str, folder: Path) -> Iterator["Found"]:
    """What was found in each journey; said as it is found."""
    from tests import databases  # noqa: PLC0415
    from tests.crash_sweep.journeys import JOURNEYS  # noqa: PLC0415
    from tests.crash_sweep.worker import work  # noqa: PLC0415

    if database == databases.POSTGRESQL:
        databases.server()
    fork = multiprocessing.get_context("fork")
    asked, told = fork.SimpleQueue(), fork.SimpleQueue()
    workers = [
        fork.Process(target=work, args=(asked, told, JOURNEYS, plan, folder)) for _ in range(min(jobs, len(names)))
    ]
    for each in workers:
        each.start()
    for name in [*names, *([None] * len(workers))]:
        asked.put(name)
    at_work = len(workers)
    try:
        while at_work:
            while told.empty():
                if all(not each.is_alive() for each in workers) and told.empty():
                    return
                time.sleep(0.05)
            heard = told.get()
            at_work -= heard is None
            if isinstance(heard, str):
                print(heard if heard.startswith(("!", "?")) else f"  {heard}", flush=True)
            elif heard is not None:
                _say(heard)
                yield heard
    finally:
        for each in workers:
            each.join(5 if not at_work else 0)
            each.kill()
        databases.stop_server()


def _say(found: "Found") -> None:
    print(
        f"  {found.journey}: {found.killed} killed, {found.recoveries} on the way back, {found.seconds:.0f} s",
        flush=True,
    )


def _verdict(found: Sequence["Found"], names: Sequence[str]) -> bool:
    """Print the table; whether anything is wrong."""
    print(COLUMNS.format(*HEAD))
    for each in found:
        print(COLUMNS.format(*_row(each.journey, [each])))
    print(COLUMNS.format(*_row("all", found)))
    slowest = max((each.start for each in found), default=0), max((each.quiet for each in found), default=0)
    print(f"it served again within {slowest[0]:.1f} s, and all was quiet within {slowest[1]:.1f} s")
    missing = _missing(found, names)
    for each in missing:
        print(f"! {each}")
    met, not_met = sum(each.killed for each in found), sum(each.not_met for each in found)
    return bool(missing) or not_met > NOT_MET * met or any(each.wrong for each in found)


def _missing(found: Sequence["Found"], names: Sequence[str]) -> list[str]:
    """Journeys that came to no end, and work that they are here for and did not come by."""
    from tests.crash_sweep.journeys import JOURNEYS  # noqa: PLC0415

    lost = [f"{name} came to no end" for name in names if name not in {each.journey for each in found}]
    return lost + [
        f"{each.journey} did not come by {kind}" for each in found for kind in JOURNEYS[each.journey].kinds - each.kinds
    ]


def _row(name: str, found: Iterable["Found"]) -> tuple[str, ...]:
    found = [*found]
    wrong = [wrong for each in found for wrong in each.wrong]
    told = ("lost", "doubled", "untrue")
    counts = [
        *(sum(getattr(each, field) for each in found) for field in ("legs", "points", "moments", "killed")),
        *(len({(leg, at) for leg, at, what in wrong if what.startswith(kind)}) for kind in told),
        sum(each.not_met for each in found),
        *(sum(getattr(each, field) for each in found) for field in ("recoveries", "looks")),
        f"{sum(each.seconds for each in found):.0f}",
    ]
    return name, *map(str, counts)


def _commit() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"


def _part(said: str) -> tuple[int, int]:
    part, _, parts = said.partition("/")
    if not 1 <= int(part) <= int(parts):
        raise ValueError(said)
    return int(part), int(parts)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash_sweep", description=__doc__)
    parser.add_argument("--journey", action="append", default=[], help="this one; may be given again")
    parser.add_argument("--point", help="points that hold these words, moment or not")
    parser.add_argument("--sample", type=int, help="so many moments, drawn from all journeys alike")
    parser.add_argument(
        "--every", action="store_true", help="every point, also where nothing was written since the last"
    )
    parser.add_argument("--part", type=_part, default=(1, 1), metavar="K/N", help="the K-th of N parts of the whole")
    parser.add_argument("--again", type=float, default=0.25, help="the share at which it dies on the way back too")
    parser.add_argument("--held", type=float, default=1.0, help="the share of points at which the walk waits and looks")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="draws the same again")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--wire", action="store_true", help="Salesforce and WHMCS by their own protocols")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
