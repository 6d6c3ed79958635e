"""Take away each guard that keeps a promise (tests/guards) and see that a test notices.

`python -m tests.guards_removed --all` takes away each of them, `--draw 20` as many at random, `--only NAME` that one.
Nothing is changed in place: each is taken out of a copy of the tree, where those tests are run that are to notice; all
of them were run before in a copy that is whole. Exit status 1 when a removal is not noticed.
"""

import argparse
import random
import re
import sys
from collections.abc import Sequence
from typing import Final

from tests.databases import POSTGRESQL, SQLITE, server, stop_server
from tests.guards import GUARDS
from tests.guards.guard import Guard
from tests.mutants import Tried, all_noticed, broken, copied, missing, played

NOTICED: Final = re.compile(
    r"assert\b|AssertionError|Failed: DID NOT RAISE|Failed: Regex|TimeoutError|KeyError: 'code'"
    r"|(core\.domain\.refusals|ports\.errors)\.\w+"
    r"|json\.decoder\.JSONDecodeError"
    r"|sqlalchemy\.exc\.(IntegrityError|MultipleResultsFound|.*(already exists|database is locked))"
)
"""What a test says that noticed: something is not so, is not refused, does not come to its end, or is refused.

A database refuses too what is there twice; `KeyError: 'code'` is an answer that should have been a problem, and what is
no JSON should have been. Anything else is a break that does not do the wrong thing, but none at all.
"""
_ON: Final = {"GENKAN_TEST_DATABASE": SQLITE}
"""What the suite runs on; tests of the database itself run on both, and say in their name on which."""


def main(arguments: list[str] | None = None) -> int:
    """Take away what was asked for and print a table; 1 when a removal is not noticed or can't be tried."""
    asked = _asked(arguments)
    if faults := missing(every_removal()):
        print(*faults, sep="\n")
        return 1
    wanted = _drawn(asked)
    if any(POSTGRESQL in test for each in wanted for test in each.noticed_by):
        server()  # one for all of the runs
    try:
        return 0 if _all_noticed(wanted, asked) else 1
    finally:
        stop_server()


def every_removal() -> list[tuple[str, object]]:
    """Each guard by its name, with how it is taken away."""
    return [(each.name, each.broken) for each in GUARDS]


def _all_noticed(wanted: Sequence[Guard], asked: argparse.Namespace) -> bool:
    print(f"{len(wanted)} of {len(GUARDS)} guards, seed {asked.seed}")
    with copied() as tree:
        whole = played(tree, *sorted({test for each in wanted for test in each.noticed_by}), environment=_ON)
        if whole.noticed_by is not None or whole.fault:
            print(f"the tests fail with every guard in its place: {whole.noticed_by or whole.fault}\n{whole.said}")
            return False

        def attempt(guard: Guard) -> Tried:
            with broken(tree, [guard.broken]) as copy:
                return _judged(played(copy, *guard.noticed_by, environment=_ON))

        return all_noticed(wanted, attempt, _shown, asked.jobs)


def _judged(tried: Tried) -> Tried:
    if tried.noticed_by is None or tried.fault or NOTICED.match(tried.said):
        return tried
    return Tried(tried.noticed_by, tried.said, f"it crashes instead of being wrong: {tried.said[:200]}", tried.seconds)


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.guards_removed", description=__doc__)
    parser.add_argument("--draw", type=int, default=20, help="how many guards, at random")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="draws the same again")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="the guard of that name")
    parser.add_argument("--all", action="store_true", help="every guard there is")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.only) - {each.name for each in GUARDS}:
        parser.error(f"there is no guard of the name {', '.join(sorted(unknown))}")
    return asked


def _drawn(asked: argparse.Namespace) -> Sequence[Guard]:
    if asked.only:
        return [each for each in GUARDS if each.name in asked.only]
    if asked.all:
        return GUARDS
    return random.Random(asked.seed).sample(GUARDS, min(asked.draw, len(GUARDS)))


def _shown(guard: Guard) -> str:
    return f"{guard.kind:15} {guard.name} ({guard.keeps})"


if __name__ == "__main__":
    sys.exit(main())
