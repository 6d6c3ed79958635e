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
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.db.database import Database
from adapters.db.modes import Mode
from adapters.db.sqlite import File
from adapters.db.transaction import Transaction
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


async def test_what_waits_for_nobody_is_asked_here_and_the_rest_on_a_thread(tmp_path: Path) -> None:
    database, here = Database.in_file(tmp_path / "new.db"), text("SELECT thread()")
    mine = threading.get_ident()

    def teach(file: sqlite3.Connection, *_: Any) -> None:
        file.create_function("thread", 0, threading.get_ident)

    async def taught(transaction: Transaction) -> None:
        assert isinstance(transaction._connection, AsyncConnection)
        raw = await transaction._connection.get_raw_connection()
        file = raw.driver_connection
        assert isinstance(file, File)
        teach(file._conn)

    event.listen(database.readers, "connect", teach)

    async with database.writing() as writing:
        await writing.change(text("CREATE TABLE seen (thread INTEGER)"))
    async with database.reading() as reading:
        assert await reading.value(here) == mine
    async with database.writing() as writing:
        await taught(writing)
        assert await writing.value(here) != mine  # whoever takes the lock may have to wait
        assert await writing.value(here) == mine
        await writing.change(text("INSERT INTO seen VALUES (thread())"))
        assert await writing.value(text("SELECT thread FROM seen")) == mine
        await writing.change(text("UPDATE seen SET thread = thread()"))
        assert await writing.value(text("SELECT thread FROM seen")) != mine
    await database.close()


async def test_whoever_reads_again_and_again_lets_others_go_on(tmp_path: Path) -> None:
    database, turns = Database.in_file(tmp_path / "new.db"), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    going = asyncio.create_task(others())
    for _ in range(50):
        async with database.reading() as reading:
            await reading.rows(text("SELECT 1"))
    going.cancel()
    await database.close()
    assert turns >= 50


async def test_a_connection_that_was_told_to_stop_is_its_threads_alone(tmp_path: Path) -> None:
    file = await File(str(tmp_path / "new.db"))
    file.begin(Mode.WRITING)
    await file.ask("SELECT 1", ())
    stopped = file.stop()
    with pytest.raises(ValueError):
        await file.ask("SELECT 1", ())
    with pytest.raises(ValueError):
        await file.rollback()
    assert stopped is not None
    await stopped


async def test_what_nobody_says_a_beginning_of_is_done_whole_or_not_at_all(tmp_path: Path) -> None:
    """A migration asks the engine itself."""
    database = Database.in_file(tmp_path / "new.db")
    with pytest.raises(ZeroDivisionError):
        async with database.engine.begin() as migrating:
            await migrating.execute(text("CREATE TABLE one (id INTEGER)"))
            await migrating.execute(text("INSERT INTO one VALUES (1)"))
            raise ZeroDivisionError
    async with database.reading() as reading:
        assert await reading.rows(text("SELECT name FROM sqlite_master")) == []
    await database.close()
