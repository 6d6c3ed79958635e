"""The engine that needs nothing but the journal: work is attended to in this process alone."""

from collections.abc import Sequence

from adapters.durable.engine import Attending
from adapters.durable.memory import JournalMemory, Point
from ports.clock import Clock
from ports.journal import Entry, Journal


class InProcess:
    """Binds `Engine` to the journal; for one process at a time over a database, and for most tests."""

    shared = False
    queues = False

    def __init__(self, attend: Attending, journal: Journal, clock: Clock, point: Point) -> None:
        self._attend = attend
        self._journal = journal
        self._clock = clock
        self._point = point

    async def open(self, attend: Attending) -> None:
        self._attend = attend

    async def close(self) -> None:
        pass

    async def unattended(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        return entries

    async def begin(self, entry: Entry) -> None:
        key = entry.job.key
        await self._attend(key, JournalMemory(key, self._journal, self._clock, self._point), entry)

    async def delay(self, entry: Entry, seconds: float) -> None:
        """The journal tells what is due."""

    async def forget(self, entry: Entry) -> None:
        """As above."""
