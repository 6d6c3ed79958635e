"""What a portal keeps beside its database when it starts for the first time."""

import stat
from pathlib import Path

from genkan.running import prepare
from tests.portal import settings_for


def test_the_key_of_fingerprints_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    tmp_path.joinpath("secret.new").write_bytes(b"half a k")  # left by a start that was cut short
    first = prepare(settings, print).container.secrets().fingerprint("token")
    key = tmp_path / "secret.key"
    assert len(key.read_bytes()) >= 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = prepare(settings, print).container.secrets().fingerprint("token")
    assert again == first
