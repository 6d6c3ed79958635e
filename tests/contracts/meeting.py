"""How a test has two units of work meet: one stays open until another has come and waits for it, or is through."""

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from adapters.db.database import Database

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
_LONG_ENOUGH = 0.15
"""Seconds in which whoever comes to an embedded database is waiting: its queue tells nobody who does."""


async def until_it_waits(database: "Database", coming: "asyncio.Future[Any]") -> bool:
    """Wait until somebody waits for a lock, or until `coming` is done; whether it waits."""
    if database.is_embedded:
        await asyncio.sleep(_LONG_ENOUGH)
        return not coming.done()
    async with asyncio.timeout(5):
        while not coming.done():
            async with database.reading() as transaction:
                if await transaction.value(_WAITING):
                    return True
            await asyncio.sleep(0.01)
    return False
