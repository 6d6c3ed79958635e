"""What a handler's code refuses by name is declared, so that the document shows it."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest
from litestar.testing import TestClient

from adapters.fakes.bindings import bind_world
from adapters.http.openapi import IN_OPT
from core.domain.refusals import NotFound, Refusal, TooMany
from genkan.running import prepare
from genkan.surface import surface
from tests.portal import settings_for
from tests.worlds import a_world

NEVER = {
    "checkout.read: CartRefused": "what can't be is told within the answer",
    "checkout.save: CheckoutMissing": "it was saved just before it is read",
    "eligibility.request: OpportunityUnusable": "it names no opportunity",
    "orders.place: CheckoutChanged": "the cart comes with the call",
    "orders.place: CheckoutMissing": "the cart comes with the call",
    "orders.place: SwitchedOff": "the saved checkout is what can be switched off",
    "subscriptions.reissueEsim: Invalid": "only data to be added has a size",
}
"""What code that several operations share refuses to others alone, and why."""
OURS = ("adapters.http", "core.", __name__)


class Reading:
    """The refusals that a function raises by name: itself, or in what it calls of the surface and the core."""

    def __init__(self) -> None:
        self._seen: set[Any] = set()

    def of(self, function: Callable[..., Any], owner: type | None = None) -> set[type[Refusal]]:
        if (function, owner) in self._seen or not (function.__module__ or "").startswith(OURS):
            return set()
        self._seen.add((function, owner))
        types = _types(function) | ({"self": owner} if owner is not None else {})
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        return set(self._inside(tree, types, vars(sys.modules[function.__module__])))

    def _inside(self, node: ast.AST, types: dict[str, Any], names: dict[str, Any]) -> Iterator[type[Refusal]]:
        found: set[type[Refusal]] = set()
        for each in ast.iter_child_nodes(node):
            found |= set(self._inside(each, types, names))
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            refusal = names.get(raised.id) if isinstance(raised, ast.Name) else None
            found |= {refusal} if isinstance(refusal, type) and issubclass(refusal, Refusal) else set()
        if isinstance(node, ast.Call):
            found |= self._called(node.func, types, names)
        yield from found

    def _called(self, func: ast.expr, types: dict[str, Any], names: dict[str, Any]) -> set[type[Refusal]]:
        if isinstance(func, ast.Name) and inspect.isfunction(names.get(func.id)):
            return self.of(names[func.id])
        kind = _type_of(func, types, names)
        if kind is not None:
            return self._method(kind, "__call__")
        if isinstance(func, ast.Attribute):
            return self._method(_type_of(func.value, types, names), func.attr)
        return set()

    def _method(self, kind: Any, name: str) -> set[type[Refusal]]:
        method = getattr(kind, name, None) if isinstance(kind, type) else None
        method = getattr(method, "__func__", method)
        return self.of(method, kind) if inspect.isfunction(method) else set()


def _types(of: Any) -> dict[str, Any]:
    try:
        return get_type_hints(of)
    except (NameError, TypeError):
        return {}


def _type_of(said: ast.expr, types: dict[str, Any], names: dict[str, Any]) -> Any:
    if isinstance(said, ast.Name):
        return types.get(said.id)
    if isinstance(said, ast.Attribute):
        return _types(_type_of(said.value, types, names)).get(said.attr)
    return None


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    folder = tmp_path_factory.mktemp("portal")
    with TestClient(surface(prepare(settings_for(folder), print, bind_world(a_world())))) as http:
        yield http


def test_what_a_handler_refuses_is_in_the_document(portal: TestClient[Any]) -> None:
    declared: dict[str, set[str]] = {}
    for item in portal.get("/schema/openapi.json").json()["paths"].values():
        for said in (each for each in item.values() if isinstance(each, dict)):
            examples = [
                code
                for status, answer in said["responses"].items()
                if status >= "400"
                for media in answer["content"].values()
                for code in media["examples"]
            ]
            declared[said["operationId"].removesuffix(".")] = set(examples)
    found, silent = 0, []
    for route in portal.app.routes:
        for handler, _ in getattr(route, "route_handler_map", {}).values():
            described = handler.opt.get(IN_OPT)
            if described is None or described.id not in declared:
                continue
            raised = Reading().of(handler.fn)
            found += len(raised)
            silent += [f"{described.id}: {each.__name__}" for each in raised if each.code not in declared[described.id]]
    assert sorted(set(silent)) == sorted(NEVER)
    assert found > 50


class _Desk:
    async def __call__(self) -> None:
        self._look()

    def _look(self) -> None:
        raise NotFound


def _by_a_function() -> None:
    raise TooMany(retry_after=1, limit="x")


def test_a_refusal_is_seen_through_functions_and_use_cases() -> None:
    async def handler(desk: _Desk) -> None:
        async def do() -> None:
            _by_a_function()
            await desk()

        await do()

    assert Reading().of(handler) == {NotFound, TooMany}
