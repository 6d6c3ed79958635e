"""A unit of work waits for its shelves alone: no call to another system keeps it open, or outlives its undoing."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.architecture.source import modules, tree

OPENED_BY = {"self.store.begin", "self.store.reading"}
WAITS = ast.Await | ast.AsyncFor | ast.AsyncWith | ast.comprehension


class Unit(NamedTuple):
    """Statements of one unit of work, and the name its shelves go by there."""

    shelves: str
    body: Sequence[ast.stmt]


def opened(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in OPENED_BY


def units(module: ast.Module) -> Iterator[Unit]:
    """Every block that opens a unit of work, and every function that is handed the shelves of one."""
    for node in ast.walk(module):
        if isinstance(node, ast.AsyncWith) and opened(node.items[0].context_expr):
            assert len(node.items) == 1, "a unit of work is opened by itself"
            assert isinstance(node.items[0].optional_vars, ast.Name)
            yield Unit(node.items[0].optional_vars.id, node.body)
        elif isinstance(node, ast.AsyncFunctionDef):
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                if argument.annotation is not None and ast.unparse(argument.annotation) == "Shelves":
                    yield Unit(argument.arg, node.body)


def waits_elsewhere(unit: Unit) -> Iterator[ast.AST]:
    """What the unit waits for beyond its shelves."""
    for statement in unit.body:
        for node in ast.walk(statement):
            if not isinstance(node, WAITS) or (isinstance(node, ast.comprehension) and not node.is_async):
                continue
            if not (isinstance(node, ast.Await) and of_the_shelves(node.value, unit.shelves)):
                yield node


def of_the_shelves(waited: ast.expr, shelves: str) -> bool:
    """Whether a shelf is asked, or a helper of the use case's own that is handed the shelves."""
    if not isinstance(waited, ast.Call):
        return False
    called = ast.unparse(waited.func)
    own = called.isidentifier() or called.startswith("self._")
    handed = any(isinstance(argument, ast.Name) and argument.id == shelves for argument in waited.args)
    return called.startswith(f"{shelves}.") or (own and handed)


def found_in(path: Path) -> list[str]:
    return [
        f"{path}:{getattr(node, 'lineno', '?')}: {ast.unparse(node).splitlines()[0]}"
        for unit in units(tree(path))
        for node in waits_elsewhere(unit)
    ]


def test_a_unit_of_work_waits_for_its_shelves_alone() -> None:
    assert [line for path in modules("core/usecases") for line in found_in(path)] == []


def test_every_unit_of_work_is_looked_at() -> None:
    # none is opened but as a block of its own, under any name of the store
    nodes = [node for path in modules("core/usecases") for node in ast.walk(tree(path))]
    blocks = [node for node in nodes if isinstance(node, ast.AsyncWith) and opened(node.items[0].context_expr)]
    named = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr in ("begin", "reading")]
    assert len(blocks) > 50
    calls = [ast.unparse(node) for node in named if ast.unparse(node).split(".")[-2].endswith("store")]
    assert len(calls) == len(blocks)
