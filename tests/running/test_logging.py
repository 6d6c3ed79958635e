"""Logs tell what happened and nothing private (OPS-2, T-6)."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import structlog

from adapters.http.calls import CORRELATION
from genkan.logging import ALLOWED, chain
from tests.architecture.source import modules, tree
from tests.http.account_portal import PASSWORD, a_portal

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


def test_a_line_of_audit_names_the_call_it_was_written_in(tmp_path: Path, migrated_file: Path) -> None:
    with a_portal(tmp_path, migrated_file) as portal:
        customer = portal.customer()
        change = {"currentPassword": PASSWORD, "newPassword": "another quiet evening there"}
        changed = customer.post("/auth/change-password", change, **{"X-Correlation-Id": "the-call-itself"})
        assert changed.status_code == 200

        async def lines() -> list[tuple[str, str | None]]:
            async with portal.running.container.store().reading() as shelves:
                [user] = await shelves.users.everyone(None, 2)
                return [(line.deed, line.correlation) for line in await shelves.audit.of_subject(user.id, 10)]

        assert portal.now(lines) == [("change_password", "the-call-itself")]
