"""Break the tree one place at a time, each time in a copy of it, and see whether the tests that are run there notice.

What is broken, and who is to notice it, is the matter of tests/rules_mutation.py and of tests/guards_removed.py.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

T = TypeVar("T")

ROOT: Final = Path(__file__).parents[1]
COPIED: Final = ("adapters", "core", "deploy", "features", "genkan", "ports", "tests", "pyproject.toml", "README.md")
NOT_COPIED: Final = shutil.ignore_patterns(".*", "assets")
PASSED, FAILED, NOTHING_RUN = 0, 1, 5
CRASHED: Final = re.compile(r"answered 500 |\('code', 'internal'\)")
"""What a failed test shows where the break did not do the wrong thing, but none at all."""
LONGEST: Final = 300.0
_FAILED: Final = re.compile(r"^FAILED (.+?)(?: - (.*))?$", re.MULTILINE)
_AS_LONG_AS_IT_IS: Final = {"COLUMNS": "1000"}
"""Else the summary leaves out how a test failed."""


class Break(NamedTuple):
    """A text that stands once in a file, and what stands there when it is broken."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Tried:
    """How one break went: `noticed_by` is the first test that failed, None when none did, `said` what it failed with.

    `fault` tells why the break proves nothing.
    """

    noticed_by: str | None
    said: str
    fault: str
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether a test noticed, and for the right reason."""
        return self.noticed_by is not None and not self.fault

    def __str__(self) -> str:
        how = self.noticed_by if self.is_well else (self.fault or "not noticed").upper()
        return f"{how} ({self.seconds:.0f} s)"


def missing(breaks: Iterable[tuple[str, Break]]) -> list[str]:
    """What can't be broken any more: a text that is not there, or stands there more than once, or makes no sense."""
    found = []
    for name, each in breaks:
        text = (ROOT / each.file).read_text("utf-8")
        if (times := text.count(each.right)) != 1:
            found.append(f"{name}: {each.file} holds {times} times: {each.right}")
            continue
        try:
            compile(text.replace(each.right, each.wrong), each.file, "exec")
        except SyntaxError as error:
            found.append(f"{name}: {each.file} would not be Python: {error}")
    return found


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree, with what of it was compiled."""
    with tempfile.TemporaryDirectory(prefix="genkan-whole-") as folder:
        for name in COPIED:
            source, copy = ROOT / name, Path(folder, name)
            if source.is_dir():
                shutil.copytree(source, copy, ignore=NOT_COPIED)
            else:
                shutil.copyfile(source, copy)
        yield Path(folder)


@contextmanager
def broken(tree: Path, breaks: Iterable[Break]) -> Iterator[Path]:
    """Another copy of that copy, broken; what is not broken is the same file in both."""
    with tempfile.TemporaryDirectory(prefix="genkan-broken-") as folder:
        copy = Path(folder, "tree")
        shutil.copytree(tree, copy, copy_function=os.link)
        for each in breaks:
            file = copy / each.file
            text = file.read_text("utf-8").replace(each.right, each.wrong)
            file.unlink()
            file.write_text(text, "utf-8")
        yield copy


def played(tree: Path, *asked: str, environment: Mapping[str, str] = MappingProxyType({})) -> "Tried":
    """Run there the tests that are asked for, until one fails."""
    began = time.monotonic()
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    try:
        told = subprocess.run(
            [sys.executable, "-m", "pytest", *quiet, *asked],
            cwd=tree,
            env={**os.environ, **_AS_LONG_AS_IT_IS, "PYTHONPATH": str(tree), **environment},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Tried(None, "", "it goes on and on", time.monotonic() - began)
    failed = _FAILED.search(told.stdout)
    fault = {PASSED: "", FAILED: "", NOTHING_RUN: "no test is asked"}.get(told.returncode, "the run broke")
    if told.returncode == FAILED and failed is None:
        fault = "the run broke"
    elif CRASHED.search(told.stdout):
        fault = "it crashes instead of being wrong"
    test, said = (failed[1], failed[2] or "") if failed else (None, told.stdout + told.stderr if fault else "")
    return Tried(test, said, fault, time.monotonic() - began)


def all_noticed(pieces: Iterable[T], attempt: Callable[[T], Tried], shown: Callable[[T], str], jobs: int) -> bool:
    """Attempt each, so many at a time, print a table of how it went, and whether each was noticed."""
    wanted = list(pieces)
    well = 0
    with ThreadPoolExecutor(jobs) as at_once:
        for piece, tried in zip(wanted, at_once.map(attempt, wanted), strict=True):
            print(f"{shown(piece)}\n        {tried}", flush=True)
            well += tried.is_well
    print(f"{well} of {len(wanted)} noticed")
    return well == len(wanted)
