"""What was read a moment ago, for the next step of the same work: asked again at once it would be the same (P-1)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LASTS: Final = timedelta(seconds=2)
"""How long what was read counts as read just now."""


class Fresh(Generic[T]):
    """One thing as it was read in this very run of some work.

    A step that fails forgets it, so that it is read anew when the step is tried again.
    """

    def __init__(self) -> None:
        self._kept: tuple[T, datetime] | None = None

    def keep(self, thing: T, read_at: datetime) -> None:
        """Have it for the next step."""
        self._kept = thing, read_at

    def take(self) -> T | None:
        """The thing whenever it was read, for who needs only what never changes of it."""
        kept, self._kept = self._kept, None
        return kept[0] if kept is not None else None

    def take_recent(self, now: datetime) -> T | None:
        """The thing if it was read just now, for one use."""
        kept, self._kept = self._kept, None
        return kept[0] if kept is not None and _is_recent(kept[1], now) else None

    @asynccontextmanager
    async def of(self, now: datetime, read: Callable[[], Awaitable[T]]) -> AsyncIterator[T]:
        """The thing as it was read just now, or else as it is read; kept for the next step if the block ends well."""
        kept, self._kept = self._kept, None
        if kept is None or not _is_recent(kept[1], now):
            kept = await read(), now
        yield kept[0]
        if self._kept is None:
            self._kept = kept


def _is_recent(read_at: datetime, now: datetime) -> bool:
    return read_at <= now < read_at + LASTS
