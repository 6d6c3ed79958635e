"""Operators list the work that needs them, and read what to do (OPS-6, FUL-8)."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands import typed
from tests.databases import variables_of
from tests.portal import portal_in
from tests.worlds import a_world

FORM = {
    "email": "mina@example.com",
    "password": "a quiet morning in Yanaka",
    "firstName": "Mina",
    "lastName": "Okafor",
    "phone": {"countryCode": "81", "number": "9012345678"},
    "termsVersion": "2026-01",
}


def listed() -> str:
    """What the command prints."""
    answer = typed("work")
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_what_is_parked_or_unknown_is_listed_with_what_to_do(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENKAN_DATA", str(tmp_path))
    for name, value in variables_of(tmp_path / "genkan.db").items():
        monkeypatch.setenv(name, value)
    world = a_world()
    with portal_in(tmp_path, migrated_file, world) as (http, running):
        assert http.blocking_portal is not None
        world.faults.switch("mail", "send", "unavailable")
        assert http.post("/api/auth/signup", json=FORM).status_code == 202
        http.blocking_portal.call(running.settle, 2.0)
        world.clock.advance(timedelta(minutes=6))
        http.blocking_portal.call(running.settle, 2.0)
        said = listed()
        assert re.search(r"unknown: start_sign_up at 'mail' +2026-", said)
        assert "Look in the other system whether the step happened." in said
        assert "1 piece of work to look at, 1 open." in said
        world.clock.advance(timedelta(days=2))
        http.blocking_portal.call(running.settle, 2.0)
        said = listed()
        assert re.search(r"parked: start_sign_up at 'mail' with unavailable +2026-", said)
        assert "Retry once it answers." in said
        assert FORM["email"] not in said


def test_a_portal_that_is_well_has_nothing_to_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENKAN_DATA", str(tmp_path))
    for name, value in variables_of(tmp_path / "genkan.db").items():
        monkeypatch.setenv(name, value)
    assert "No pieces of work to look at, 0 open." in listed()
