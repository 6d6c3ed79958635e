"""Records as a query reaches them: by object, by what a field holds, by their parents."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

from adapters.fakes.wire.salesforce.describe import Field, Type
from adapters.fakes.wire.salesforce.soql.kinds import IDS, TEXTS
from adapters.fakes.wire.salesforce.soql.nodes import All, Comparison, Condition, Listed, Literal, Operand
from adapters.fakes.wire.salesforce.soql.resolving import Column, Scope
from core.domain.ids import crm_id

Row: TypeAlias = Mapping[str, Any]


class Source(Protocol):
    """Where records come from."""

    def rows(self, object_name: str) -> Iterable[Row]:
        """Every record of the object, by API names of fields; an unset field may be missing.

        Values are str, int, float, bool, date, aware datetime or None. The order is the one that rows come in when
        a query asks for none.
        """


@runtime_checkable
class IndexedSource(Source, Protocol):
    """A source that need not be read whole."""

    def found(self, object_name: str, field: str, values: Sequence[str]) -> Iterable[Row] | None:
        """In the same order, those records at least whose field holds one of the texts or long ids; None without index.

        Texts are equal without regard to case. A query looks again at each, so that more may be told but none fewer.
        """


def long_id(value: Any) -> str | None:
    """An id in its long form; None for none."""
    if not value:
        return None
    return value if len(value) == 18 else crm_id(value) or str(value)


@dataclass(slots=True)
class Reading:
    """What one query has read so far; nothing is read twice."""

    source: Source
    _index: IndexedSource | None = field(init=False)
    _rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    _by_id: dict[tuple[str, str], Mapping[str, Sequence[Row]]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], Sequence[Row] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = self.source if isinstance(self.source, IndexedSource) else None

    def rows(self, name: str) -> Sequence[Row]:
        """Every record of the object."""
        if name not in self._rows:
            self._rows[name] = tuple(self.source.rows(name))
        return self._rows[name]

    def candidates(self, scope: Scope) -> Sequence[Row]:
        """The records that the query's conditions may be true of: fewer than all where an index knows."""
        if self._index is not None:
            for name, values in _sought(scope, scope.query.where):
                found = self._index.found(scope.of.name, name, values)
                if found is not None:
                    return tuple(found)
        return self.rows(scope.of.name)

    def looking_up(self, name: str, field: str, id: str) -> Sequence[Row]:
        """The records of the object that hold that long id in a field."""
        found = self._found(name, field, id)
        if found is not None:
            return found
        if (name, field) not in self._by_id:
            by_id: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows(name):
                by_id[long_id(row.get(field)) or ""].append(row)
            self._by_id[name, field] = by_id
        return self._by_id[name, field].get(id, ())

    def _found(self, name: str, field: str, id: str) -> Sequence[Row] | None:
        """What an index knows of it; None without index."""
        if self._index is None:
            return None
        if (name, field, id) not in self._known:
            found = self._index.found(name, field, (id,))
            rows = None if found is None else tuple(row for row in found if long_id(row.get(field)) == id)
            self._known[name, field, id] = rows
        return self._known[name, field, id]

    def parent(self, row: Row, look_up: Field) -> tuple[str, Row] | None:
        """The object and record that a look-up leads to; None when it leads nowhere."""
        id = long_id(row.get(look_up.name))
        if id is None:
            return None
        found = ((name, each) for name in look_up.reference_to for each in self.looking_up(name, "Id", id))
        return next(found, None)

    def value(self, row: Row, column: Column) -> Any:
        """What stands in a column; None when a parent on the way is missing."""
        for look_up in column.parents:
            found = self.parent(row, look_up)
            if found is None:
                return None
            _, row = found
        return row.get(column.field.name)


def _sought(scope: Scope, where: Condition | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields that have to hold one of some texts or ids."""
    if isinstance(where, All):
        for each in where.conditions:
            yield from _sought(scope, each)
    elif isinstance(where, Comparison) and where.operator == "=":
        yield from _texts(scope, where.field, (where.literal,))
    elif isinstance(where, Listed) and not where.negated:
        yield from _texts(scope, where.field, where.literals)


def _texts(scope: Scope, operand: Operand, literals: tuple[Literal, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The field and the texts, when it is a field of the record's own and all of them are texts."""
    field = scope.own(operand)
    texts = tuple(each.value for each in literals if isinstance(each.value, str) and each.value)
    if field is None or len(texts) < len(literals):
        return
    if field.type in IDS:
        yield field.name, tuple(long_id(text) or text for text in texts)
    elif field.type in TEXTS and field.type is not Type.MULTIPICKLIST:
        yield field.name, texts
