"""Who does durable work, in the portal's database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from adapters.db.database import Database
from adapters.db.work_tables import executors

_IS: Final = executors.c.name == bindparam("which")
_BEAT: Final = update(executors).where(_IS).values(beats=executors.c.beats + 1)
_FORGET: Final = delete(executors).where(_IS)
_ALL: Final = select(executors.c.name, executors.c.beats)


@dataclass(frozen=True, slots=True)
class SqlExecutors:
    """One row for each executor; its number grows for as long as the executor lives."""

    database: Database

    async def beat(self, name: str) -> None:
        """Say that it lives."""
        async with self.database.writing() as transaction:
            if not await transaction.change(_BEAT, which=name):
                await transaction.add(executors, {"name": name, "beats": 0})

    async def beats(self) -> Mapping[str, int]:
        """How often each was heard of."""
        async with self.database.reading() as transaction:
            return {row.name: row.beats for row in await transaction.rows(_ALL)}

    async def forget(self, name: str) -> None:
        """It is not there any more."""
        async with self.database.writing() as transaction:
            await transaction.change(_FORGET, which=name)
