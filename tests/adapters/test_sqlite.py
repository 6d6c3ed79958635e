"""A file is shared with other processes: `genkan work` beside a running portal, a backup, a person's sqlite3."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.db.database import Database
from adapters.db.sqlite import File
from tests.databases import SQLITE

LOOK = """
import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM flags").fetchone())
"""
COUNTING = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000000) SELECT count(*) FROM n"


def another_process_looks(path: Path) -> str:
    return subprocess.run([sys.executable, "-c", LOOK, path], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("engine", [SQLITE])
async def test_another_process_leaves_the_write_ahead_log_alone(database: Database, tmp_path: Path) -> None:
    """It takes the log away when it believes to be the last; what is committed afterwards would then be lost."""
    path, log = tmp_path / "portal.db", tmp_path / "portal.db-wal"
    async with AsyncExitStack() as held:
        for _ in range(3):
            reading = await held.enter_async_context(database.reading())
            await reading.rows(text("SELECT 1"))
        before = log.stat().st_ino
        another_process_looks(path)
        assert log.stat().st_ino == before
        async with database.writing() as writing:
            await writing.change(text("INSERT INTO flags (name, percentage, accounts) VALUES ('one', 100, '[]')"))
        assert another_process_looks(path) == "1"


async def test_a_new_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "new.db")
    async with database.engine.connect() as reading:
        await reading.execute(text("SELECT 1"))
    await database.close()
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    sqlite3.connect(tmp_path / "new.db").close()


def test_an_answer_that_comes_after_its_loop_is_over_is_dropped(tmp_path: Path) -> None:
    """As when a process ends or a portal is killed: a thread that fails alone is some other test's trouble."""

    async def ask_and_leave() -> File:
        file = await File(str(tmp_path / "left.db"))
        asyncio.get_running_loop().call_later(0.01, asyncio.get_running_loop().stop)
        await file.ask(COUNTING, ())
        return file

    loop = asyncio.new_event_loop()
    task = loop.create_task(ask_and_leave())
    loop.run_forever()
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()
    deadline = time.monotonic() + 10
    while any(each.name.startswith("Thread-") and "_work" in each.name for each in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
