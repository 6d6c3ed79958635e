"""The world's records as queries read them: by API names, each value made when it is asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.fakes.records import Records
from adapters.fakes.tables import Column, Kind, Row
from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.made import Made
from adapters.fakes.wire.salesforce.objects import OBJECTS, WireObject
from adapters.fakes.wire.salesforce.soql import Query, Source
from adapters.fakes.wire.salesforce.soql.nodes import (
    All,
    Comparison,
    Condition,
    Either,
    Joined,
    Listed,
    Literal,
    Not,
    Operand,
    Path,
)
from core.domain.ids import crm_id


class SeenRow(Mapping[str, Any]):
    """One record of the world under the names of the wire."""

    __slots__ = ("_places", "_records", "_row")

    def __init__(self, records: Records, places: Mapping[str, str | Made], row: Row) -> None:
        self._records = records
        self._places = places
        self._row = row

    def __getitem__(self, name: str) -> Any:
        place = self._places[name]
        return place.of(self._records, self._row) if isinstance(place, Made) else self._row[place]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._places else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(slots=True)
class WorldSource:
    """`soql.Source` over the world; what is read of a table is kept until something is written there."""

    records: Records
    _kept: dict[str, tuple[int, Sequence[SeenRow]]] = field(default_factory=dict)

    def rows(self, object_name: str) -> Iterable[SeenRow]:
        wire = OBJECTS[object_name]
        written = self.records.writes[wire.table]
        if object_name not in self._kept or self._kept[object_name][0] != written:
            self._kept[object_name] = written, seen(self.records, wire, self.records.find(wire.table))
        return self._kept[object_name][1]


def seen(records: Records, wire: WireObject, rows: Iterable[Row]) -> tuple[SeenRow, ...]:
    """The records under the names of the wire."""
    return tuple(SeenRow(records, wire.fields, row) for row in rows)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A source that has found the rows of one object by an index already."""

    source: Source
    object: str
    found: Sequence[SeenRow]

    def rows(self, object_name: str) -> Iterable[Mapping[str, Any]]:
        return self.found if object_name == self.object else self.source.rows(object_name)


def narrowed(query: Query, schema: Schema, source: WorldSource) -> Source:
    """The source with only those rows of the queried object that an indexed condition leaves, where one is told.

    As a real org does, which looks into its index for keys, ids and look-ups and does not read everything.
    """
    described = schema.object(query.object)
    if described is None or query.children or _goes_elsewhere(query):
        return source
    wire = OBJECTS[described.name]
    columns = source.records.tables[wire.table].columns
    for test in _every(query.where):
        if isinstance(test, Comparison | Listed) and isinstance(test.field, Path) and len(test.field.names) == 1:
            known = described.field(test.field.names[0])
            column = wire.column(known.name) if known else None
            values = _wanted(test)
            if column is not None and values is not None and _is_indexed(columns, column):
                rows = {row["id"]: row for value in values for row in _found(source.records, wire.table, column, value)}
                by_age = sorted(rows.values(), key=lambda row: row["seq"])
                return Narrowed(source, described.name, seen(source.records, wire, by_age))
    return source


def _found(records: Records, table: str, column: str, value: str) -> list[Row]:
    if column == "id":
        row = records.get(table, value)
        return [] if row is None else [row]
    if records.tables[table].columns[column].kind is Kind.REFERENCE:
        value = crm_id(value) or value
    return records.find(table, None, **{column: value})


def _is_indexed(columns: Mapping[str, Column], name: str) -> bool:
    column = columns.get(name)
    return name == "id" or (column is not None and (column.unique or column.indexed or column.kind is Kind.REFERENCE))


def _wanted(test: Comparison | Listed) -> list[str] | None:
    """The texts that a value is to be one of; None when the condition says something else."""
    literals: tuple[Literal, ...] = (test.literal,) if isinstance(test, Comparison) else test.literals
    denied = test.operator != "=" if isinstance(test, Comparison) else test.negated
    values = [literal.value for literal in literals if isinstance(literal.value, str) and literal.value.strip()]
    return values if not denied and len(values) == len(literals) else None


def _every(where: Condition | None) -> Iterator[Condition]:
    """The conditions that each have to hold."""
    if isinstance(where, All):
        for each in where.conditions:
            yield from _every(each)
    elif where is not None:
        yield where


def _goes_elsewhere(query: Query) -> bool:
    """Whether the query may read the queried object in yet another way: as a parent, or by a query within it."""
    paths: list[Operand] = [each.what for each in query.fields]
    paths += [*query.group, *(each.by for each in query.order)]
    return any(_by_parents(path) for path in paths) or _joins(query.where)


def _by_parents(operand: Operand) -> bool:
    path = operand if isinstance(operand, Path) else operand.of
    return path is not None and len(path.names) > 1


def _joins(where: Condition | None) -> bool:
    match where:
        case None:
            return False
        case Joined():
            return True
        case All(conditions) | Either(conditions):
            return any(_joins(each) for each in conditions)
        case Not(condition):
            return _joins(condition)
    return _by_parents(where.field)
