"""The topics of changes, and which of the world's columns stand in which of their fields."""

from collections.abc import Mapping
from typing import Final

from adapters.fakes.wire.salesforce.objects import OBJECTS

ALL_CHANGES: Final = "/data/ChangeEvents"
_STAMPS: Final = frozenset({"id", "created_at", "changed_at"})


def change_topic(object: str) -> str:
    """The topic of an object's changes."""
    return f"/data/{object}ChangeEvent"


def told_fields(object: str) -> Mapping[str, str]:
    """The fields that an event of the object can bear, each with its column; what is made up when read is not told."""
    wire = OBJECTS[object]
    places = {field: wire.column(field) for field in wire.fields}
    return {field: column for field, column in places.items() if column is not None and column not in _STAMPS}
