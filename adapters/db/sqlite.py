"""Everything that is SQLite's own: how a file is opened, read and written, with few trips to a thread."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from threading import Thread
from typing import Any, Final

import aiosqlite
from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, QueuePool
from sqlalchemy import create_engine as create_engine_here
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.db.modes import Mode

_AT_OPEN: Final = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000")
_BEGIN: Final = "BEGIN IMMEDIATE"
_AT_ONCE: Final = ("SELECT ", "INSERT ")
"""What waits for nobody once the lock is held, and touches few rows."""
_SYNCHRONOUS: Final = {Mode.WRITING: "PRAGMA synchronous=NORMAL", Mode.DURABLE: "PRAGMA synchronous=FULL"}


def create_engine(url: URL, **settings: Any) -> AsyncEngine:
    """An engine over a file, with a write-ahead log and foreign keys, that begins transactions in the mode asked for.

    A write takes its lock at the beginning, so that it never fails half-way because somebody else wrote. A durable one
    waits for the disk at its commit.
    """
    # its debug lines would hold what is written, personal data included
    logging.getLogger("aiosqlite").setLevel(logging.INFO)

    async def opened() -> aiosqlite.Connection:
        return await File(url.database or "")

    return create_async_engine(url, async_creator=opened, **settings)


def create_readers(url: URL, **settings: Any) -> Engine:
    """An engine over the same file that is read where it is asked; it never waits for a connection to be free."""
    opened = partial(_open, url.database or "")
    unlimited = settings | {"max_overflow": -1, "poolclass": QueuePool}
    return create_engine_here(url.set(drivername="sqlite"), creator=opened, **unlimited)


@asynccontextmanager
async def reading(readers: Engine) -> "AsyncIterator[Here]":
    """A transaction that sees one moment.

    It is read on the loop's own thread: it waits for nobody, and the way to a thread and back takes many times as
    long.
    """
    await asyncio.sleep(0)  # whoever reads again and again lets others have their turns
    with readers.connect() as connection:
        file = connection.connection.driver_connection
        assert isinstance(file, sqlite3.Connection)
        file.execute("BEGIN")
        try:
            yield Here(connection)
        finally:
            file.rollback()


class Here:
    """A connection that answers at once, asked as one that doesn't."""

    __slots__ = ("_connection", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
        """What the statement answers."""
        return self._connection.execute(statement, values)


def begin(connection: AsyncConnection, mode: Mode) -> None:
    """Have the transaction that begins with the next statement be of that mode.

    Said to the file itself: options and listeners of an engine cost as much as a short statement, each time.
    """
    assert connection.sync_connection is not None
    file = connection.sync_connection.connection.driver_connection
    assert isinstance(file, File)
    file.begin(mode)


class File(aiosqlite.Connection):
    """A connection to write on that goes to its thread once for a statement and its rows, and not for a beginning."""

    def __init__(self, path: str) -> None:
        super().__init__(partial(_open, path), iter_chunk_size=64)
        self._thread = Thread(target=self._work, args=(self._thread,), daemon=True)
        self._mode = Mode.WRITING
        self._first: tuple[str, ...] = ()

    def _work(self, worker: Thread) -> None:
        try:
            worker.run()
        except RuntimeError:
            # the loop that asked is closed, and nobody waits for the answer any more
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def begin(self, mode: Mode) -> None:
        """Begin a transaction together with its first statement."""
        self._first = (_BEGIN,) if mode is self._mode else (_SYNCHRONOUS[mode], _BEGIN)
        self._mode = mode

    def cursor(self) -> Any:
        return Trip(self)

    async def ask(self, sql: str, values: Sequence[Any]) -> "Answered":
        """Everything a statement answers."""
        if not self._first and self._running and not self._conn.in_transaction:
            self.begin(Mode.WRITING)  # nobody said what begins: a migration, whole or not at all
        first, self._first = self._first, ()
        # one that was told to stop is its thread's alone
        if self._running and not first and sql.startswith(_AT_ONCE):
            return _ask(self._conn, first, sql, values)
        return await self._trip(_ask, first, sql, values)

    async def ask_often(self, sql: str, values: Sequence[Sequence[Any]]) -> "Answered":
        """The statement done for each of `values`."""
        first, self._first = self._first, ()
        return await self._trip(_ask_often, first, sql, values)

    async def commit(self) -> None:
        if not self._nothing_happened():
            await super().commit()

    async def rollback(self) -> None:
        if not self._nothing_happened():
            await super().rollback()

    async def _trip(self, ask: Callable[..., "Answered"], *what: Any) -> "Answered":
        answered: Answered = await self._execute(ask, self._conn, *what)  # type: ignore[no-untyped-call]
        return answered

    def _nothing_happened(self) -> bool:
        if not self._first:
            return False
        if len(self._first) > 1:  # the pragma was not sent either
            self._mode = Mode.DURABLE if self._mode is Mode.WRITING else Mode.WRITING
        self._first = ()
        return True


class Answered:
    """What a statement answered."""

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self.rows = cursor.fetchall() if cursor.description else []
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()


class Trip:
    """A cursor as the driver's is used, that has its rows at hand once it was executed."""

    arraysize = 1

    def __init__(self, file: File) -> None:
        self._file = file
        self._answered: Answered | None = None

    async def __aenter__(self) -> "Trip":
        return self

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> "Trip":
        self._answered = await self._file.ask(sql, values)
        return self

    async def executemany(self, sql: str, values: Sequence[Sequence[Any]]) -> "Trip":
        self._answered = await self._file.ask_often(sql, values)
        return self

    async def fetchall(self) -> list[Any]:
        return [] if self._answered is None else self._answered.rows

    async def close(self) -> None:
        """Nothing is open: how many rows were touched is asked for afterwards."""

    @property
    def description(self) -> Any:
        return None if self._answered is None else self._answered.description

    @property
    def rowcount(self) -> int:
        return -1 if self._answered is None else self._answered.rowcount

    @property
    def lastrowid(self) -> int | None:
        return None if self._answered is None else self._answered.lastrowid


def _open(path: str) -> sqlite3.Connection:
    # it holds personal data: nobody else on the machine reads it. A file that is there is not touched: closing it here
    # would drop every lock this process holds on it, and another process would take the log away from under us.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    # without a level of isolation: the driver would begin transactions by itself, and too late
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in _AT_OPEN:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _ask(connection: sqlite3.Connection, first: tuple[str, ...], sql: str, values: Sequence[Any]) -> Answered:
    for statement in first:
        connection.execute(statement)
    return Answered(connection.execute(sql, values))


def _ask_often(
    connection: sqlite3.Connection, first: tuple[str, ...], sql: str, values: Sequence[Sequence[Any]]
) -> Answered:
    for statement in first:
        connection.execute(statement)
    return Answered(connection.executemany(sql, values))
