"""What a portal keeps beside its database when it starts for the first time."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.db.database import Database
from adapters.db.installation import pair_with
from adapters.fakes.bindings import bind_world
from adapters.system.clock import RealClock
from genkan.running import NotAPair, prepare, saved_world
from genkan.settings import Wrong
from tests.databases import embedded_only
from tests.portal import settings_for
from tests.worlds import a_world


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


def refused(folder: Path, *words: str, status: int = 1, **settings: str) -> str:
    """What a portal says that can't start in the folder."""
    environment = {"PATH": os.environ["PATH"], "GENKAN_DATA": str(folder)} | settings
    command = [sys.executable, "-m", "genkan", *words]
    said = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert said.returncode == status, said.stderr
    assert "Traceback" not in said.stderr
    return said.stderr


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("world", "--port", "0")])
def test_a_world_that_another_process_holds_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    held = saved_world(tmp_path / "world.db")
    assert f"data: {tmp_path / 'world.db'} can't be opened" in refused(tmp_path, *words)
    held.close()


def test_a_shared_world_that_does_not_answer_is_named(tmp_path: Path) -> None:
    said = refused(tmp_path, "serve", "--port", "0", GENKAN_WORLD="http://127.0.0.1:9")
    assert "world: nothing answers at http://127.0.0.1:9" in said


@embedded_only
async def test_half_a_pair_is_no_pair(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copyfile(migrated_file, tmp_path / "genkan.db")
    database = Database.in_file(tmp_path / "genkan.db")
    await pair_with(database, "another", RealClock().now())
    await database.close()
    with pytest.raises(NotAPair, match="has lost the world saved beside it"):
        prepare(settings_for(tmp_path), print)
    assert issubclass(NotAPair, Wrong)


@embedded_only
@pytest.mark.parametrize("is_empty", [True, False])
async def test_a_database_that_no_world_was_beside_has_lost_none(
    tmp_path: Path, migrated_file: Path, is_empty: bool
) -> None:
    shutil.copyfile(os.devnull if is_empty else migrated_file, tmp_path / "genkan.db")
    running = prepare(settings_for(tmp_path), print)
    assert running.world is not None
    await running.world.close()


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("world", "--port", "0"), ("migrate",), ("flags",)])
def test_a_folder_that_can_not_be_made_is_named(words: tuple[str, ...]) -> None:
    assert "data: /dev/null/x can't be made a folder" in refused(
        Path("/dev/null/x"), *words, status=1 if "serve" in words else 2
    )


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Wrong, match=r"^data: .*/file can't be"):
        prepare(settings_for(tmp_path / "file"), print)


@pytest.mark.parametrize("place", ["nowhere/genkan.db", ""])
def test_a_database_that_can_not_be_a_file_is_named(tmp_path: Path, place: str) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path / place}"
    with pytest.raises(Wrong, match=r"^database: .* can't be"):
        prepare(settings_for(tmp_path, database=database), print)
