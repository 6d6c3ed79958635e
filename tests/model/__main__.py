"""`python -m tests.model [--steps 20000] [--seed N] [--wire]`: customers, staff, facts, outages and power cuts.

A portal is asked whatever may be asked of it, in any order, beside a small model of what it promised. What must be so
is looked at after each step, and at the end of each run everything accepted has come true. The seed that is printed
last before a failure has it happen again, with the shortest run that shows it: `--seed N --steps 1`.
"""

import argparse
import gc
import logging
import os
import random
import sys
import time
import warnings

from tests.engines import share_compiled_statements
from tests.model.explore import explore
from tests.model.house import nobody_minds_open_connections
from tests.model.morning import a_morning


def main() -> int:
    """Explore, print what was done, and how it went; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--wire", action="store_true", help="speak Salesforce's, WHMCS's and the partners' protocols")
    parser.add_argument("--no-shrink", dest="shrinks", action="store_false", help="show a failure as it was found")
    asked = parser.parse_args()
    if asked.wire:
        os.environ |= {"GENKAN_TEST_SALESFORCE": "wire", "GENKAN_TEST_WHMCS": "wire"}
    warnings.simplefilter("ignore")  # whoever is killed leaves things open, and waits for what never comes
    sys.unraisablehook = lambda _: None
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # as above: it tells of each that waited
    share_compiled_statements()
    gc.freeze()
    began, number = time.monotonic(), asked.seed
    with nobody_minds_open_connections(), a_morning() as day:
        print(f"seed {asked.seed}, {asked.steps} steps", flush=True)
        try:
            for number in explore(day, asked.seed, asked.steps, shrinks=asked.shrinks):
                print(f"seed {number}, after {day.tally.steps} steps", flush=True)
        finally:
            tally = day.tally
            print(tally.shown())
            spent = f"{time.monotonic() - began:.0f} s, {time.process_time():.0f} s of a core"
            print(f"{tally.steps} steps in {tally.runs} runs, {spent}")
            wire = " --wire" if asked.wire else ""
            print(f"last seed {number}: python -m tests.model --seed {number} --steps 1{wire}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
