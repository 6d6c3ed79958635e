"""Queries answered from records."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from adapters.fakes.wire.salesforce.describe import Field, Schema, Type
from adapters.fakes.wire.salesforce.soql.answers import Answer, Blob, Children, Record
from adapters.fakes.wire.salesforce.soql.checking import columns_of, is_count, is_grouped, named
from adapters.fakes.wire.salesforce.soql.kinds import NUMBERS
from adapters.fakes.wire.salesforce.soql.matching import Matching, comparing
from adapters.fakes.wire.salesforce.soql.nodes import Call, Operand, Ordering, Path, Query
from adapters.fakes.wire.salesforce.soql.reading import Reading, Row, Source, long_id
from adapters.fakes.wire.salesforce.soql.resolving import Column, Scope, scope_of
from core.domain.japan import TOKYO

T = TypeVar("T")


def evaluate(query: Query, schema: Schema, source: Source, now: datetime, zone: tzinfo = TOKYO) -> Answer:
    """What a checked query finds; dates told from today are told in `zone`, which is the asking user's."""
    scope = scope_of(query, schema, query.text)
    reading = Reading(source)
    answering = _Answering(scope, reading, Matching(reading, now, zone))
    rows = answering.met_by(reading.candidates(scope))
    if is_count(query):
        return Answer(len(_cut(rows, query)), ())
    records = answering.groups(rows) if is_grouped(query) else answering.records(rows)
    return Answer(len(records), records)


def _cut(found: Sequence[T], query: Query) -> Sequence[T]:
    first = query.offset or 0
    return found[first:] if query.limit is None else found[first : first + query.limit]


def _ordered(found: Sequence[T], order: tuple[Ordering, ...], key: Callable[[Operand], Callable[[T], Any]]) -> list[T]:
    """By the last thing first, so that what comes first decides."""
    rows = list(found)
    for each in reversed(order):
        keys = key(each.by)
        unset = [row for row in rows if keys(row) is None]
        rest = [row for row in rows if keys(row) is not None]
        rest.sort(key=keys, reverse=each.descending)
        rows = rest + unset if each.nulls_last else unset + rest
    return rows


@dataclass(frozen=True, slots=True)
class _Answering:
    """One query or sub-query being answered."""

    scope: Scope
    reading: Reading
    conditions: Matching

    def met_by(self, rows: Iterable[Row]) -> list[Row]:
        matches = self.conditions.matches(self.scope, self.scope.query.where)
        return [row for row in rows if matches(row)]

    # --- records -----------------------------------------------------------------------------------------------
    def records(self, rows: Sequence[Row]) -> tuple[Record, ...]:
        query = self.scope.query
        found = _cut(_ordered(rows, query.order, self._key), query)
        columns = tuple(columns_of(self.scope))
        children = tuple(self._children(sub) for sub in query.children)
        return tuple(self._record(row, columns, children) for row in found)

    def _key(self, by: Operand) -> Callable[[Row], Any]:
        column = self._column(by)
        sortable = _sorting(column.field)
        return lambda row: sortable(self.reading.value(row, column))

    def _record(
        self, row: Row, columns: Iterable[Column], children: Iterable[tuple[str, Callable[[str], Children | None]]]
    ) -> Record:
        values: dict[str, Any] = {}
        for column in columns:
            self._put(values, row, column)
        id = long_id(row["Id"])
        for name, found in children:
            values[name] = found(id or "")
        return Record(self.scope.of.name, id, values)

    def _put(self, values: dict[str, Any], row: Row, column: Column) -> None:
        """Write a field where its parents' records hold it; a parent that is missing is null."""
        for look_up, name in zip(column.parents, column.names, strict=False):
            found = self.reading.parent(row, look_up)
            if found is None:
                values[name] = None
                return
            entity, row = found
            values = values.setdefault(name, Record(entity, long_id(row["Id"]), {})).values
        values[column.field.name] = told(column.field, row.get(column.field.name))

    def _children(self, sub: Query) -> tuple[str, Callable[[str], Children | None]]:
        child, inner = self.scope.child(sub)
        answering = _Answering(inner, self.reading, self.conditions)

        def found(id: str) -> Children | None:
            records = answering.records(answering.met_by(self.reading.looking_up(inner.of.name, child.field, id)))
            return Children(records) if records else None

        return child.relationship, found

    # --- groups ------------------------------------------------------------------------------------------------
    def groups(self, rows: Sequence[Row]) -> tuple[Record, ...]:
        query = self.scope.query
        by = [(column, comparing(column.field)) for column in map(self._column, query.group)]
        grouped: dict[tuple[Any, ...], list[Row]] = {} if by else {(): []}
        for row in rows:
            key = tuple(compared(self.reading.value(row, column)) for column, compared in by)
            grouped.setdefault(key, []).append(row)
        found = _cut(_ordered(tuple(grouped.values()), query.order, self._group_key), query)
        return tuple(
            Record("AggregateResult", None, {name: self._of_group(each.what, rows) for each, name in named(query)})
            for rows in found
        )

    def _group_key(self, by: Operand) -> Callable[[list[Row]], Any]:
        field = self._column(by).field
        if isinstance(by, Call) and by.name not in ("MIN", "MAX"):
            return lambda rows: self._of_group(by, rows)
        sortable = _sorting(field)
        return lambda rows: sortable(self._of_group(by, rows))

    def _of_group(self, what: Operand, rows: Sequence[Row]) -> Any:
        column = self._column(what)
        values = [self.reading.value(row, column) for row in rows]
        if isinstance(what, Path):
            return told(column.field, values[0])
        return told_of(what.name, column.field, [value for value in values if value not in (None, "")])

    def _column(self, by: Operand) -> Column:
        path = by if isinstance(by, Path) else by.of
        assert path is not None, "checked before"
        return self.scope.column(path)


def told(field: Field, value: Any) -> Any:
    """A value as answers have it."""
    if field.type is Type.BASE64:
        return Blob(field.name)
    if field.type is Type.BOOLEAN:
        return bool(value)
    if value is None or value == "":
        return None
    if field.type in NUMBERS and field.type is not Type.INT:
        return float(value)
    return long_id(value) if field.type in (Type.ID, Type.REFERENCE) else value


def told_of(function: str, field: Field, values: Sequence[Any]) -> Any:
    """What a function makes of the values that are set."""
    if function == "COUNT":
        return len(values)
    if function == "COUNT_DISTINCT":
        return len(set(map(comparing(field), values)))
    if not values:
        return None
    if function in ("SUM", "AVG"):
        total = sum(values)
        return told(field, total) if function == "SUM" else total / len(values)
    return told(field, (min if function == "MIN" else max)(values, key=_sorting(field)))


def _sorting(field: Field) -> Callable[[Any], Any]:
    """How a field's values are sorted: what a picklist offers in the picklist's order, all else as it is compared."""
    compared = comparing(field)
    if field.type is not Type.PICKLIST:
        return compared
    places = {compared(offered): place for place, offered in enumerate(field.values)}

    def place(value: Any) -> Any:
        key = compared(value)
        return key if key is None else (places.get(key, len(places)), key)

    return place
