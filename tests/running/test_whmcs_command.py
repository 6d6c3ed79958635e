"""`genkan whmcs check`, against the made-up WHMCS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from adapters.fakes.wire.whmcs.people import PORTAL
from adapters.fakes.wire.whmcs.server import served
from adapters.fakes.world import World
from tests.worlds import a_world


@pytest.fixture(scope="module")
def billing() -> Iterator[str]:
    """The address of a WHMCS that was set up as the portal wants it, with somebody in it."""
    with start_blocking_portal() as loop, loop.wrap_async_context_manager(served(with_somebody(a_world()))) as server:
        yield server.url


def with_somebody(world: World) -> World:
    fields = {"email": "mina@example.com", "user_email": "mina@example.com", "firstname": "Mina", "lastname": "Sato"}
    world.records.create("client", fields, by="staff")
    return world


def asked(folder: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
    environment |= {f"GENKAN_WHMCS__{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "genkan", "whmcs", "check", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def as_set_up(url: str) -> Mapping[str, str]:
    return {
        "url": url,
        "identifier": PORTAL.identifier,
        "secret": PORTAL.secret,
        "number_field": "1",
        "gateway": "stripe",
    }


def test_a_whmcs_that_has_everything_is_told_so(billing: str, tmp_path: Path) -> None:
    told = asked(tmp_path, **as_set_up(billing))
    assert (told.returncode, told.stdout) == (0, "WHMCS has all that the portal needs.\n"), told.stdout + told.stderr


def test_what_is_missing_is_listed_with_what_breaks(billing: str, tmp_path: Path) -> None:
    told = asked(tmp_path, "--json", **{**as_set_up(billing), "gateway": "paypal"})
    [missing] = json.loads(told.stdout)
    assert (missing["place"], missing["trouble"]) == ("payment methods", "payment method missing")
    assert missing["rules"] == ["FUL-2"]
    assert told.returncode == 1


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"identifier": ""}, 2, "whmcs.identifier is not set"),
        ({"url": "http://billing.example/"}, 2, "whmcs.url begins with https"),
        ({"secret": "wrong"}, 1, "the identifier or the secret is wrong"),
        ({"url": "http://127.0.0.1:9/"}, 1, "WHMCS can't be asked"),
    ],
)
def test_what_keeps_it_from_asking_is_said_without_the_secret(
    billing: str, tmp_path: Path, changes: Mapping[str, str], status: int, said: str
) -> None:
    told = asked(tmp_path, **{**as_set_up(billing), **changes})
    assert (told.returncode, said in told.stderr) == (status, True), told.stderr
    assert "Traceback" not in told.stderr
    assert PORTAL.secret not in told.stderr
