"""What steps answered before: remembered across a crash, so that each is done once (T-1)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from core.domain.ids import RequestKey
from ports.clock import Clock
from ports.errors import Unavailable
from ports.journal import Journal

Point = Callable[[str], Awaitable[None]]


async def nowhere(_name: str) -> None:
    """No place to crash at."""


class Stopped(BaseException):
    """Somebody parked the work meanwhile; no use case is to catch it."""


class CutShort(BaseException):
    """What keeps the answers failed, so no more is done of the work until it is taken up again; no use case catches it.

    A use case that took it for a system that does not answer would go another way after a step that was done.
    """


class OutOfOrder(BaseException):
    """The work comes to another step than it remembers at this place; no use case is to catch it."""


class GaveUp(Unavailable):
    """A step got no answer for as long as it may be asked."""


class Memory(Protocol):
    """The answers of one piece of work."""

    async def once(self, name: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """What the step answered before, or what `ask` answers now, kept before it is handed on.

        Answers are plain data. Raises Stopped, and keeps nothing, when the work is not in progress any more.
        """


class JournalMemory:
    """Answers in the journal."""

    def __init__(self, key: RequestKey, journal: Journal, clock: Clock, point: Point) -> None:
        self._key = key
        self._journal = journal
        self._clock = clock
        self._point = point
        self._answers: Mapping[str, Any] | None = None

    async def once(self, name: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        if self._answers is None:
            # not before it has its turn: others may have done some of it since it was accepted
            self._answers = await self._journal.answers(self._key)
        if name in self._answers:
            return self._answers[name]
        plain = await ask()
        await self._point(f"{name}: remember")
        if not await self._journal.remember(self._key, name, plain, self._clock.now()):
            raise Stopped
        await self._point(f"{name}: remembered")
        self._answers = {**self._answers, name: plain}
        return plain
