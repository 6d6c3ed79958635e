"""What runs each morning and each night in Japan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog

from core.domain.drift import ORPHANS
from core.domain.ids import RequestKey, request_key
from core.domain.japan import tokyo_date
from core.domain.work import Job, WorkKind
from ports.alarms import Alarms
from ports.clock import Clock
from ports.durable import DurableWork, Steps

log = structlog.get_logger()

DRIFT: Final = "find_drift"
RECONCILE: Final = "reconcile"
JOBS: Final[Mapping[WorkKind, tuple[str, ...]]] = MappingProxyType(
    {
        WorkKind.DAILY: (
            "expire_notices",
            "tell_invoices_due",
            "tell_cards_expiring",
            "terminate_due",
            "give_up_stale",
            "forget_old",
        ),
        WorkKind.NIGHTLY: (DRIFT, RECONCILE),
    }
)
"""Each use case is work of its own, so that none keeps another from its day."""

REPORTS_ON: Final = 0
"""The weekday, Monday, whose night also reports the orphans of all the week with their age (ACC-4)."""
WEEKLY: Final = "orphans_weekly"

UNTIL_NIGHT: Final = timedelta(hours=3)
"""How long after midnight a night's jobs begin."""

UseCases = Callable[[str], Callable[..., Any]]
"""From a use case's name to the use case."""


class Day(msgspec.Struct, frozen=True):
    """One job of one day in Japan."""

    day: date
    job: str


def key_of(kind: WorkKind, day: date, job: str) -> RequestKey:
    """The key of a job's work on that day."""
    return request_key(kind.value, day.isoformat(), job)


def reconciling(position: str, day: date) -> Job:
    """The work of holding everything against Salesforce, since that place in the stream is lost (T-5)."""
    job = RECONCILE
    key = request_key(WorkKind.NIGHTLY.value, "lost", position, job)
    return Job(key=key, kind=WorkKind.NIGHTLY, data=msgspec.to_builtins(Day(day, job)), lane=job)


def tonight(now: datetime) -> date:
    """The day in Japan whose night's jobs are the latest to have begun."""
    return tokyo_date(now - UNTIL_NIGHT)


@dataclass(frozen=True, slots=True)
class RunJob:
    """Run one of the day's jobs, once; what it found for people to look at is its result, and raises an alarm."""

    use_cases: UseCases
    alarms: Alarms

    async def __call__(self, steps: Steps, data: Day) -> Any:
        """How much the job did, or the list of what it found."""
        done = await steps.do(data.job, Any, lambda: self._run(data.job))
        found = done if isinstance(done, list) else ()
        log.info("day.job.done", work=data.job, count=len(found) if isinstance(done, list) else done)
        if found:
            for each in found:
                log.warning(f"{data.job}.found", **each)
            await steps.do("alarm", None, lambda: self.alarms.raise_alarm(data.job, data.day.isoformat()))
        if data.job == DRIFT and data.day.weekday() == REPORTS_ON:
            orphans = [each for each in found if each["kind"] in ORPHANS]
            _report(orphans, data.day)
            if orphans:
                await steps.do("weekly", None, lambda: self.alarms.raise_alarm(WEEKLY, data.day.isoformat()))
        return done

    async def _run(self, name: str) -> Any:
        return await self.use_cases(name)() or 0


def _report(orphans: Sequence[Mapping[str, Any]], day: date) -> None:
    log.info("orphans.weekly", count=len(orphans))
    for each in orphans:
        since = each["since"] and date.fromisoformat(each["since"])
        about = {"kind": each["kind"], "subject": each["subject"], "repair": each["repair"], "since": each["since"]}
        log.warning("orphans.weekly.found", **about, days=(day - since).days if since else None)


class BeginDays:
    """Start each day's and each night's jobs in Japan once, also when the clock was moved past them."""

    def __init__(self, work: DurableWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock
        self._begun: dict[WorkKind, date] = {}

    async def __call__(self) -> None:
        """Start what this moment is the first to ask for."""
        now = self._clock.now()
        for kind, day in ((WorkKind.DAILY, tokyo_date(now)), (WorkKind.NIGHTLY, tonight(now))):
            if self._begun.get(kind) != day:
                await self._begin(kind, day)
                self._begun[kind] = day

    async def _begin(self, kind: WorkKind, day: date) -> None:
        # they are begun in their order: where the last was, all were, by this process or another; a job that an
        # upgrade puts before the last begins on the day after
        if await self._work.outcome(key_of(kind, day, JOBS[kind][-1]), wait=0) is not None:
            return
        for job in JOBS[kind]:
            data = msgspec.to_builtins(Day(day, job))
            await self._work.start(Job(key=key_of(kind, day, job), kind=kind, data=data, lane=job))
