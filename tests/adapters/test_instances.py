"""Two instances on one PostgreSQL: what is rung, dropped or ended in one is so in the other (ADR 0033)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from adapters.db import advisory, signals
from adapters.db.database import Database
from adapters.db.leadership import leadership_of
from adapters.db.postgresql import asking, plain_url
from adapters.db.signals import Signals
from adapters.db.telling import telling_of
from adapters.fakes.bindings import bind_world
from adapters.system.bell import InProcessBell
from adapters.system.cached_desks import DroppedReadings
from adapters.system.remembered import Remembered
from adapters.system.sessions import RememberedSessions
from core.domain.ids import AccountId, ClientId, SessionId, UserId
from core.domain.session import Session
from genkan.elsewhere import Elsewhere
from genkan.running import prepare
from genkan.settings import Wrong
from ports.errors import Unavailable
from ports.leadership import Leadership
from tests.contracts.people import NOW
from tests.databases import SECRET, url_of
from tests.portal import settings_for
from tests.worlds import a_world

SOON = 5.0
MINA, ACCOUNT, CLIENT = UserId("mina"), AccountId("account"), ClientId("client")
SESSION = Session(
    session=SessionId("s"), user=MINA, account=ACCOUNT, contact="c", client=CLIENT, csrf="x", code_open=False
)  # type: ignore[arg-type]


class Instance:
    """What one process remembers, told by and telling the others."""

    def __init__(self, database: Database) -> None:
        self.signals = Signals(database)
        clock: Any = SimpleNamespace(now=lambda: NOW)  # what is remembered is good until it is told otherwise
        self.bell = InProcessBell(self.signals.tell)
        self.readings = DroppedReadings(self.signals.tell)
        self.sessions = RememberedSessions(self._session, clock, tell=self.signals.tell)
        self.kept: Remembered[AccountId, str] = Remembered(clock, lambda _: timedelta(minutes=5))
        self.readings.forgets_accounts(self.kept)
        self.read = 0
        self.asked = 0
        self.heard: list[tuple[str, ...]] = []
        self.missed = 0
        self._elsewhere = Elsewhere(self.bell, self.readings, self.sessions)

    async def open(self) -> None:
        await self.signals.open(self._hear, self._miss)

    async def looked_at(self) -> int:
        """How often the account was read, once it was looked at again."""
        await self.kept.get(ACCOUNT, self._read)
        return self.read

    async def who(self) -> int:
        """How often the session was read, once it was asked for again."""
        await self.sessions("token")
        return self.asked

    async def _read(self) -> str:
        self.read += 1
        return "as it was"

    async def _session(self, _token: str) -> Session:
        self.asked += 1
        return SESSION

    def _hear(self, *said: str) -> None:
        self.heard.append(said)
        self._elsewhere.heard(*said)

    def _miss(self) -> None:
        self.missed += 1
        self._elsewhere.missed()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110 - looked at from outside
            await asyncio.sleep(0.01)


@pytest.fixture
async def two(postgresql: Database) -> AsyncIterator[tuple[Instance, Instance]]:
    both = Instance(postgresql), Instance(postgresql)
    for each in both:
        await each.open()
    yield both
    for each in both:
        await each.signals.close()


async def test_a_ring_is_heard_in_the_other(two: tuple[Instance, Instance]) -> None:
    one, other = two
    before = other.bell.rung(MINA)
    async with other.bell.listen(MINA) as rings:
        await one.bell.ring(MINA, "notice")
        async with asyncio.timeout(SOON):
            assert await anext(rings) == "notice"
    assert other.bell.rung(MINA) != before
    assert one.heard == [], "nobody is told what they said themselves"


async def test_a_reading_that_is_dropped_in_one_is_read_again_in_the_other(two: tuple[Instance, Instance]) -> None:
    one, other = two
    assert (await other.looked_at(), await other.looked_at()) == (1, 1)
    before = other.readings.generation(ACCOUNT, CLIENT)
    await one.readings.drop_account(ACCOUNT)
    await until(lambda: other.readings.generation(ACCOUNT, CLIENT) != before)
    assert await other.looked_at() == 2
    await one.readings.drop_client(CLIENT)
    await one.readings.drop_catalog()
    await until(lambda: other.heard[1:] == [("client", "client"), ("catalog",)])


@pytest.mark.parametrize("whole", [False, True], ids=["session", "all sessions"])
async def test_a_session_that_ends_in_one_is_asked_for_again_in_the_other(
    two: tuple[Instance, Instance], whole: bool
) -> None:
    one, other = two
    assert (await other.who(), await other.who()) == (1, 1)
    if whole:
        one.sessions.forget_all(MINA)
    else:
        one.sessions.forget(SESSION.session)
    await until(lambda: bool(other.heard))
    assert await other.who() == 2


async def cut_off(database: Database) -> None:
    """End every connection that listens, as a failing network or server does."""
    async with database.writing() as transaction:
        await transaction.rows(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%version_num%'"
            )
        )


async def test_who_was_cut_off_reads_everything_again_once_and_hears_on(
    two: tuple[Instance, Instance], postgresql: Database
) -> None:
    one, other = two
    assert (await other.looked_at(), await other.who()) == (1, 1)
    async with other.bell.listen(MINA) as rings:
        await cut_off(postgresql)
        await until(lambda: (one.missed, other.missed) == (2, 2))
        async with asyncio.timeout(SOON):
            assert await anext(rings) == "status"
    assert (await other.looked_at(), await other.who()) == (2, 2)
    await one.readings.drop_account(ACCOUNT)
    await until(lambda: ("account", "account") in other.heard)


async def test_what_is_said_while_nobody_can_be_told_is_told_later(
    two: tuple[Instance, Instance], postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    real = asyncpg.connect

    async def refused(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(signals, "connect", refused)
    await cut_off(postgresql)
    await until(lambda: not one.signals._listening.is_set())
    await one.readings.drop_account(ACCOUNT)
    await one.readings.drop_account(ACCOUNT)
    assert [*one.signals._unsaid] == [("account", "account")]
    monkeypatch.setattr(signals, "connect", real)
    await until(lambda: (one.missed, other.missed) == (2, 2))
    await until(lambda: not one.signals._unsaid)


async def test_too_much_to_say_becomes_everything(postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_MOST_WAITING", 3)
    one = Signals(postgresql)
    for number in range(9):
        one.tell("account", str(number))
    assert next(iter(one._unsaid)) == signals.EVERYTHING
    assert len(one._unsaid) <= 3


async def test_what_a_newer_instance_says_may_be_anything(two: tuple[Instance, Instance]) -> None:
    one, other = two
    assert await other.looked_at() == 1
    one.signals.tell("tide", "high")
    await until(lambda: bool(other.heard))
    assert await other.looked_at() == 2


async def test_a_thousand_things_are_told_in_order(two: tuple[Instance, Instance]) -> None:
    one, other = two
    for number in range(1000):
        one.signals.tell("account", f"{number:018d}")
    await until(lambda: len(other.heard) == 1000)
    assert other.heard == [("account", f"{number:018d}") for number in range(1000)]


@asynccontextmanager
async def another(database: Database) -> AsyncIterator[Database]:
    opened = Database(database.url)
    yield opened
    await opened.close()


@pytest.fixture
async def leadership() -> AsyncIterator[Callable[[Database, str], Leadership]]:
    """Leadership that is given up at the end, however the test went: a connection left open would hold up the rest."""
    candidates: list[Leadership] = []

    def candidate(database: Database, name: str) -> Leadership:
        candidates.append(leadership_of(database, name))
        return candidates[-1]

    yield candidate
    for each in candidates:
        await each.resign()


async def test_one_of_several_leads_until_it_resigns(
    database: Database, leadership: Callable[[Database, str], Leadership]
) -> None:
    async with another(database) as elsewhere:
        one, other = leadership(database, "work"), leadership(elsewhere, "work")
        assert (await one.lead(), await other.lead(), await one.lead()) == (True, False, True)
        third = leadership(database, "other")
        assert await third.lead(), "each name has a leader of its own"
        await third.resign()
        await one.resign()
        assert (await other.lead(), await one.lead()) == (True, False)
        for each in (other, one, one):
            await each.resign()


async def test_a_leader_that_is_cut_off_leads_no_longer(
    postgresql: Database, leadership: Callable[[Database, str], Leadership]
) -> None:
    one, other = leadership(postgresql, "work"), leadership(postgresql, "work")
    assert (await one.lead(), await other.lead()) == (True, False)
    async with postgresql.writing() as transaction:
        await transaction.rows(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    async with asyncio.timeout(SOON):
        while not await other.lead():  # noqa: ASYNC110 - the server ends who it was told to a moment later
            await asyncio.sleep(0.01)
    assert not await one.lead()
    assert not await one.lead(), "another leads now"
    await other.resign()
    assert await one.lead()
    await one.resign()


class Ended(asyncpg.Connection):
    """A connection that the server ends while nothing is asked: what is asked next meets the word of its end."""

    async def execute(self, *_: object, **__: object) -> str:
        raise asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")


async def test_who_leads_by_a_connection_that_was_ended_leads_no_longer(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch, leadership: Callable[[Database, str], Leadership]
) -> None:
    one = leadership(postgresql, "work")
    monkeypatch.setattr(advisory, "connect", partial(asyncpg.connect, connection_class=Ended))
    assert await one.lead()
    assert not await one.lead()
    monkeypatch.undo()
    assert await one.lead(), "it asks anew"


async def test_who_listened_by_a_connection_that_was_ended_listens_again(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed: list[None] = []
    listening = Signals(postgresql)
    monkeypatch.setattr(signals, "HEARTBEAT", 0.05)
    monkeypatch.setattr(signals, "connect", partial(asyncpg.connect, connection_class=Ended))
    await listening.open(lambda *_: None, lambda: missed.append(None))
    monkeypatch.undo()
    await until(lambda: len(missed) > 1)
    await listening.close()


def test_a_connection_that_was_ended_is_unavailable() -> None:
    with pytest.raises(Unavailable), asking():
        raise asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress")


async def test_nobody_leads_while_the_server_does_not_answer(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(advisory, "connect", refused)
    assert not await leadership_of(postgresql, "work").lead()


async def test_a_server_that_goes_away_is_unavailable_and_back_when_it_is_back(postgresql: Database) -> None:
    one = text("SELECT 1")
    async with postgresql.reading() as transaction:
        assert await transaction.value(one) == 1
    admin = await asyncpg.connect(plain_url(postgresql.url))
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
    await admin.execute(ending, admin.get_server_pid())
    with pytest.raises(Unavailable):
        async with postgresql.reading() as transaction:
            await transaction.value(one)
    async with postgresql.reading() as transaction:
        assert await transaction.value(one) == 1
    await admin.close()


async def test_a_server_that_can_not_be_reached_is_unavailable(tmp_path: Any) -> None:
    nowhere = Database(f"postgresql://genkan@/genkan?host={tmp_path}")
    started = time.monotonic()
    with pytest.raises(Unavailable):
        async with nowhere.writing():
            pass
    assert time.monotonic() - started < SOON
    await nowhere.close()


async def test_one_instance_by_itself_tells_nobody(tmp_path: Any) -> None:
    database = Database.in_file(tmp_path / "portal.db")
    alone = telling_of(database)
    alone.tell("account", "1")
    await alone.open(lambda *_: None, lambda: None)
    await alone.close()
    await database.close()


async def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, database=url_of(tmp_path / "none"), secret=SECRET)
    running = prepare(settings, lambda *_, **__: None, bind_world(a_world()))
    with pytest.raises(Wrong, match="database: the server has no database of that name"):
        async with running.open():
            pass
