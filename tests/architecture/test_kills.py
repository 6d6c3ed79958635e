"""Work of several steps is killed at each of them by a test (T-1)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from core.domain.work import WorkKind
from genkan.handlers import HANDLERS, LEARNERS
from tests.architecture.source import ROOT, modules, tree

DAYS = Path("genkan/days.py")


def steps_in(path: Path) -> int:
    """How many steps the use case in `path` has; one whose name is made as it runs counts as several."""
    calls = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "steps.do"
    ]
    return sum(2 if isinstance(call.args[0], ast.JoinedStr) else 1 for call in calls)


def doers(kind: WorkKind) -> Iterator[Path]:
    """The files of what does that kind of work."""
    if kind in (WorkKind.DAILY, WorkKind.NIGHTLY):
        yield DAYS
        return
    names = set(LEARNERS.values()) if kind is WorkKind.LEARN_FACT else {HANDLERS.get(kind, kind.value)}
    yield from (path for path in modules("core/usecases") if path.stem in names)


def killed() -> set[str]:
    """The kinds of work that sweeps say they reach, by the names of their members."""
    sweeping = [path for path in modules("tests") if "kill_at_every_point(" in (ROOT / path).read_text("utf-8")]
    keys = (
        key for path in sweeping for node in ast.walk(tree(path)) if isinstance(node, ast.Dict) for key in node.keys
    )
    return {key.attr for key in keys if isinstance(key, ast.Attribute) and ast.unparse(key.value) == "WorkKind"}


def test_every_kind_of_work_has_something_that_does_it() -> None:
    assert [kind for kind in WorkKind if not list(doers(kind))] == []


def test_work_of_several_steps_is_killed_at_each() -> None:
    several = {kind.name for kind in WorkKind if any(steps_in(path) > 1 for path in doers(kind))}
    assert len(several) > 15
    assert several - killed() == set()
