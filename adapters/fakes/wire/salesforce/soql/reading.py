"""Records as a query reaches them: by object, by id, by their parents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from adapters.fakes.wire.salesforce.describe import Field
from adapters.fakes.wire.salesforce.soql.resolving import Column
from core.domain.ids import crm_id

Row: TypeAlias = Mapping[str, Any]


class Source(Protocol):
    """Where records come from."""

    def rows(self, object_name: str) -> Iterable[Row]:
        """Every record of the object, by API names of fields; an unset field may be missing.

        Values are str, int, float, bool, date, aware datetime or None. The order is the one that rows come in when
        a query asks for none.
        """


def long_id(value: Any) -> str | None:
    """An id in its long form; None for none."""
    if not value:
        return None
    return value if len(value) == 18 else crm_id(value) or str(value)


@dataclass(slots=True)
class Reading:
    """What one query has read so far; each object is read once."""

    source: Source
    _rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    _by_id: dict[str, dict[str, Row]] = field(default_factory=dict)
    _children: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict)

    def rows(self, name: str) -> Sequence[Row]:
        """Every record of the object."""
        if name not in self._rows:
            self._rows[name] = tuple(self.source.rows(name))
        return self._rows[name]

    def parent(self, row: Row, look_up: Field) -> tuple[str, Row] | None:
        """The object and record that a look-up leads to; None when it leads nowhere."""
        id = long_id(row.get(look_up.name))
        for name in look_up.reference_to if id is not None else ():
            if name not in self._by_id:
                self._by_id[name] = {long_id(each["Id"]) or "": each for each in self.rows(name)}
            found = self._by_id[name].get(id or "")
            if found is not None:
                return name, found
        return None

    def children(self, name: str, look_up: str, id: str) -> Sequence[Row]:
        """The records of the object that look up to that id."""
        if (name, look_up) not in self._children:
            by_parent: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows(name):
                by_parent[long_id(row.get(look_up)) or ""].append(row)
            self._children[name, look_up] = by_parent
        return self._children[name, look_up].get(id, ())

    def value(self, row: Row, column: Column) -> Any:
        """What stands in a column; None when a parent on the way is missing."""
        for look_up in column.parents:
            found = self.parent(row, look_up)
            if found is None:
                return None
            _, row = found
        return row.get(column.field.name)
