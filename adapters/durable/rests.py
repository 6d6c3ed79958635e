"""Work that waits to be tried again, and what wakes it early."""

import asyncio
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from typing import Final

from core.domain.ids import RequestKey

IN_VAIN: Final = 8
"""How often a step gets no answer until nobody waits for its work to end; it is asked for again all the same."""


class Rests:
    """Who rests at the moment, by the key of the work."""

    def __init__(self) -> None:
        self._resting: dict[RequestKey, asyncio.Event] = {}
        self._in_vain: set[RequestKey] = set()

    def __iter__(self) -> Iterator[RequestKey]:
        return iter(self._resting)

    def is_in_vain(self, key: RequestKey) -> bool:
        """Whether that work has asked in vain many times, and was not woken since."""
        return key in self._in_vain

    async def rest(self, key: RequestKey, times: int, seconds: float) -> None:
        """Rest for so long, or until woken; the work got no answer for the `times`th time."""
        with self._resting_as(key, times) as awake, suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await awake.wait()

    def wake(self, key: RequestKey) -> None:
        """Wake that work, if it rests."""
        if (awake := self._resting.get(key)) is not None:
            awake.set()
        self._in_vain.discard(key)

    def wake_all(self) -> None:
        """Wake everybody."""
        for key in tuple(self._resting):
            self.wake(key)

    def wake_in_vain(self, but: Set[RequestKey]) -> Set[RequestKey]:
        """Wake who asks in vain, but these; answers who was woken."""
        woken = self._in_vain - but
        for key in woken:
            self.wake(key)
        return woken

    @contextmanager
    def _resting_as(self, key: RequestKey, times: int) -> Iterator[asyncio.Event]:
        self._resting[key] = awake = asyncio.Event()
        if times >= IN_VAIN:
            self._in_vain.add(key)
        try:
            yield awake
        finally:
            del self._resting[key]
            self._in_vain.discard(key)
