"""Work of several steps is killed at each of them by a test, and so is what learns a fact (T-1)."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from core.domain.work import WorkKind
from genkan.handlers import HANDLERS, LEARNERS
from tests.architecture.source import ROOT, modules, tree

DAYS = Path("genkan/days.py")


def step_names(path: Path) -> list[ast.expr]:
    """The names of the steps of the use case in `path`, as they are written there."""
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return [call.args[0] for call in calls if ast.unparse(call.func) == "steps.do"]


def steps_in(path: Path) -> int:
    """How many steps the use case in `path` has; one whose name is made as it runs counts as several."""
    return sum(2 if isinstance(name, ast.JoinedStr) else 1 for name in step_names(path))


def doers(kind: WorkKind) -> Iterator[Path]:
    """The files of what does that kind of work."""
    if kind in (WorkKind.DAILY, WorkKind.NIGHTLY):
        yield DAYS
        return
    names = set(LEARNERS.values()) if kind is WorkKind.LEARN_FACT else {HANDLERS.get(kind, kind.value)}
    yield from use_cases(names)


def use_cases(names: Collection[str]) -> Iterator[Path]:
    """The files of the use cases of these names."""
    return (path for path in modules("core/usecases") if path.stem in names)


def said_to_be_reached(module: ast.Module) -> Iterator[ast.Dict]:
    """What sweeps in `module` say they reach: written as `reaching`, or as that field of a Sweep."""
    for node in ast.walk(module):
        match node:
            case ast.keyword(arg="reaching", value=ast.Dict() as said):
                yield said
            case ast.Assign(targets=[ast.Name(id="reaching")], value=ast.Dict() as said):
                yield said
            case ast.Call(func=ast.Name(id="Sweep"), args=fields):
                yield from (said for said in fields if isinstance(said, ast.Dict))


def killed() -> dict[str, set[str]]:
    """The steps that sweeps say they reach, by the name of the kind of work or of the fact that is learned."""
    steps: dict[str, set[str]] = {}
    for path in modules("tests"):
        if "kill_at_every_point(" not in (ROOT / path).read_text("utf-8"):
            continue
        for said in said_to_be_reached(tree(path)):
            for key, names in zip(said.keys, said.values, strict=True):
                work = ast.unparse(key).removeprefix("WorkKind.") if key is not None else ""
                each = (name for node in ast.walk(names) if isinstance(node, ast.Set) for name in node.elts)
                steps.setdefault(work, set()).update(str(name.value) for name in each if isinstance(name, ast.Constant))
    return steps


def test_every_kind_of_work_has_something_that_does_it() -> None:
    assert [kind for kind in WorkKind if not list(doers(kind))] == []


def test_work_of_several_steps_is_killed_at_each() -> None:
    several = {kind.name for kind in WorkKind if any(steps_in(path) > 1 for path in doers(kind))}
    assert len(several) > 15
    assert several - {WorkKind.LEARN_FACT.name} - killed().keys() == set()


def test_what_learns_a_fact_is_killed_at_each_of_its_steps() -> None:
    reached = killed()
    learners = {path.stem: path for path in use_cases(set(LEARNERS.values())) if steps_in(path) > 1}
    assert len(learners) > 6
    for learner, path in learners.items():
        facts = [fact.__name__ for fact, by in LEARNERS.items() if by == learner]
        steps = {ast.literal_eval(name) for name in step_names(path)}
        assert steps.difference(*(reached.get(fact, ()) for fact in facts)) == set(), learner
