"""Leadership over PostgreSQL."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from asyncpg import connect

from adapters.db.database import Database
from adapters.db.postgresql import LOST, plain_url

_WITHIN: Final = 5.0
_TRY: Final = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
# a leader whose machine vanished gives way within half a minute, not when the network's own patience ends
_OVER_A_NETWORK: Final = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


def advisory_leadership(database: Database, name: str) -> "AdvisoryLeadership":
    """Leadership among all that use this database; one for each `name`."""
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
            except LOST:
                self._drop()
                return False

    async def resign(self) -> None:
        async with self._turn:
            if self._leads:
                with suppress(*LOST):  # ending the connection lets go of it too, when the server notices
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
