"""Readings of other systems, kept for a while: read once for all who ask at once, kept longer while nobody answers."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from adapters.system.last_known import note_read
from ports.clock import Clock
from ports.errors import Unavailable

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST: Final = 50_000
"""How many readings are kept of each kind; those not asked for longest go first."""
RETRY_AFTER: Final = timedelta(seconds=2)
"""How long the last known reading is the answer without asking again, once the other system did not answer."""


@dataclass(slots=True)
class _Reading(Generic[V]):
    value: V
    read_at: datetime
    good_until: datetime


class Remembered(Generic[K, V]):
    """Readings by their key; `life` says how long one of that value is good.

    While the other system is down the last known reading is the answer, whatever its age (T-10), unless told that none
    `outlives` its life. A reading that was under way when its key was dropped is never kept.
    """

    def __init__(
        self, clock: Clock, life: Callable[[V], timedelta], most: int = MOST, *, outlives: bool = True
    ) -> None:
        self._clock = clock
        self._life = life
        self._most = most
        self._outlives = outlives
        self._kept: OrderedDict[K, _Reading[V]] = OrderedDict()
        self._under_way: dict[K, asyncio.Task[_Reading[V]]] = {}

    async def get(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """The reading of `key`: kept, or read now; raises what `read` raises where nothing is known."""
        reading = await self._reading(key, read)
        note_read(reading.read_at)
        return reading.value

    async def _reading(self, key: K, read: Callable[[], Awaitable[V]]) -> _Reading[V]:
        kept = self._kept.get(key)
        if kept is not None and self._clock.now() < kept.good_until:
            self._kept.move_to_end(key)
            return kept
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.ensure_future(self._read(key, read))
            self._under_way[key] = task
            task.add_done_callback(_seen)
        # who leaves does not take the reading away from the others
        return await asyncio.shield(task)

    def drop(self, key: K) -> bool:
        """Make the reading be read again next time; whether there was any."""
        under_way = self._under_way.pop(key, None)
        kept = self._kept.get(key)
        if kept is not None:
            kept.good_until = datetime.min.replace(tzinfo=kept.good_until.tzinfo)
        return kept is not None or under_way is not None

    def drop_all(self) -> None:
        """Make every reading be read again next time."""
        for key in {*self._kept, *self._under_way}:
            self.drop(key)

    async def _read(self, key: K, read: Callable[[], Awaitable[V]]) -> _Reading[V]:
        this, begun = asyncio.current_task(), self._clock.now()
        try:
            value = await read()
        except Unavailable:
            kept = self._kept.get(key)
            if kept is None or not self._outlives:
                raise
            kept.good_until = self._clock.now() + RETRY_AFTER
            return kept
        else:
            reading = _Reading(value, begun, self._clock.now() + self._life(value))
            if self._under_way.get(key) is this:
                self._keep(key, reading)
            return reading
        finally:
            if self._under_way.get(key) is this:
                del self._under_way[key]

    def _keep(self, key: K, reading: _Reading[V]) -> None:
        self._kept[key] = reading
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Generations(Generic[K]):
    """A number for each key that grows with every change of it; what is forgotten counts as changed."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._last = 0
        self._floor = 0
        self._of: OrderedDict[K, int] = OrderedDict()

    def of(self, key: K) -> int:
        """The number of `key` now."""
        return self._of.get(key, self._floor)

    def grow(self, key: K) -> None:
        """Tell that `key` changed."""
        self._last += 1
        self._of[key] = self._last
        self._of.move_to_end(key)
        if len(self._of) > self._most:
            _, self._floor = self._of.popitem(last=False)

    def grow_all(self) -> None:
        """Tell that everything changed."""
        self._last += 1
        self._floor = self._last
        self._of.clear()


def _seen(task: "asyncio.Task[_Reading[V]]") -> None:
    # when everybody left, nobody fetches the error; that is no bug
    if not task.cancelled():
        task.exception()
