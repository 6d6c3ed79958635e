"""The topics of changes, and which of the world's columns stand in which of their fields."""

from collections.abc import Mapping
from typing import Final

from adapters.fakes.wire.salesforce.made import PERSON, written_in
from adapters.fakes.wire.salesforce.objects import OBJECTS

ALL_CHANGES: Final = "/data/ChangeEvents"
_STAMPS: Final = frozenset({"id", "created_at", "changed_at"})


def change_topic(object: str) -> str:
    """The topic of an object's changes."""
    return f"/data/{object}ChangeEvent"


def told_fields(object: str) -> Mapping[str, str]:
    """The fields that an event of the object can bear, each with its column; what is made up when read is not told."""
    return {field: column for field, column in _written(object).items() if not column.startswith(PERSON)}


def person_fields() -> Mapping[str, str]:
    """What the event of an account bears of its person: each field with the contact's column, PERSON before it."""
    return {field: column for field, column in _written("Account").items() if column.startswith(PERSON)}


def _written(object: str) -> Mapping[str, str]:
    places = {field: written_in(place) for field, place in OBJECTS[object].fields.items()}
    return {field: column for field, column in places.items() if column is not None and column not in _STAMPS}
