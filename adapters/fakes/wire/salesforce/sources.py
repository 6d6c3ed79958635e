"""The world's records as queries read them: by API names, each value made when it is asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.fakes.records import Records
from adapters.fakes.tables import Kind, Row
from adapters.fakes.wire.salesforce.made import Made, held
from adapters.fakes.wire.salesforce.objects import OBJECTS, WireObject


class SeenRow(Mapping[str, Any]):
    """One record of the world under the names of the wire."""

    __slots__ = ("_places", "_records", "_row")

    def __init__(self, records: Records, places: Mapping[str, str | Made], row: Row) -> None:
        self._records = records
        self._places = places
        self._row = row

    @property
    def place(self) -> int:
        """Where it stands among all records of its table that ever were."""
        return int(self._row["seq"])

    def __getitem__(self, name: str) -> Any:
        return held(self._records, self._row, self._places[name])

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._places else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(slots=True)
class WorldSource:
    """`soql.IndexedSource` over the world; what is read of a whole table is kept until something is written there."""

    records: Records
    _kept: dict[str, tuple[int, Sequence[SeenRow]]] = field(default_factory=dict)

    def rows(self, object_name: str) -> Iterable[SeenRow]:
        wire = OBJECTS[object_name]
        written = self.records.writes[wire.table]
        if object_name not in self._kept or self._kept[object_name][0] != written:
            self._kept[object_name] = written, self._seen(wire, self.records.find(wire.table))
        return self._kept[object_name][1]

    def found(self, object_name: str, field: str, values: Sequence[str]) -> Iterable[SeenRow] | None:
        wire = OBJECTS[object_name]
        name = wire.column(field) or ""
        column = self.records.tables[wire.table].columns.get(name)
        if name == "id":
            rows = [row for row in (self.records.get(wire.table, value) for value in values) if row is not None]
        elif column is not None and (column.unique or column.indexed or column.kind is Kind.REFERENCE):
            rows = [row for value in values for row in self.records.find(wire.table, None, **{name: value})]
        else:
            return None
        once = {row["id"]: row for row in rows}
        return self._seen(wire, sorted(once.values(), key=lambda row: int(row["seq"])))

    def _seen(self, wire: WireObject, rows: Iterable[Row]) -> tuple[SeenRow, ...]:
        return tuple(SeenRow(self.records, wire.fields, row) for row in rows)
