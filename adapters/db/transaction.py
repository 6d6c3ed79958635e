"""One transaction, as the shelves use it."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Executable, Row, Table
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class Transaction:
    """Statements inside one transaction; rows come back as the structs they are."""

    __slots__ = ("_connection",)

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def row(self, statement: Executable, /, **values: Any) -> Row[Any] | None:
        """The only row, or None."""
        return (await self._connection.execute(statement, values)).one_or_none()

    async def rows(self, statement: Executable, /, **values: Any) -> Sequence[Row[Any]]:
        """Every row."""
        return (await self._connection.execute(statement, values)).all()

    async def value(self, statement: Executable, /, **values: Any) -> Any:
        """The first column of the only row, or None."""
        row = await self.row(statement, **values)
        return None if row is None else row[0]

    async def struct(self, kind: type[T], statement: Executable, /, **values: Any) -> T | None:
        """The only row as a `kind`, or None."""
        row = await self.row(statement, **values)
        return None if row is None else msgspec.convert(row, kind, from_attributes=True)

    async def structs(self, kind: type[T], statement: Executable, /, **values: Any) -> tuple[T, ...]:
        """Every row as a `kind`."""
        return tuple(msgspec.convert(row, kind, from_attributes=True) for row in await self.rows(statement, **values))

    async def change(self, statement: Executable, /, **values: Any) -> int:
        """Do the statement; how many rows it touched."""
        return int((await self._connection.execute(statement, values)).rowcount)

    async def add(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Add a row unless a unique constraint forbids it; whether it was added."""
        statement = _insert_or_leave(self._connection.dialect.name, table)
        return int((await self._connection.execute(statement, values)).rowcount) > 0


@cache
def _insert_or_leave(dialect: str, table: Table) -> Executable:
    # of the two dialects only the one that is used is loaded
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
    statement: Executable = insert(table).on_conflict_do_nothing()
    return statement
