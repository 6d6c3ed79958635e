"""A portal starts with what belongs together, or says plainly why it does not."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar.testing import TestClient

from genkan.running import prepare
from genkan.surface import surface
from tests.journeys.served import gave_up
from tests.portal import settings_for


def lived_in(folder: Path) -> Path:
    """A folder whose portal knows one customer-to-be, in its database and in its world."""
    with TestClient(surface(prepare(settings_for(folder), lambda *_, **__: None)), base_url="http://127.0.0.1") as http:
        message = {
            "email": "mina@example.com",
            "name": "Mina Okafor",
            "subject": "Hello",
            "message": "Is anybody there?",
        }
        assert http.post("/api/support/contact", json=message).status_code < 300
    return folder


def without_the_world(folder: Path) -> None:
    for file in folder.glob("world.db*"):
        file.unlink()


def without_the_database(folder: Path) -> None:
    for file in folder.glob("genkan.db*"):
        file.unlink()


def with_another_world(folder: Path) -> None:
    without_the_world(folder)
    (lived_in(folder / "other") / "world.db").rename(folder / "world.db")


@pytest.mark.parametrize(
    ("lose", "said"),
    [
        (without_the_world, "has lost the world saved beside it"),
        (without_the_database, "the saved world belongs to another database"),
        (with_another_world, "the database and the saved world are of two pairs"),
    ],
)
def test_half_of_what_was_saved_is_refused(tmp_path: Path, lose: Callable[[Path], None], said: str) -> None:
    lose(lived_in(tmp_path))
    before = {file.name: file.stat().st_size for file in tmp_path.glob("*.db")}
    status, told = gave_up(tmp_path, "serve", "--port", "0", data=str(tmp_path))
    assert status == 1
    assert "Genkan can't start:" in told
    assert said in told
    assert "Traceback" not in told
    assert set(before) <= {file.name for file in tmp_path.glob("*.db")}


def test_a_port_that_is_taken_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, told = gave_up(tmp_path, "serve", "--port", str(port))
    assert status == 1
    assert f"127.0.0.1:{port}: Address already in use" in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_the_settings_is_told_before_anything_is_made(tmp_path: Path) -> None:
    wrong = {"profile": "production", "log_level": "loud", "port": "65536", "colour": "blue"}
    status, told = gave_up(tmp_path, "serve", **wrong, signing_secrets='{"a": "short-and-secret"}')
    assert status == 2
    for name in ("public_url", "log_level", "port", "colour"):
        assert f"  {name}: " in told
    assert "short-and-secret" not in told
    assert list(tmp_path.iterdir()) == []
