"""Which of several processes leads: who holds a lock that ends with the process, or with its connection."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import asyncpg
from asyncpg import connect

from adapters.db.database import Database
from adapters.db.postgresql import plain_url
from ports.leadership import Leadership

_WITHIN: Final = 5.0
_LOST: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_TRY: Final = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
# a leader whose machine vanished gives way within half a minute, not when the network's own patience ends
_OVER_A_NETWORK: Final = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


def leadership_of(database: Database, name: str) -> Leadership:
    """Leadership among all that use this database; one for each `name`."""
    if database.is_embedded:
        return FileLeadership(Path(f"{database.url.database}-{name}"))
    patience = _OVER_A_NETWORK if database.url.host else {}  # of a socket on this machine a server won't hear of it
    return AdvisoryLeadership(plain_url(database.url), name, {"application_name": "genkan leader", **patience})


class AdvisoryLeadership:
    """An advisory lock of PostgreSQL, held by a connection of its own: the server takes it back when that is lost."""

    def __init__(self, url: str, name: str, session: Mapping[str, str]) -> None:
        self._url = url
        self._session = dict(session)
        self._name = f"leader:{name}"
        self._connection: Any = None
        self._leads = False
        self._turn = asyncio.Lock()

    async def lead(self) -> bool:
        async with self._turn:
            try:
                async with asyncio.timeout(_WITHIN):
                    return await self._lead()
            except _LOST:
                self._drop()
                return False

    async def resign(self) -> None:
        async with self._turn:
            if self._leads:
                with suppress(*_LOST):  # ending the connection lets go of it too, when the server notices
                    async with asyncio.timeout(_WITHIN):
                        await self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._drop()

    async def _lead(self) -> bool:
        if self._connection is None:
            self._connection = await connect(self._url, server_settings=self._session)
        if self._leads:
            await self._connection.execute("SELECT 1")
        else:
            self._leads = bool(await self._connection.fetchval(_TRY, self._name))
        return self._leads

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection, self._leads = None, False


class FileLeadership:
    """A lock on a file beside the database, for processes of one machine: it ends with the process that holds it.

    SQLite itself holds it, as on every system it runs on: a file of nothing, in a transaction that never ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    async def lead(self) -> bool:
        if self._connection is not None:
            return True
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=0, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._connection = connection
        return True

    async def resign(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
