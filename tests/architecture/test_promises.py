"""Every public name says what it promises, and a use case says which rules it keeps."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PRODUCT, modules, tree

RULE_ID = re.compile(r"\b[A-Z]{1,4}-\d+\b")

Method = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.ClassDef | Method


def public(body: list[ast.stmt]) -> Iterator[Definition]:
    """The public classes and functions defined in `body`."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node


def promised(path: Path) -> Iterator[Definition]:
    """The definitions in `path` that owe a docstring; a bound method's promise stands on its port."""
    for node in public(tree(path).body):
        yield node
        if isinstance(node, ast.ClassDef) and not path.is_relative_to("adapters"):
            yield from public(node.body)


def use_cases() -> list[Path]:
    """The files that hold one use case each: core/usecases/<area>/<verb_phrase>.py."""
    return [path for path in modules("core/usecases") if len(path.parts) > 3 and path.name != "__init__.py"]


def is_frozen_dataclass(node: ast.ClassDef) -> bool:
    """Whether `node` is decorated with @dataclass(frozen=True, slots=True)."""
    return any(
        isinstance(decorator, ast.Call)
        and ast.unparse(decorator.func) in ("dataclass", "dataclasses.dataclass")
        and {"frozen=True", "slots=True"} <= {ast.unparse(word) for word in decorator.keywords}
        for decorator in node.decorator_list
    )


@pytest.mark.parametrize("path", modules(*PRODUCT), ids=str)
def test_every_public_name_says_what_it_promises(path: Path) -> None:
    assert ast.get_docstring(tree(path)), f"{path} does not say what it is for"
    silent = [f"{path}:{node.lineno} {node.name}" for node in promised(path) if not ast.get_docstring(node)]
    assert not silent


@pytest.mark.parametrize("path", use_cases(), ids=str)
def test_a_use_case_is_one_deed_named_by_its_file(path: Path) -> None:
    name = "".join(word.capitalize() for word in path.stem.split("_"))
    classes = {node.name.lower(): node for node in public(tree(path).body) if isinstance(node, ast.ClassDef)}
    deed = classes.get(name.lower())
    assert deed is not None, f"{path} holds no class {name}"
    assert is_frozen_dataclass(deed), f"{name} is not @dataclass(frozen=True, slots=True)"
    call = [node for node in deed.body if isinstance(node, ast.AsyncFunctionDef) and node.name == "__call__"]
    assert len(call) == 1, f"{name} is not called by one async __call__"
    assert not any(isinstance(node, Method) for node in public(deed.body)), f"{name} does more than one thing"
    assert RULE_ID.search(ast.get_docstring(deed) or ""), f"{name} names no rule"
