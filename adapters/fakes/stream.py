"""The facts the upstreams have told, kept for as long as Salesforce keeps events."""

import asyncio
from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final

from core.domain.facts import AnyFact, FactBatch
from ports.errors import Rejected

RETENTION: Final = timedelta(hours=72)
MOST: Final = 100
"""How many facts one batch brings."""


class FactLog:
    """Facts in the order they were told. A position is opaque text; it names the world it belongs to."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._facts: list[tuple[int, AnyFact]] = []
        self._last = 0
        self._dropped = 0
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def facts(self) -> tuple[AnyFact, ...]:
        """The facts still kept, oldest first."""
        return tuple(fact for _, fact in self._facts)

    @property
    def last(self) -> int:
        """The number of the latest fact."""
        return self._last

    def append(self, fact: AnyFact, seq: int | None = None) -> int:
        """Add a fact and wake who waits; `seq` only when restoring."""
        self._last = seq or self._last + 1
        self._facts.append((self._last, fact))
        for loop, arrived in list(self._waiting):
            if not loop.is_closed():
                # staff may act from another thread than the portal's
                loop.call_soon_threadsafe(arrived.set)
        return self._last

    def resume(self, last: int, dropped: int) -> None:
        """Take up the counts that were saved."""
        self._last, self._dropped = last, dropped

    def tell_as(self, other: "FactLog") -> None:
        """Have told what the other has, from here on independently of it."""
        self._facts = [*other._facts]
        self.resume(other._last, other._dropped)

    def forget(self, now: datetime) -> int:
        """Drop what is older than is kept; answers the number of the latest dropped fact."""
        while self._facts and self._facts[0][1].at < now - RETENTION:
            self._dropped = self._facts.pop(0)[0]
        return self._dropped

    def behind(self, position: str | None) -> FactBatch:
        """The facts behind a position, at once; raises Rejected("position_lost")."""
        after = self._dropped if position is None else self._number(position)
        start = bisect_right(self._facts, after, key=lambda kept: kept[0])
        batch = self._facts[start : start + MOST]
        return FactBatch(tuple(fact for _, fact in batch), self._position(batch[-1][0] if batch else after))

    async def arrival(self, position: str, wait: float) -> None:
        """Wait for a fact behind the position, for so many seconds at most."""
        arrived = asyncio.Event()
        waiter = (asyncio.get_running_loop(), arrived)
        self._waiting.add(waiter)
        try:
            # looked at again, since another thread may have told one just before
            if not self.behind(position).facts:
                async with asyncio.timeout(wait):
                    await arrived.wait()
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiter)

    def _position(self, number: int) -> str:
        return f"{self._name}.{number:010x}"

    def _number(self, position: str) -> int:
        name, _, digits = position.rpartition(".")
        try:
            number = int(digits, 16)
        except ValueError:
            number = -1
        if name != self._name or not self._dropped <= number <= self._last:
            raise Rejected("position_lost", "facts")
        return number
