"""What this installation is paired with."""

from datetime import datetime
from typing import Final

from sqlalchemy import select

from adapters.db.database import Database
from adapters.db.tables import installation

_PAIR: Final = select(installation.c.pair)


async def pair_of(database: Database) -> str | None:
    """The id that this database shares with the fake world it belongs to; None before they were paired."""
    async with database.reading() as transaction:
        pair: str | None = await transaction.value(_PAIR)
        return pair


async def pair_with(database: Database, pair: str, at: datetime) -> str:
    """Pair this database, once; answers the id it is paired by, an earlier one if there is one."""
    async with database.writing(durable=True) as transaction:
        await transaction.add(installation, {"id": 1, "pair": pair, "created_at": at})
        kept: str = await transaction.value(_PAIR)
        return kept
