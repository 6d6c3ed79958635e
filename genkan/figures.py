"""Figures for operators besides those of requests: work, late checks, alarms, disagreements (OPS-2, OPS-5, OPS-6)."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.domain.attention import Need, attention
from core.domain.policy import Policy
from core.domain.work import Work, WorkKind, WorkState
from core.usecases.eligibility.list_late_checks import ListLateChecks
from genkan.days import key_of, tonight
from ports.clock import Clock
from ports.durable import DurableWork
from ports.errors import Unavailable

UPSTREAM_EVERY: Final = timedelta(minutes=1)
"""How often Salesforce is asked for late checks at most, however often the figures are collected."""
PATIENCE: Final = 2.0
"""Seconds that a collector waits for Salesforce; then what was known before is told."""


class AlarmCount:
    """How often each alarm was raised since the start."""

    def __init__(self) -> None:
        self.raised: Counter[str] = Counter()

    def add(self, code: str) -> None:
        """Count one alarm."""
        self.raised[code] += 1


class Figures:
    """What the collector is told; what could not be read is left out rather than told as it was long ago."""

    def __init__(
        self, work: DurableWork, list_late_checks: ListLateChecks, alarms: AlarmCount, clock: Clock, policy: Policy
    ) -> None:
        self._work = work
        self._list_late_checks = list_late_checks
        self._alarms = alarms
        self._clock = clock
        self._policy = policy
        self._unsettled: tuple[Work, ...] = ()
        self._found: tuple[dict[str, Any], ...] = ()
        self._late: int | None = None
        self._asked_at: datetime | None = None

    async def look(self) -> None:
        """Read what is told next; called before each collection."""
        now = self._clock.now()
        self._unsettled = await self._work.unsettled()
        self._found = await self._last_night(now)
        if self._asked_at is None or not timedelta() <= now - self._asked_at < UPSTREAM_EVERY:
            self._asked_at = now
            self._late = await self._count_late()

    async def _last_night(self, now: datetime) -> tuple[dict[str, Any], ...]:
        for night in (tonight(now), tonight(now) - timedelta(days=1)):
            work = await self._work.outcome(key_of(WorkKind.NIGHTLY, night, "find_drift"), 0)
            if work is not None and work.state is WorkState.DONE:
                return tuple(work.result or ())
        return ()

    async def _count_late(self) -> int | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return len(await self._list_late_checks())
        except (Unavailable, TimeoutError):
            return None

    def collect(self) -> Iterator[Metric]:
        """The figures, as Prometheus reads them."""
        now = self._clock.now()
        needs = [need for work in self._unsettled if (need := attention(work, now, self._policy)) is not None]
        of_open = Counter((work.kind.value, work.state.value) for work in self._unsettled)
        yield _gauge("genkan_work_open", "Durable work that is not over.", ("kind", "state"), of_open)
        unknown = Counter(_step(each.work) for each in needs if each.need is Need.UNKNOWN)
        yield _gauge("genkan_work_unknown", "Work whose outcome stays unknown.", ("kind", "step"), unknown)
        parked = Counter((each.work.kind.value, each.work.code or "") for each in needs if each.need is Need.PARKED)
        yield _gauge("genkan_work_parked", "Work that goes on only when somebody retries it.", ("kind", "code"), parked)
        failed = Counter((each.work.kind.value, each.code or "") for each in needs if each.need is Need.FAILED)
        yield _gauge("genkan_work_failed", "Work that failed and waits for a decision.", ("kind", "code"), failed)
        yield GaugeMetricFamily("genkan_checks_late", "Availability checks that are late.", value=self._late)
        drift = Counter((each["kind"], each["repair"]) for each in self._found)
        labels = ("disagreement", "repair")
        yield _gauge("genkan_disagreements", "What the systems disagreed on last night.", labels, drift)
        alarms = CounterMetricFamily("genkan_alarms", "Alarms raised since the start.", labels=("alarm",))
        for code, count in self._alarms.raised.items():
            alarms.add_metric((code,), count)
        yield alarms


def _step(work: Work) -> tuple[str, str]:
    return work.kind.value, work.failing.step if work.failing is not None else ""


def _gauge(name: str, says: str, labels: tuple[str, str], counted: Counter[tuple[str, str]]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, says, labels=labels)
    for values, count in counted.items():
        gauge.add_metric(values, count)
    return gauge
