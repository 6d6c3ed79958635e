"""The database: its connections, its write lock, and transactions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.db.modes import Mode
from adapters.db.transaction import Connection, Transaction

_SETTINGS: Final[Mapping[str, Any]] = {
    "pool_size": 8,
    "max_overflow": 24,
    "pool_reset_on_return": None,
    "hide_parameters": True,
}


class Database:
    """The portal's database at `url`: a file of SQLite by default, PostgreSQL where several instances share one.

    SQLite has one writer at a time: within a process they queue here, in their order, so that nobody meets a locked
    database; between processes SQLite makes them wait. PostgreSQL has as many as come: who must not pass another waits
    for a row, a unique key or a name (`Transaction.alone`). Raises Unavailable while PostgreSQL does not answer.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_embedded = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = _engine(self.url)
        self.readers = _readers(self.url) if self.is_embedded else None
        self._modes, self._begin = _modes(self.url, self.engine)
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if self.is_embedded else nullcontext()
        self._writers: set[asyncio.Task[object]] = set()

    @classmethod
    def in_file(cls, path: Path) -> "Database":
        """A database of SQLite in a file."""
        return cls(URL.create("sqlite+aiosqlite", database=str(path)))

    @asynccontextmanager
    async def writing(self, *, durable: bool = False) -> AsyncIterator[Transaction]:
        """A transaction that is kept at the end of the block and undone when it raises."""
        task = asyncio.current_task()
        if task is None or task in self._writers:
            raise RuntimeError("a unit of work inside another one would wait for itself")
        mode = Mode.DURABLE if durable else Mode.WRITING
        with self._asking():
            async with self._turn, self._modes[mode].begin() as connection:
                self._begin(connection, mode)
                self._writers.add(task)
                try:
                    yield Transaction(connection)
                finally:
                    self._writers.discard(task)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction to read in, which sees one moment; what is written in it is lost, or refused."""
        with self._asking():
            async with self._to_read() as connection:
                yield Transaction(connection)

    async def close(self) -> None:
        """Close every connection."""
        if self.readers is not None:
            self.readers.dispose()
        await self.engine.dispose()

    def _to_read(self) -> AbstractAsyncContextManager[Connection]:
        if self.readers is None:
            return _rolled_back(self._modes[Mode.READING])
        from adapters.db import sqlite  # noqa: PLC0415 - see _engine

        return sqlite.reading(self.readers)

    def _asking(self) -> AbstractContextManager[None]:
        if self.is_embedded:
            return nullcontext()
        from adapters.db import postgresql  # noqa: PLC0415 - see _engine

        return postgresql.asking()


def _engine(url: URL) -> AsyncEngine:
    # of the two only the one that is used is loaded
    if url.get_backend_name() == "sqlite":
        from adapters.db import sqlite  # noqa: PLC0415

        return sqlite.create_engine(url, **_SETTINGS)
    from adapters.db import postgresql  # noqa: PLC0415

    return postgresql.create_engine(url, **_SETTINGS)


def _readers(url: URL) -> Engine:
    from adapters.db import sqlite  # noqa: PLC0415 - see _engine

    return sqlite.create_readers(url, **_SETTINGS)


@asynccontextmanager
async def _rolled_back(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection:
        try:
            yield connection
        finally:
            await connection.rollback()


def _modes(url: URL, engine: AsyncEngine) -> tuple[Mapping[Mode, AsyncEngine], Callable[[AsyncConnection, Mode], None]]:
    """The engine for each mode, and how a transaction on it is told its mode."""
    if url.get_backend_name() == "sqlite":
        from adapters.db import sqlite  # noqa: PLC0415

        return dict.fromkeys(Mode, engine), sqlite.begin
    from adapters.db import postgresql  # noqa: PLC0415

    return {mode: engine.execution_options(**postgresql.OPTIONS[mode]) for mode in Mode}, _as_it_is


def _as_it_is(_connection: AsyncConnection, _mode: Mode) -> None:
    return
