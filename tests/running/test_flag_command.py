"""An operator switches features from the command line, and a running portal follows (OPS-3)."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result

from tests.commands import typed
from tests.databases import variables_of
from tests.portal import portal_in
from tests.worlds import a_world

Flag = Callable[..., Result]

MESSAGE = {"email": "mina@example.com", "name": "Mina", "subject": "A question", "message": "Do you sell routers?"}


@pytest.fixture
def flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flag:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENKAN_DATA", str(tmp_path))
    for name, value in variables_of(tmp_path / "genkan.db").items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Result:
        return typed("flags", *words)

    return run


def test_a_running_portal_follows_what_was_switched(tmp_path: Path, migrated_file: Path, flag: Flag) -> None:
    world = a_world()
    with portal_in(tmp_path, migrated_file, world) as (http, _):
        assert http.post("/api/support/contact", json=MESSAGE).status_code == 201
        assert http.get("/api/catalog").status_code == 200
        assert flag("set", "public_support", "--percentage", "0").exit_code == 0
        assert flag("set", "public_catalog", "--percentage", "0").exit_code == 0
        world.clock.advance(timedelta(seconds=6))
        assert http.post("/api/support/contact", json=MESSAGE).status_code == 404
        refused = http.get("/api/catalog")
        assert (refused.status_code, refused.json()["code"]) == (401, "not_logged_in")


def test_what_is_not_named_stays_and_everything_is_listed(flag: Flag) -> None:
    flag("set", "registration", "--percentage", "10", "--account", "001A", "--account", "001B")
    kept = flag("set", "registration", "--percentage", "20", "--json").output
    assert json.loads(kept) == [{"name": "registration", "percentage": 20, "accounts": ["001A", "001B"]}]
    assert "001A" not in flag("set", "registration", "--no-accounts").output
    assert {each["name"]: each["percentage"] for each in json.loads(flag("list", "--json").output)} == {
        "public_catalog": 100,
        "unified_checkout": 100,
        "registration": 20,
        "public_support": 100,
        "automatic_serviceability": 0,
    }
    assert re.search(r"registration +20 % +-", flag().output)


@pytest.mark.parametrize(
    "words",
    [
        ("set", "weather", "--percentage", "5"),
        ("set", "registration", "--percentage", "101"),
        ("set", "registration"),
        ("--percentage", "5"),
    ],
)
def test_what_is_no_flag_is_refused(flag: Flag, words: tuple[str, ...]) -> None:
    assert flag(*words).exit_code == 2
