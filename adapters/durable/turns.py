"""Whose turn it is: one piece of work at a time in a lane, so many at once in all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turn:
    """A place among those that run; it can be left while there is nothing to do but wait."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._held = False

    async def take(self) -> None:
        """Wait for a place."""
        await self._places.acquire()
        self._held = True

    def leave(self) -> None:
        """Give the place up, if it is held."""
        if self._held:
            self._held = False
            self._places.release()


class Turns:
    """Turns of a runner: first come, first served, in each lane and in all."""

    def __init__(self, at_once: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        # a lane is there while somebody waits in it
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def taken(self, lane: str | None) -> AsyncIterator[Turn]:
        """The next turn in the lane, or in no lane."""
        lock = asyncio.Lock() if lane is None else self._lanes.setdefault(lane, asyncio.Lock())
        turn = Turn(self._places)
        async with lock:
            try:
                await turn.take()
                yield turn
            finally:
                turn.leave()
