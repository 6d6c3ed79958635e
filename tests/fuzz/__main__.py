"""`python -m tests.fuzz --cases 5000 [--seed N] [--corpus 1]`: throw requests at a portal of its own, good and bad.

First that many made from the OpenAPI document, then a share of the corpus: every naughty thing in every field.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.corpus import Corpus
from tests.fuzz.house import furnished
from tests.fuzz.run import Fuzz
from tests.fuzz.tally import Tally, what_the_log_gives_away


def main() -> int:
    """Run, print what was sent and what was wrong; 1 where something was."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=5000, help="requests made from the document, at least")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same requests")
    parser.add_argument("--corpus", type=float, default=1.0, help="the share of the corpus that is sent, 0 to 1")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, furnished(Path(folder)) as (served, customer, spare):
        tally = Fuzz(served, customer, spare, asked.seed).run(asked.cases)
        print_tally(tally, "made from the document")
        corpus = Corpus(served, customer, spare, asked.seed, asked.corpus).run() if asked.corpus else Tally()
        print_tally(corpus, "of the corpus")
        said = what_the_log_gives_away(served.log, customer, spare)
    for line in said:
        print(line)
    cases, failures = tally.cases + corpus.cases, tally.failures + corpus.failures + len(said)
    print(f"seed {asked.seed}, {time.monotonic() - began:.0f} s")
    print(f"{cases} cases, {failures} failures")
    return 1 if failures else 0


def print_tally(tally: Tally, what: str) -> None:
    """Each operation with its cases and statuses, then each finding."""
    for operation, statuses in tally.statuses.items():
        counted = "  ".join(f"{status}×{times}" for status, times in sorted(statuses.items()))
        print(f"{statuses.total():6}  {operation:<52} {counted}")
    print(f"{tally.cases:6}  {what}")
    for finding in tally.findings.values():
        print(finding)


if __name__ == "__main__":
    sys.exit(main())
