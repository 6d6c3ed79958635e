"""Break rules of the core one at a time and see that a scenario which cites the rule notices.

`python -m tests.rules_mutation --draw 20` takes as many rules at random; `--rule ELG-2` one rule's breaks, `--all` all.
Nothing is changed in place: each break happens in a copy of the tree. Exit status 1 when a break is not noticed.
"""

import argparse
import random
import sys

from tests.broken_rules import BREAKS
from tests.mutants import Break, Tried, all_noticed, broken, copied, missing, played

Broken = tuple[str, Break]
"""A rule and one of its breaks."""


def main(arguments: list[str] | None = None) -> int:
    """Try what was asked for and print a table; 1 when a break is not noticed or can't be tried."""
    asked = _asked(arguments)
    if faults := missing(every_break()):
        print(*faults, sep="\n")
        return 1
    wanted = _drawn(asked)
    print(f"{len(wanted)} breaks of {len({rule for rule, _ in wanted})} rules, seed {asked.seed}")
    with copied() as tree:

        def attempt(piece: Broken) -> Tried:
            rule, each = piece
            with broken(tree, [each]) as copy:
                return played(copy, "features", "-m", f'rule(id="{rule}")')

        return 0 if all_noticed(wanted, attempt, _shown, asked.jobs) else 1


def every_break() -> list[Broken]:
    """Each rule with each of its breaks."""
    return [(rule, each) for rule, breaks in BREAKS.items() for each in breaks]


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.rules_mutation", description=__doc__)
    parser.add_argument("--draw", type=int, default=20, help="how many rules, at random")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="draws the same again")
    parser.add_argument("--rule", action="append", default=[], help="this rule, with all its breaks")
    parser.add_argument("--all", action="store_true", help="every break there is")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    return parser.parse_args(arguments)


def _drawn(asked: argparse.Namespace) -> list[Broken]:
    if asked.all or asked.rule:
        return [(rule, each) for rule in (asked.rule or BREAKS) for each in BREAKS[rule]]
    chance = random.Random(asked.seed)
    rules = chance.sample(sorted(BREAKS), min(asked.draw, len(BREAKS)))
    return [(rule, chance.choice(BREAKS[rule])) for rule in rules]


def _shown(piece: Broken) -> str:
    rule, each = piece
    wrong = " ".join(each.wrong.split()) or "(nothing)"
    return f"{rule:7} {each.file}: {wrong[:70]}"


if __name__ == "__main__":
    sys.exit(main())
