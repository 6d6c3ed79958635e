"""`python -m tests.fuzz --cases 5000 [--seed N]`: throw that many bad and good requests at a portal of its own."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.house import furnished
from tests.fuzz.run import Fuzz, Tally


def main() -> int:
    """Run, print what was sent and what was wrong; 1 where something was."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, furnished(Path(folder)) as (served, customer, spare):
        tally = Fuzz(served, customer, spare, asked.seed).run(asked.cases)
        crashes = [line for line in served.log.splitlines() if "http.crashed" in line or "upstream_refused" in line]
    print_tally(tally)
    for line in crashes:
        print(line)
    failures = tally.failures + len(crashes)
    print(f"seed {asked.seed}, {time.monotonic() - began:.0f} s")
    print(f"{tally.cases} cases, {failures} failures")
    return 1 if failures else 0


def print_tally(tally: Tally) -> None:
    """Each operation with its cases and statuses, then each finding."""
    for operation, statuses in tally.statuses.items():
        counted = "  ".join(f"{status}×{times}" for status, times in sorted(statuses.items()))
        print(f"{statuses.total():6}  {operation:<52} {counted}")
    for finding in tally.findings.values():
        print(finding)


if __name__ == "__main__":
    sys.exit(main())
