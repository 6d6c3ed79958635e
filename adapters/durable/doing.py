"""One piece of work, from its beginning or where it stopped, to its end."""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from adapters.durable.memory import GaveUp, Memory, OutOfOrder, Point, Stopped
from adapters.durable.plain import from_plain, to_plain
from adapters.durable.settings import RunnerSettings
from adapters.durable.steps import JournaledSteps, Parked, next_failure
from core.domain.refusals import Refusal, data_of
from core.domain.work import Failing, WorkState
from ports.clock import Clock
from ports.durable import Steps
from ports.errors import Rejected, Unavailable
from ports.journal import Entry, Journal

Handler = Callable[[Steps, Any], Awaitable[Any]]
_OUTSIDE = "(outside a step)"


class Broken(BaseException):
    """It broke as often as it may; no use case is to catch it."""


class Ending(msgspec.Struct, frozen=True):
    """How a piece of work ended."""

    state: WorkState
    code: str | None = None
    result: Any = None
    stopped_at: Failing | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """Does work until it is done, refused or with staff (T-3).

    No answer is no end: the work rests and goes on. What nobody foresaw is tried a few times, then staff have it.
    """

    handler: Handler
    data_type: Any
    memory: Memory
    journal: Journal
    clock: Clock
    settings: RunnerSettings
    events: Callable[..., None]
    point: Point
    rest: Callable[[Failing, float], Awaitable[None]]

    async def __call__(self, entry: Entry) -> Entry | None:
        """Work that is due, done to its end; None when it was over, cancelled, parked or put off meanwhile."""
        key = entry.job.key
        await self.point("begin")
        begun = await self.journal.begin(key, self.clock.now())
        await self.point("begun")
        while begun is not None:
            ending = await self._try(begun)
            if ending is not None:
                return await self._end(begun, ending)
            begun = await self.journal.find(key)
            if begun is not None and begun.state is not WorkState.IN_PROGRESS:
                return None
        return None

    async def _end(self, entry: Entry, ending: Ending) -> Entry | None:
        job = entry.job
        if ending.state is WorkState.WITH_STAFF:
            self.events("work.with_staff", key=job.key, kind=job.kind, code=ending.code)
        await self.point("end")
        ended = await self.journal.end(
            job.key,
            ending.state,
            self.clock.now(),
            result=ending.result,
            code=ending.code,
            told=job.request is None,
            stopped_at=ending.stopped_at,
        )
        await self.point("ended")
        return ended

    async def _try(self, entry: Entry) -> Ending | None:
        steps = JournaledSteps(
            entry,
            self.memory,
            journal=self.journal,
            clock=self.clock,
            rest=self._rested,
            broke=self._broke,
            point=self.point,
            park_after=self.settings.park_after.get(entry.job.kind),
        )
        try:
            data = from_plain(entry.job.data, self.data_type)
            return Ending(WorkState.DONE, result=to_plain(await self.handler(steps, data)))
        except Refusal as refusal:
            return Ending(WorkState.REFUSED, refusal.code, data_of(refusal), steps.stopped_at)
        except Rejected as rejected:
            return Ending(WorkState.WITH_STAFF, rejected.code, stopped_at=steps.stopped_at)
        except Parked:
            return Ending(WorkState.WITH_STAFF, "unavailable")
        except Stopped:
            return None
        except GaveUp:
            return Ending(WorkState.WITH_STAFF, "unavailable", stopped_at=steps.stopped_at)
        except Unavailable as error:
            return await self._unanswered(entry, steps, error)
        except Broken:
            return Ending(WorkState.WITH_STAFF, "unexpected")
        except OutOfOrder:
            return Ending(WorkState.WITH_STAFF, "out_of_order")
        except Exception as error:
            return await self._fell(entry, steps, error)

    async def _unanswered(self, entry: Entry, steps: JournaledSteps, error: Unavailable) -> Ending | None:
        now = self.clock.now()
        failing = next_failure(entry.failing, _OUTSIDE, now)
        await self.journal.failed(entry.job.key, failing, steps.attempts, now)
        await self._rested(entry, failing, error)
        return None

    async def _fell(self, entry: Entry, steps: JournaledSteps, error: Exception) -> Ending | None:
        try:
            await self._broke(entry, _OUTSIDE, error, steps.attempts + 1)
        except Broken:
            return Ending(WorkState.WITH_STAFF, "unexpected")
        except Stopped:
            return None
        return None

    async def _broke(self, entry: Entry, step: str, error: Exception, attempts: int) -> None:
        where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-3:]]
        name = type(error).__name__
        self.events("work.broke", key=entry.job.key, kind=entry.job.kind, attempts=attempts, error=name, where=where)
        now = self.clock.now()
        failing = Failing(step, now, attempts)
        if not await self.journal.failed(entry.job.key, failing, attempts, now):
            raise Stopped
        if attempts >= self.settings.attempts:
            raise Broken
        await self.rest(failing, self.settings.wait(entry.job.key, attempts))

    async def _rested(self, entry: Entry, failing: Failing, error: Unavailable) -> None:
        job = entry.job
        seconds = max(self.settings.wait(job.key, failing.times), error.retry_after or 0)
        self.events(
            "work.unanswered",
            key=job.key,
            kind=job.kind,
            step=failing.step,
            times=failing.times,
            operation=error.what,
            seconds=round(seconds, 3),
        )
        await self.rest(failing, seconds)
