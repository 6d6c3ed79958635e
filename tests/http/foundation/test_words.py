"""Every code the portal can answer with has a status and words in both languages."""

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import core
from adapters.http import problems, refused
from adapters.http.texts.at_the_door import AT_THE_DOOR
from adapters.http.texts.fields import FIELDS
from adapters.http.texts.gates import ACTIONS, GATES
from adapters.http.texts.refusals import REFUSALS
from core.domain import gates
from core.domain.document import DocumentRefusal
from core.domain.password import PasswordRefusal
from core.domain.refusals import Refusal
from core.domain.words import Words
from tests.architecture.source import ROOT, modules, tree

for found in pkgutil.walk_packages(core.__path__, "core."):
    importlib.import_module(found.name)


def all_refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in of.__subclasses__():
        if each.__module__.startswith(("core.", "adapters.")):
            yield each
            yield from all_refusals(each)


def codes_of_faults() -> Iterator[tuple[str, str]]:
    """Each code given to a FieldFault, with where; in the cart, whose codes are found by rules, what those answer."""
    in_cart = Path("core/domain/cart.py")
    for path in modules("core", "ports", "adapters", "genkan"):
        if path != in_cart and "FieldFault" not in (ROOT / path).read_text("utf-8"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("FieldFault") and len(node.args) > 1:
                yield from ((str(path), code) for code in literals(node.args[1]))
            if isinstance(node, ast.Return) and node.value is not None and path == in_cart:
                yield from ((str(path), code) for code in literals(node.value))


def literals(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(code)):
            return [code]
        case ast.IfExp():
            return literals(node.body) + literals(node.orelse)
    return []


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("refusal", sorted(all_refusals(), key=lambda r: r.__name__), ids=lambda r: r.__name__)
def test_a_refusal_has_a_status_and_words(refusal: type[Refusal]) -> None:
    assert 400 <= problems.status_of_type(refusal) <= 503
    assert any(each in problems.STATUS for each in refusal.__mro__ if each is not Refusal), "no status of its own"
    assert refusal.code in REFUSALS


def test_no_status_or_words_are_left_over() -> None:
    codes = {each.code for each in all_refusals()} | {Refusal.code}
    further = {problems.UNAVAILABLE, problems.UPSTREAM_REFUSED, problems.INTERNAL}
    assert set(REFUSALS) == codes | further
    assert set(AT_THE_DOOR) >= further


def test_what_the_surface_refuses_is_not_the_business_s() -> None:
    own = {each for each in all_refusals() if each.__module__ == refused.__name__}
    assert {each.code for each in own} <= set(AT_THE_DOOR)


@pytest.mark.parametrize(("where", "code"), sorted(set(codes_of_faults())))
def test_a_fault_has_words(where: str, code: str) -> None:
    assert code in FIELDS, f"{where} names a fault {code!r} that adapters/http/texts/fields.py has no words for"


@pytest.mark.parametrize("reasons", [DocumentRefusal, PasswordRefusal])
def test_a_reason_has_words(reasons: type[StrEnum]) -> None:
    assert {reason.value for reason in reasons} <= FIELDS.keys()


def test_a_gate_has_words_and_a_way_on() -> None:
    assert {gate.code for gate in gates.GATES} == GATES.keys()
    assert {gate.action for gate in gates.GATES} == ACTIONS.keys()


def every_words() -> Iterator[tuple[str, Words]]:
    for code, saying in REFUSALS.items():
        yield f"{code} title", saying.title
        yield f"{code} detail", saying.detail
    yield from FIELDS.items()
    yield from GATES.items()
    for action, way in ACTIONS.items():
        yield action, way.label


@pytest.mark.parametrize(("code", "words"), list(every_words()))
def test_words_say_the_same_in_both_languages(code: str, words: Words) -> None:
    assert words.en.isascii()
    assert not words.ja.isascii()
    assert places(words.en) == places(words.ja)


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_title_is_always_the_same(code: str) -> None:
    assert not places(REFUSALS[code].title.en)
