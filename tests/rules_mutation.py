"""Break rules of the core one at a time and see that a scenario which cites the rule notices.

`python -m tests.rules_mutation --draw 20` takes as many rules at random; `--rule ELG-2` one rule's breaks, `--all` all.
Nothing is changed in place: each break happens in a copy of the tree. Exit status 1 when a break is not noticed.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.broken_rules import BREAKS, Break

ROOT: Final = Path(__file__).parents[1]
COPIED: Final = ("adapters", "core", "features", "genkan", "ports", "tests", "pyproject.toml", "README.md")
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", ".*", "assets")
NOTICED, UNNOTICED, NO_SCENARIO = 1, 0, 5
CRASHED: Final = re.compile(r"answered 500 |\('code', 'internal'\)")
"""What a failed scenario shows where the break did not do the wrong thing, but none at all."""
LONGEST: Final = 600.0


@dataclass(frozen=True)
class Tried:
    """How one break went: `noticed_by` is the first scenario that failed, None when none did."""

    rule: str
    broken: Break
    noticed_by: str | None
    fault: str
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether the rule is proved."""
        return self.noticed_by is not None and not self.fault


def main(arguments: list[str] | None = None) -> int:
    """Try what was asked for and print a table; 1 when a break is not noticed or can't be tried."""
    asked = _asked(arguments)
    if faults := missing():
        print(*faults, sep="\n")
        return 1
    wanted = _drawn(asked)
    print(f"{len(wanted)} breaks of {len({rule for rule, _ in wanted})} rules, seed {asked.seed}")
    with ThreadPoolExecutor(asked.jobs) as at_once:
        tried = [_printed(each) for each in at_once.map(lambda pair: attempt(*pair), wanted)]
    bad = [each for each in tried if not each.is_well]
    print(f"{len(tried) - len(bad)} of {len(tried)} noticed")
    return 1 if bad else 0


def missing(breaks: Iterable[tuple[str, Break]] | None = None) -> list[str]:
    """What can't be broken any more: a line that is not there, or stands there more than once, or makes no sense."""
    found = []
    for rule, each in breaks or [(rule, each) for rule, breaks in BREAKS.items() for each in breaks]:
        text = (ROOT / each.file).read_text("utf-8")
        if (times := text.count(each.right)) != 1:
            found.append(f"{rule}: {each.file} holds {times} times: {each.right}")
            continue
        try:
            compile(text.replace(each.right, each.wrong), each.file, "exec")
        except SyntaxError as error:
            found.append(f"{rule}: {each.file} would not be Python: {error}")
    return found


def attempt(rule: str, broken: Break) -> Tried:
    """Break the rule in a copy of the tree, and run there the scenarios that cite it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="genkan-broken-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=NOT_COPIED)
            else:
                shutil.copyfile(source, copy / name)
        file = copy / broken.file
        file.write_text(file.read_text("utf-8").replace(broken.right, broken.wrong), "utf-8")
        told = _played(copy, rule)
    failed = re.search(r"^FAILED (\S+\.feature::.*?)(?: - .*)?$", told.stdout, re.MULTILINE)
    fault = {NOTICED: "", UNNOTICED: "", NO_SCENARIO: "no scenario cites it"}.get(told.returncode, "the run broke")
    if told.returncode == NOTICED and failed is None:
        fault = "the run broke"
    elif CRASHED.search(told.stdout):
        fault = "it crashes instead of being wrong"
    return Tried(rule, broken, failed[1] if failed else None, fault, time.monotonic() - began)


def _played(copy: Path, rule: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "features", "-x", "-q", "-m", f'rule(id="{rule}")']
    quiet = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:schemathesis"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*command, *quiet], cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.rules_mutation", description=__doc__)
    parser.add_argument("--draw", type=int, default=20, help="how many rules, at random")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="draws the same again")
    parser.add_argument("--rule", action="append", default=[], help="this rule, with all its breaks")
    parser.add_argument("--all", action="store_true", help="every break there is")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    return parser.parse_args(arguments)


def _drawn(asked: argparse.Namespace) -> list[tuple[str, Break]]:
    if asked.all or asked.rule:
        return [(rule, each) for rule in (asked.rule or BREAKS) for each in BREAKS[rule]]
    chance = random.Random(asked.seed)
    rules = chance.sample(sorted(BREAKS), min(asked.draw, len(BREAKS)))
    return [(rule, chance.choice(BREAKS[rule])) for rule in rules]


def _printed(tried: Tried) -> Tried:
    how = tried.noticed_by if tried.is_well else (tried.fault or "NOT NOTICED").upper()
    broken = " ".join(tried.broken.wrong.split()) or "(nothing)"
    print(f"{tried.rule:7} {tried.broken.file}: {broken[:70]}\n        {how} ({tried.seconds:.0f} s)", flush=True)
    return tried


if __name__ == "__main__":
    sys.exit(main())
