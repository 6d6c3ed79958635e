"""New identifiers."""

from typing import Protocol


class Ids(Protocol):
    """Where new ids come from."""

    def new(self) -> str:
        """A new id of 32 lower-case letters and digits, sortable by time, not to be guessed."""
