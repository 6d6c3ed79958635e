"""The bin: records that were deleted, for queries that ask for those as well."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from adapters.fakes.tables import Change, Row
from adapters.fakes.wire.salesforce.objects import OBJECTS
from adapters.fakes.wire.salesforce.sources import SeenRow, WorldSource
from adapters.fakes.world import World
from core.domain.facts import AnyFact


class BinnedRow(SeenRow):
    """A record as it stood when it was deleted."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return True if name == "IsDeleted" else super().__getitem__(name)


@dataclass(slots=True)
class WithBin:
    """`soql.Source` over the world and over what was deleted since the org is served: the world keeps only its ids."""

    world: World
    source: WorldSource
    _rows: dict[str, dict[str, Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.listeners.append(self._hear)

    def close(self) -> None:
        """Hear nothing any more."""
        self.world.listeners.remove(self._hear)

    def rows(self, object_name: str) -> Iterable[SeenRow]:
        wire = OBJECTS[object_name]
        deleted = self._rows.get(wire.table, {}).values()
        binned = (BinnedRow(self.world.records, wire.fields, row) for row in deleted)
        return sorted(chain(self.source.rows(object_name), binned), key=lambda seen: seen.place)

    def _hear(self, changes: Sequence[Change], told: Sequence[AnyFact]) -> None:
        for change in changes:
            if change.after is None and change.before is not None:
                self._rows.setdefault(change.table.name, {})[change.id] = change.before
