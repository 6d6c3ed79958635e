"""The database: its connections, its write lock, and transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from adapters.db import sqlite
from adapters.db.modes import Mode
from adapters.db.transaction import Transaction


class Database:
    """The portal's database at `url`: a file of SQLite by default, PostgreSQL in production.

    SQLite has one writer at a time: within a process they queue here, in their order, so that nobody meets a locked
    database; between processes SQLite makes them wait.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        embedded = self.url.get_backend_name() == "sqlite"
        create = sqlite.create_engine if embedded else create_async_engine
        self.engine: AsyncEngine = create(
            self.url, pool_size=8, max_overflow=24, pool_reset_on_return=None, hide_parameters=True
        )
        self._modes = {mode: self.engine.execution_options(mode=mode) for mode in Mode}
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if embedded else nullcontext()
        self._writer: asyncio.Task[object] | None = None

    @classmethod
    def in_file(cls, path: Path) -> "Database":
        """A database of SQLite in a file."""
        return cls(URL.create("sqlite+aiosqlite", database=str(path)))

    @asynccontextmanager
    async def writing(self, *, durable: bool = False) -> AsyncIterator[Transaction]:
        """A transaction that is kept at the end of the block and undone when it raises."""
        task = asyncio.current_task()
        if task is not None and self._writer is task:
            raise RuntimeError("a unit of work inside another one would wait for itself")
        async with self._turn, self._modes[Mode.DURABLE if durable else Mode.WRITING].begin() as connection:
            self._writer = task
            try:
                yield Transaction(connection)
            finally:
                self._writer = None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A transaction to read in; what is written in it is lost."""
        async with self._modes[Mode.READING].connect() as connection:
            try:
                yield Transaction(connection)
            finally:
                await connection.rollback()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
