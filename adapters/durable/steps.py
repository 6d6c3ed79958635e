"""The journal of one piece of work, as its use case is handed it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from adapters.durable.memory import CutShort, GaveUp, Memory, Point, Stopped
from adapters.durable.plain import from_plain, to_plain
from core.domain.refusals import Refusal
from core.domain.work import Failing, WorkState
from ports.clock import Clock
from ports.errors import Rejected, Unavailable
from ports.journal import Entry, Journal

T = TypeVar("T")


class Parked(BaseException):
    """A step failed for longer than such work may go on; no use case is to catch it."""


class Resting(Protocol):
    """Where work waits for its next try."""

    async def __call__(self, entry: Entry, failing: Failing, error: Unavailable) -> None:
        """Wait, longer each time, without keeping others from running."""


class Breaking(Protocol):
    """What is done about what nobody foresaw."""

    async def __call__(self, entry: Entry, step: str, error: Exception, attempts: int) -> None:
        """Write it down and wait for the next try; raises what ends the work after the last."""


class JournaledSteps:
    """Does each step once and remembers its answer; taken up again, answers from memory (T-1)."""

    def __init__(
        self,
        entry: Entry,
        memory: Memory,
        *,
        journal: Journal,
        clock: Clock,
        rest: Resting,
        broke: Breaking,
        point: Point,
        park_after: timedelta | None,
    ) -> None:
        self._entry = entry
        self._memory = memory
        self._journal = journal
        self._clock = clock
        self._rest = rest
        self._broke = broke
        self._point = point
        self._park_after = park_after
        self._failing = entry.failing
        self._named: set[str] = set()
        self.attempts = entry.attempts
        self.stopped_at: Failing | None = None

    async def do(
        self,
        name: str,
        answer: type[T] | Any,
        call: Callable[[], Awaitable[T]],
        *,
        give_up_after: timedelta | None = None,
    ) -> Any:
        if name in self._named:
            raise ValueError(f"step {name!r} stands twice in {self._entry.job.kind}")
        self._named.add(name)

        async def ask() -> Any:
            plain = await self._answer(name, answer, call, give_up_after)
            # it went on: what broke before is over, and does not count with what may break later
            self._failing, self.attempts = None, 0
            return plain

        try:
            plain = await self._memory.once(name, ask)
        except (GaveUp, Refusal, Rejected) as no:
            failing = self._failing if isinstance(no, GaveUp) else None
            self.stopped_at = failing or Failing(name, self._clock.now(), 1)
            raise
        except Exception as error:
            raise CutShort from error
        # through the same door as after a crash, so that both ways see the same answer
        return from_plain(plain, answer)

    async def _answer(
        self, name: str, answer: Any, call: Callable[[], Awaitable[Any]], give_up_after: timedelta | None
    ) -> Any:
        while True:
            await self._point(f"{name}: begin")
            try:
                said = await call()
                plain = None if answer is None else to_plain(said)
            except Unavailable as error:
                await self._failed(name, error, give_up_after)
            except (Refusal, Rejected):
                raise
            except Exception as error:
                self.attempts += 1
                await self._broke(self._entry, name, error, self.attempts)
                await self._is_wanted()
            else:
                await self._point(f"{name}: done")
                return plain

    async def _failed(self, name: str, error: Unavailable, give_up_after: timedelta | None) -> None:
        now = self._clock.now()
        self._failing = failing = next_failure(self._failing, name, now)
        if give_up_after is not None and now - failing.since >= give_up_after:
            raise GaveUp(error.what, retry_after=error.retry_after) from error
        await self._point(f"{name}: fail")
        if not await self._journal.failed(self._entry.job.key, failing, self.attempts, now):
            raise Stopped
        if self._park_after is not None and now - failing.since >= self._park_after:
            raise Parked
        await self._rest(self._entry, failing, error)
        await self._is_wanted()

    async def _is_wanted(self) -> None:
        # it may have been parked while it rested, and then the other system is not asked again
        entry = await self._journal.find(self._entry.job.key)
        if entry is None or entry.state is not WorkState.IN_PROGRESS:
            raise Stopped


def next_failure(failing: Failing | None, step: str, now: datetime) -> Failing:
    """One failure more of the step, or the first."""
    if failing is None or failing.step != step:
        return Failing(step, now, 1)
    return Failing(step, failing.since, failing.times + 1)
