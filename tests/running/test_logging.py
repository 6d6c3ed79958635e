"""Logs tell what happened and nothing private (OPS-2, T-6)."""

import ast
import json
from collections.abc import Iterator

import structlog

from adapters.http.calls import CORRELATION
from genkan.logging import ALLOWED, chain
from tests.architecture.source import modules, tree

CANARY = "mina.canary@example.com"
SAYERS = {"info", "warning", "error", "events", "_events"}
OF_THE_CALL = {"exc_info"}


def line(event: str, **about: object) -> dict[str, object]:
    """What is written for an event."""
    log = structlog.wrap_logger(structlog.ReturnLogger(), processors=chain("json"))
    said: dict[str, object] = json.loads(log.error(event, **about))
    return said


def test_a_field_that_nobody_allowed_is_dropped_and_named() -> None:
    said = line("http.answered", route="/api/me", email=CANARY)
    assert (said["route"], said["dropped"]) == ("/api/me", ["email"])
    assert CANARY not in json.dumps(said)


def test_an_error_is_told_by_its_kind_and_place_not_by_its_words() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        said = line("http.crashed", exc_info=error, email=CANARY)
    assert said["error"] == "ValueError"
    assert str(said["where"]).startswith("test_logging.py:")
    assert CANARY not in json.dumps(said)


def test_what_happens_in_a_request_carries_its_correlation_id() -> None:
    assert "correlation" not in line("alarm")
    marked = CORRELATION.set("id-of-the-request")
    try:
        assert line("alarm")["correlation"] == "id-of-the-request"
    finally:
        CORRELATION.reset(marked)


def fields() -> Iterator[tuple[str, str]]:
    """Every field that the product logs, with the place that logs it."""
    for path in modules("adapters", "genkan"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAYERS:
                for keyword in node.keywords:
                    if keyword.arg is not None:
                        yield f"{path}:{node.lineno}", keyword.arg


def test_every_field_that_is_logged_is_allowed() -> None:
    found = list(fields())
    assert len(found) > 30
    assert [(where, name) for where, name in found if name not in ALLOWED | OF_THE_CALL] == []
