"""What a portal keeps beside its database when it starts for the first time."""

import stat
from pathlib import Path

from adapters.fakes.bindings import bind_world
from genkan.running import prepare
from tests.portal import a_world, settings_for


def fingerprint(folder: Path) -> str:
    """What a portal that starts in the folder keeps of a token."""
    running = prepare(settings_for(folder), print, bind_world(a_world()))
    said: str = running.container.secrets().fingerprint("token")
    return said


def test_the_key_of_fingerprints_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    tmp_path.joinpath("secret.new").write_bytes(b"half a k")  # left by a start that was cut short
    first = fingerprint(tmp_path)
    key = tmp_path / "secret.key"
    assert len(key.read_bytes()) >= 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert fingerprint(tmp_path) == first
