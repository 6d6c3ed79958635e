"""What steps answered before: remembered across a crash, so that each is done once (T-1)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.domain.ids import RequestKey
from ports.clock import Clock
from ports.journal import Journal

Point = Callable[[str], Awaitable[None]]


class Stopped(BaseException):
    """Somebody parked the work meanwhile; no use case is to catch it."""


class Memory(Protocol):
    """The answers of one piece of work."""

    async def once(self, name: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        """What the step answered before, or what `ask` answers now, kept before it is handed on.

        Answers are plain data. Raises Stopped, and keeps nothing, when the work is not in progress any more.
        """


@dataclass(frozen=True, slots=True)
class JournalMemory:
    """Answers in the journal, as they were read when the work was taken up."""

    key: RequestKey
    answers: Mapping[str, Any]
    journal: Journal
    clock: Clock
    point: Point

    async def once(self, name: str, ask: Callable[[], Awaitable[Any]]) -> Any:
        if name in self.answers:
            return self.answers[name]
        plain = await ask()
        await self.point(f"{name}: remember")
        if not await self.journal.remember(self.key, name, plain, self.clock.now()):
            raise Stopped
        await self.point(f"{name}: remembered")
        return plain
