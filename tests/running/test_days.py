"""Each day's jobs run once, none in another's way, and what the night found is there to be looked at (OPS-5, ACC-4)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.journal import MemoryJournal
from adapters.fakes.world import World
from core.domain.ids import request_key
from core.domain.work import Job, WorkKind, WorkState
from genkan.days import JOBS, BeginDays, RunJob, key_of, tonight
from genkan.handlers import Handlers
from genkan.running import Running
from ports.durable import DurableWork
from ports.errors import Rejected
from tests.portal import portal_in
from tests.usecases.killing import kill_at_every_point
from tests.worlds import a_world


@pytest.fixture
def world() -> World:
    return a_world()


class Alarms:
    """Alarms written down."""

    def __init__(self) -> None:
        self.raised: list[tuple[str, str]] = []

    async def raise_alarm(self, code: str, subject: str) -> None:
        self.raised.append((code, subject))


class OneDay:
    """A day whose jobs are counted, and of which one may fail."""

    def __init__(self, world: World, failing: str = "") -> None:
        self.done: list[str] = []
        self.alarms = Alarms()
        self.failing = failing
        self.work = Runner(MemoryJournal(), world.clock, settings=RunnerSettings(poll=0.01))
        self.work.bind({kind: Handlers(self.job, self.alarms)[kind] for kind in JOBS})

    def job(self, name: str) -> Callable[[], Awaitable[int]]:
        async def do() -> int:
            if name == self.failing:
                raise Rejected("conflict")
            self.done.append(name)
            return 1

        return do


@pytest.mark.parametrize("kind", JOBS)
async def test_what_was_found_raises_an_alarm_wherever_the_portal_dies(world: World, kind: WorkKind) -> None:
    async def find() -> list[dict[str, str]]:
        return [{"found": "something"}]

    async def act(_: Alarms, work: DurableWork) -> None:
        data = {"day": "2026-01-20", "job": JOBS[kind][0]}
        await work.start(Job(key=request_key("day"), kind=kind, data=data))

    async def check(alarms: Alarms) -> None:
        assert set(alarms.raised) == {(JOBS[kind][0], "2026-01-20")}

    reaching = {
        WorkKind.DAILY: {JOBS[WorkKind.DAILY][0], "alarm"},
        WorkKind.NIGHTLY: {JOBS[WorkKind.NIGHTLY][0], "alarm"},
    }
    await kill_at_every_point(
        Alarms, lambda alarms, _: {kind: RunJob(lambda _: find, alarms)}, act, check,
        clock=lambda _: world.clock, reaching={kind: reaching[kind]},
    )  # fmt: skip


async def test_each_job_runs_once_a_day_whoever_asks_again(world: World) -> None:
    day = OneDay(world)
    for _ in range(2):
        await BeginDays(day.work, world.clock)()
        assert await day.work.quiet(5)
    every = [name for names in JOBS.values() for name in names]
    assert sorted(day.done) == sorted(every)
    world.clock.advance(timedelta(days=1))
    await BeginDays(day.work, world.clock)()
    assert await day.work.quiet(5)
    assert sorted(day.done) == sorted(2 * every)
    await day.work.stop(1)


async def test_a_job_that_is_refused_keeps_no_other_from_its_day(world: World) -> None:
    failing, *others = JOBS[WorkKind.DAILY]
    day = OneDay(world, failing)
    await BeginDays(day.work, world.clock)()
    assert await day.work.quiet(5)
    assert set(others) < set(day.done)
    parked = await day.work.unsettled()
    assert [(work.kind, work.state, work.code) for work in parked] == [
        (WorkKind.DAILY, WorkState.WITH_STAFF, "conflict")
    ]
    await day.work.stop(1)


async def test_orphans_are_reported_once_a_week_with_their_age(world: World) -> None:
    night = tonight(world.clock.now())
    found = {"kind": "orphan_client", "account": None, "subject": "7", "repair": "adopt", "since": "2026-01-01"}
    other = {**found, "kind": "several_open", "since": None}

    class Finding(OneDay):
        def job(self, name: str) -> Callable[[], Awaitable[Any]]:
            async def do() -> Any:
                return [found, other] if name == "find_drift" else 0

            return do

    day = Finding(world)
    with capture_logs() as said:
        for _ in range(7):
            await BeginDays(day.work, world.clock)()
            assert await day.work.quiet(5)
            world.clock.advance(timedelta(days=1))
    monday = next(night + timedelta(days=n) for n in range(7) if (night + timedelta(days=n)).weekday() == 0)
    assert [(line["subject"], line["days"]) for line in said if line["event"] == "orphans.weekly.found"] == [
        ("7", (monday - date(2026, 1, 1)).days)
    ]
    assert [subject for code, subject in day.alarms.raised if code == "orphans_weekly"] == [monday.isoformat()]
    assert len([code for code, _ in day.alarms.raised if code == "find_drift"]) == 7
    await day.work.stop(1)


# --- the night of a whole portal ---------------------------------------------------------------------------------
@pytest.fixture
def running(tmp_path: Path, migrated_file: Path, world: World) -> Iterator[tuple[Running, Callable[..., Any]]]:
    with portal_in(tmp_path, migrated_file, world) as (http, running):

        def on_its_loop(call: Callable[..., Awaitable[Any]], *given: Any) -> Any:
            assert http.blocking_portal is not None
            return http.blocking_portal.call(call, *given)

        yield running, on_its_loop


def test_the_night_lists_what_disagrees_and_raises_an_alarm(
    running: tuple[Running, Callable[..., Any]], world: World
) -> None:
    portal, do = running
    it = portal.container
    client = asyncio.run(BillingDesk(world).add_client("old@example.com", "Mina", "Okafor", "P1999999"))
    world.clock.advance(timedelta(days=1))
    assert do(portal.settle, 10.0)
    night = tonight(world.clock.now())
    work = do(it.work().outcome, key_of(WorkKind.NIGHTLY, night, "find_drift"), 5.0)
    assert (work.state, [(each["kind"], each["subject"], each["repair"]) for each in work.result]) == (
        WorkState.DONE,
        [("orphan_client", client, "by_hand")],
    )

    async def alarms() -> list[str]:
        async with it.store().reading() as shelves:
            return [line.deed for line in await shelves.audit.of_subject(night.isoformat(), 10)]

    assert do(alarms) == ["alarm: find_drift"]
