"""The events of each topic, kept for as long as Salesforce keeps them."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

RETENTION: Final = timedelta(hours=72)


class Event(NamedTuple):
    """One event as it lies in a topic."""

    number: int
    at: datetime
    id: str
    schema: str
    payload: bytes


class TopicLog:
    """One topic's events in their order; `dropped` is the number behind which they are kept."""

    def __init__(self, dropped: int) -> None:
        self.events: list[Event] = []
        self.dropped = dropped

    @property
    def last(self) -> int:
        """The number of the latest event."""
        return self.events[-1].number if self.events else self.dropped

    def forget(self, now: datetime) -> None:
        """Drop what is older than is kept."""
        gone = 0
        while gone < len(self.events) and self.events[gone].at < now - RETENTION:
            gone += 1
        if gone:
            self.dropped = self.events[gone - 1].number
            del self.events[:gone]

    def behind(self, number: int, most: int) -> Sequence[Event]:
        """The next events behind that number."""
        start = bisect_right(self.events, number, key=lambda event: event.number)
        return self.events[start : start + most]


class Waiters:
    """Who waits for something to happen; it may happen in another thread than they wait in."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def enter(self) -> tuple[asyncio.Event, Callable[[], None]]:
        """An event that is set whenever something happens, and what ends the waiting."""
        stirred = asyncio.Event()
        self._waiting[stirred] = asyncio.get_running_loop()

        def leave() -> None:
            self._waiting.pop(stirred, None)

        return stirred, leave

    def stir(self) -> None:
        """Wake everybody."""
        for stirred, loop in list(self._waiting.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(stirred.set)
