"""One transaction, as the shelves use it."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar

import msgspec
from sqlalchemy import CursorResult, Dialect, Executable, Row, Table, text

T = TypeVar("T")

_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


class Connection(Protocol):
    """What statements are given to."""

    @property
    def dialect(self) -> Dialect:
        """How the database is spoken to."""

    async def execute(self, statement: Executable, values: Mapping[str, Any], /) -> CursorResult[Any]:
        """What the statement answers."""


class Transaction:
    """Statements inside one transaction; rows come back as the structs they are."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
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

    async def alone(self, *what: str) -> None:
        """Be the only transaction alone with `what` until this one is over; whoever comes meanwhile waits.

        What is read afterwards is what the one before left. A database with one writer has that from the beginning.
        """
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_ALONE, {"what": ":".join(what)})

    async def add(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Add a row unless a unique constraint forbids it; whether it was added."""
        statement = _insert_or_leave(self._connection.dialect.name, table)
        return int((await self._connection.execute(statement, values)).rowcount) > 0

    async def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Have the row of that primary key be so, whether it was there or not."""
        await self._connection.execute(_insert_or_change(self._connection.dialect.name, table, tuple(values)), values)


@cache
def _insert_or_leave(dialect: str, table: Table) -> Executable:
    statement: Executable = _insert(dialect, table).on_conflict_do_nothing()
    return statement


@cache
def _insert_or_change(dialect: str, table: Table, names: tuple[str, ...]) -> Executable:
    statement, keys = _insert(dialect, table), [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in names if name not in keys}
    change: Executable = statement.on_conflict_do_update(index_elements=keys, set_=fresh)
    return change


def _insert(dialect: str, table: Table) -> Any:
    # of the two dialects only the one that is used is loaded
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
