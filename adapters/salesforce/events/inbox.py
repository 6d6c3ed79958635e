"""What came and was not yet taken: in the order of arrival, each with the replay id it can be resumed from."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from adapters.salesforce.events.news import News


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a topic, or a mere sign of life; what it brought, and whether more happened than it tells."""

    topic: str
    replay_id: bytes
    news: tuple[News, ...] = ()
    is_overflow: bool = False

    @property
    def is_quiet(self) -> bool:
        """Whether it moves the position on and does nothing else."""
        return not self.news and not self.is_overflow


class Inbox:
    """Entries of all topics. No more of a topic than `most` is asked for; what stands in it is taken from the front."""

    def __init__(self, most: int) -> None:
        self.entries: list[Entry] = []
        self.offered = 0
        """How many entries, from the front, were given to a reader who has not yet said that they are dealt with."""
        self.is_lost = False
        """Whether a topic could not be resumed where it was to be."""
        self.signs: Counter[str] = Counter()
        """How often a topic said that it has nothing more to tell."""
        self._stirred = asyncio.Event()
        self._roomy = asyncio.Event()
        self._most = most
        self._held: Counter[str] = Counter()

    def put(self, entry: Entry) -> None:
        """Add what came."""
        last = self.entries[-1] if self.entries else None
        if last is not None and last.topic == entry.topic and last.is_quiet and entry.is_quiet:
            self.entries[-1] = entry
            return
        self.entries.append(entry)
        self._held[entry.topic] += 1
        self._stirred.set()

    def sign(self, topic: str) -> None:
        """Note that a topic has nothing more to tell."""
        self.signs[topic] += 1
        self._stirred.set()

    def lose(self) -> None:
        """Say that a topic can't be resumed."""
        self.is_lost = True
        self._stirred.set()

    def take(self) -> None:
        """Take out what was offered."""
        gone = self.entries[: self.offered]
        del self.entries[: self.offered]
        self.offered = 0
        self._held.subtract(entry.topic for entry in gone)
        self._roomy.set()

    def has_room(self, topic: str) -> bool:
        """Whether more of the topic may be asked for."""
        return self._held[topic] < self._most

    async def room(self, topic: str) -> None:
        """Wait until there is room."""
        while not self.has_room(topic):
            self._roomy.clear()
            await self._roomy.wait()

    @property
    def has_news(self) -> bool:
        """Whether a reader would get anything."""
        return self.is_lost or any(not entry.is_quiet for entry in self.entries)

    def is_silent(self, since: Mapping[str, int]) -> bool:
        """Whether each topic has had nothing more to tell since then; the first sign may have been under way."""
        return all(self.signs[topic] > signs + 1 for topic, signs in since.items())

    async def until(self, is_so: Callable[[], bool], wait: float) -> None:
        """Wait for something of that kind to happen, for so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while not is_so():
                    self._stirred.clear()
                    await self._stirred.wait()

    def stir(self) -> None:
        """Have who waits look again."""
        self._stirred.set()
