"""The catalog, kept for a while so that looking at it costs nothing (CAT-7)."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import msgspec

from adapters.system.cached_desks import DroppedReadings
from core.domain.catalog import Catalog
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.errors import Unavailable

LIFE: Final = timedelta(minutes=5)
REFRESH_AFTER: Final = timedelta(minutes=4)
"""From when on a look has the catalog read again behind it, so that nobody waits for it."""
ASK_AGAIN_AFTER: Final = timedelta(seconds=10)
"""How long nobody is asked once there was no answer."""


class CachedCatalogShelf:
    """A `CatalogShelf` read at most every few minutes, whoever asks: the same object until it is read again.

    Five minutes old or dropped, it is read before it is answered; a little younger, behind the answer. While nobody
    answers the last one is given, marked stale, however old.
    """

    def __init__(self, shelf: CatalogShelf, clock: Clock, readings: DroppedReadings) -> None:
        self._shelf = shelf
        self._clock = clock
        self._kept: Catalog | None = None
        self._stale: Catalog | None = None
        self._read_at: datetime | None = None
        self._ask_from: datetime | None = None
        self._reading: asyncio.Task[Catalog] | None = None
        readings.forgets_catalog(self._drop)

    async def catalog(self) -> Catalog:
        now = self._clock.now()
        if self._kept is None or self._read_at is None:
            return await self._read_or_stale(now)
        age = now - self._read_at
        if not timedelta() <= age < LIFE:
            return await self._read_or_stale(now)
        if age >= REFRESH_AFTER and self._may_ask(now):
            self._begin()
        return self._kept

    def last(self) -> Catalog | None:
        """The catalog as it was read last, however long ago, unless it changed since; nobody is asked."""
        return self._kept if self._read_at is not None else None

    async def settled(self) -> None:
        """Wait until what is being read behind an answer is read."""
        if self._reading is not None:
            await asyncio.wait({self._reading})

    def _drop(self) -> None:
        # what is being read may be from before the change: it is answered to who waits, and not kept
        self._reading = None
        self._read_at = None
        self._ask_from = None

    def _may_ask(self, now: datetime) -> bool:
        return self._reading is not None or self._ask_from is None or now >= self._ask_from

    async def _read_or_stale(self, now: datetime) -> Catalog:
        if self._kept is not None and not self._may_ask(now):
            return self._marked(self._kept)
        try:
            # who leaves does not take the reading away from the others
            return await asyncio.shield(self._begin())
        except Unavailable:
            if self._kept is None:
                raise
            return self._marked(self._kept)

    def _begin(self) -> asyncio.Task[Catalog]:
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read())
            self._reading.add_done_callback(_seen)
        return self._reading

    async def _read(self) -> Catalog:
        this = asyncio.current_task()
        try:
            fresh = await self._shelf.catalog()
        except Unavailable:
            if self._reading is this:
                self._ask_from = self._clock.now() + ASK_AGAIN_AFTER
            raise
        else:
            if self._reading is this:
                self._kept, self._read_at, self._ask_from = fresh, self._clock.now(), None
            return fresh
        finally:
            if self._reading is this:
                self._reading = None

    def _marked(self, kept: Catalog) -> Catalog:
        if self._stale is None or self._stale.read_at != kept.read_at:
            self._stale = msgspec.structs.replace(kept, stale=True)
        return self._stale


def _seen(task: "asyncio.Task[Catalog]") -> None:
    # a reading behind an answer has nobody to tell that it failed; the next look asks again
    if not task.cancelled():
        task.exception()
