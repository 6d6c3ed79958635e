"""A unit of work is kept whole or not at all, and nobody meets a locked database."""

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.db.database import Database
from adapters.db.installation import pair_of, pair_with
from adapters.db.unit_of_work import SqlStore
from ports.store import Store
from tests.contracts.people import HOUR, NOW, user
from tests.databases import SQLITE


class Broken(Exception):
    pass


async def test_what_was_written_is_undone_when_the_block_raises(store: Store) -> None:
    with pytest.raises(Broken):
        async with store.begin() as shelves:
            await shelves.users.add(user())
            assert await shelves.users.find(user().id) == user()
            raise Broken
    async with store.reading() as shelves:
        assert await shelves.users.find(user().id) is None


async def test_nobody_sees_a_unit_of_work_before_its_end(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        async with store.reading() as others:
            assert await others.users.find(user().id) is None
    async with store.reading() as others:
        assert await others.users.find(user().id) == user()


async def test_a_reading_sees_one_moment(store: Store) -> None:
    async with store.reading() as shelves:
        assert await shelves.users.find(user().id) is None
        async with store.begin() as others:
            await others.users.add(user())
        assert await shelves.users.find(user().id) is None
    async with store.reading() as shelves:
        assert await shelves.users.find(user().id) == user()


async def test_reading_keeps_nothing(store: Store) -> None:
    with suppress(DBAPIError):  # a server refuses it at once
        async with store.reading() as shelves:
            await shelves.users.add(user())
    async with store.reading() as shelves:
        assert await shelves.users.find(user().id) is None


async def test_forty_units_of_work_at_once_all_end_well(database: Database) -> None:
    # two stores over one database, as two processes have it
    other = Database(database.url)
    stores = (SqlStore(database), SqlStore(other))

    async def one(number: int) -> None:
        async with stores[number % 2].begin(durable=number % 3 == 0) as shelves:
            # who reads first and writes then must have had SQLite's lock from the beginning
            assert await shelves.flags.all() == ()
            await shelves.nonces.spend("before", str(number), NOW)
            await asyncio.sleep(0.002)
            await shelves.nonces.spend("after", str(number), NOW)
        async with stores[number % 2].reading() as shelves:
            assert await shelves.flags.all() == ()

    try:
        await asyncio.gather(*(one(number) for number in range(40)))
        async with stores[0].begin() as shelves:
            assert await shelves.nonces.forget_before(NOW + HOUR) == 80
    finally:
        await other.close()


async def test_a_unit_of_work_inside_another_is_a_mistake_and_no_standstill(store: Store) -> None:
    async with asyncio.timeout(2), store.begin() as shelves:
        with pytest.raises(RuntimeError, match="inside another"):
            async with store.begin():
                pass
        assert await shelves.users.add(user())
    async with store.begin() as shelves:
        assert await shelves.users.find(user().id)


async def test_nobody_else_on_the_machine_reads_the_file(tmp_path: Path) -> None:
    database = Database.in_file(tmp_path / "new.db")
    async with database.reading() as transaction:
        await transaction.value(text("SELECT 1"))
    await database.close()
    assert os.stat(tmp_path / "new.db").st_mode & 0o077 == 0  # noqa: PTH116 - one call, in a test


async def test_a_cancelled_unit_of_work_is_undone_and_others_go_on(store: Store) -> None:
    entered = asyncio.Event()

    async def slow() -> None:
        async with store.begin() as shelves:
            await shelves.users.add(user())
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2), store.begin() as shelves:
        assert await shelves.users.add(user())


@pytest.mark.parametrize(("durable", "level"), [(False, 1), (True, 2)], ids=["normal", "full"])
async def test_what_is_promised_waits_for_the_disk(tmp_path: Path, durable: bool, level: int) -> None:
    database = Database.in_file(tmp_path / "new.db")
    async with database.writing(durable=not durable):
        pass
    async with database.writing(durable=durable) as transaction:
        assert await transaction.value(text("PRAGMA synchronous")) == level
        assert await transaction.value(text("PRAGMA foreign_keys")) == 1
        assert await transaction.value(text("PRAGMA journal_mode")) == "wal"
        assert await transaction.value(text("PRAGMA busy_timeout")) == 5000
    await database.close()


@pytest.mark.parametrize("durable", [False, True], ids=["normal", "durable"])
async def test_a_server_waits_for_the_disk_every_time(postgresql: Database, durable: bool) -> None:
    async with postgresql.writing(durable=durable) as transaction:
        assert await transaction.value(text("SHOW synchronous_commit")) == "on"
        assert await transaction.value(text("SHOW transaction_isolation")) == "read committed"
        assert await transaction.value(text("SHOW transaction_read_only")) == "off"
    async with postgresql.reading() as transaction:
        assert await transaction.value(text("SHOW transaction_isolation")) == "repeatable read"
        assert await transaction.value(text("SHOW transaction_read_only")) == "on"


async def test_the_loop_goes_on_while_a_write_waits_for_its_turn(store: Store) -> None:
    opened: list[Callable[[], AbstractAsyncContextManager[object]]] = [store.begin, store.begin]
    ticks = 0

    async def hold(begin: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        async with begin():
            await asyncio.sleep(0.05)

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*map(hold, opened))
    ticking.cancel()
    assert ticks > 20


async def test_an_instant_needs_a_time_zone(store: Store) -> None:
    with pytest.raises(Exception, match="time zone"):
        async with store.begin() as shelves:
            await shelves.nonces.spend("k", "n", datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself


async def test_no_error_shows_what_was_to_be_kept(store: Store) -> None:
    async with store.begin() as shelves:
        await shelves.users.add(user())
        await shelves.resets.add("canary-token", user().id, NOW)
    with pytest.raises(Exception) as found:
        async with store.begin() as shelves:
            await shelves.users.add(user("ken"))
            await shelves.resets.add("canary-token", user("ken").id, NOW)
    assert "canary-token" not in str(found.value)


async def test_a_database_is_paired_once(database: Database) -> None:
    assert await pair_of(database) is None
    assert await pair_with(database, "one", NOW) == "one"
    assert await pair_with(database, "two", NOW) == "one"
    assert await pair_of(database) == "one"


@pytest.fixture
def odd_file(tmp_path: Path, migrated_on: Callable[[str], Path]) -> Path:
    return Path(shutil.copyfile(migrated_on(SQLITE), tmp_path / "玄関 50%?#&.db"))


async def test_a_file_with_blanks_and_signs_in_its_path_can_be_opened(odd_file: Path) -> None:
    database = Database.in_file(odd_file)
    async with SqlStore(database).begin() as shelves:
        assert await shelves.users.add(user())
    await database.close()


async def test_the_drivers_log_holds_nothing_that_was_written(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with store.begin() as shelves:
        await shelves.nonces.spend("key", "canary", NOW)
    assert "canary" not in caplog.text
