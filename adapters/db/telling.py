"""What an instance tells the others, where there may be some."""

from collections.abc import Callable
from typing import Protocol

from adapters.db.database import Database

Heard = Callable[..., object]
Missed = Callable[[], object]


class Telling(Protocol):
    """The way to the other instances."""

    def tell(self, *said: str) -> None:
        """Tell every other instance soon; never waits for them."""

    async def open(self, heard: Heard, missed: Missed) -> None:
        """Listen to the others from here on; `missed` is called whenever something may have been said unheard."""

    async def close(self) -> None:
        """Tell what is left to be told, and stop."""


class Alone:
    """One instance by itself: there is nobody to tell."""

    def tell(self, *said: str) -> None:
        """Nobody hears it."""

    async def open(self, heard: Heard, missed: Missed) -> None:
        """Nobody says anything."""

    async def close(self) -> None:
        """Nothing is open."""


def telling_of(database: Database) -> Telling:
    """The way to the other instances, if there may be some."""
    if database.is_embedded:
        return Alone()
    # a portal on a file does not load what speaks to PostgreSQL
    from adapters.db.signals import Signals  # noqa: PLC0415

    return Signals(database)
