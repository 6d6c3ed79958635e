"""The rounds beside the requests go on, whatever one of them meets (T-5, T-8)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from adapters.db.unit_of_work import SqlStore
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.journal import MemoryJournal
from adapters.fakes.salesforce.fact_stream import FakeFactStream
from adapters.fakes.world import World
from core.domain.facts import CatalogChanged, EventUnreadable, FactBatch
from core.domain.ids import AccountId, CaseId, RequestKey, request_key
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.support import CasePriority, OpenCheck
from core.domain.work import Job, WorkKind, WorkState
from core.usecases.work.park_event import ParkEvent
from genkan import rounds
from genkan.days import JOBS, BeginDays, reconciling
from genkan.logging import ALLOWED
from genkan.rounds import GoRound, HurryLate, TakeInFacts, TellOfWork
from ports.durable import Steps
from ports.errors import Rejected, Unavailable
from ports.journal import Entry
from tests.worlds import a_world


@dataclass
class Stumbling:
    """A stream that stumbles over something nobody foresaw before it answers."""

    stream: FakeFactStream
    times: int

    async def after(self, position: str | None, wait: float) -> FactBatch:
        if self.times:
            self.times -= 1
            raise ValueError("what nobody foresaw")
        return await self.stream.after(position, wait)


@dataclass
class Looks:
    """A look for what was lost that stumbles at first; `seen` once it was done often enough."""

    stumbles: int = 0
    enough: int = 1
    done: int = 0
    seen: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, *_: object) -> int:
        if self.stumbles:
            self.stumbles -= 1
            raise ValueError("what nobody foresaw")
        self.done += 1
        if self.done >= self.enough:
            self.seen.set()
        return 0


@asynccontextmanager
async def going(forever: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(forever)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PAUSE", 0.001)


@pytest.fixture
def world() -> World:
    return a_world()


def runner(world: World, handler: Callable[..., Awaitable[object]], kind: WorkKind) -> Runner:
    return Runner(MemoryJournal(), world.clock, {kind: handler}, RunnerSettings(poll=0.01))


async def test_facts_are_taken_in_after_what_nobody_foresaw(world: World, store: SqlStore) -> None:
    learned = asyncio.Event()

    async def learn(steps: Steps, data: object) -> None:
        learned.set()

    work = runner(world, learn, WorkKind.LEARN_FACT)
    world.emit(CatalogChanged(id="f1", at=world.clock.now()))
    facts = TakeInFacts(Stumbling(FakeFactStream(world), times=3), work, store, Looks(), world.clock)
    async with going(facts.forever()), asyncio.timeout(5):
        await learned.wait()
    assert await work.outcome(request_key("fact", "f1"), 0) is not None
    await work.stop(1)


class OnceAway(MemoryJournal):
    """A journal whose database is away when it is first asked."""

    def __init__(self) -> None:
        super().__init__()
        self.away = True

    async def accept(self, job: Job, at: datetime) -> Entry:
        if self.away:
            self.away = False
            raise Unavailable("the database did not answer")
        return await super().accept(job, at)


async def test_a_fact_that_could_not_be_taken_in_is_read_again(world: World, store: SqlStore) -> None:
    async def nothing(steps: Steps, data: object) -> None:
        return

    work = Runner(OnceAway(), world.clock, {WorkKind.LEARN_FACT: nothing}, RunnerSettings(poll=0.01))
    world.emit(CatalogChanged(id="f1", at=world.clock.now()))
    facts = TakeInFacts(FakeFactStream(world), work, store, Looks(), world.clock)
    with pytest.raises(Unavailable):
        await facts.once(0)
    assert [await facts.once(0) for _ in range(2)] == [1, 0]
    assert await work.outcome(request_key("fact", "f1"), 0) is not None
    await work.stop(1)


async def test_what_was_told_of_one_thing_meanwhile_is_learned_once(world: World, store: SqlStore) -> None:
    learned: list[str] = []

    async def learn(steps: Steps, fact: CatalogChanged) -> None:
        learned.append(fact.id)

    work = runner(world, learn, WorkKind.LEARN_FACT)
    for number in range(3):
        world.emit(CatalogChanged(id=f"f{number}", at=world.clock.now()))
    facts = TakeInFacts(FakeFactStream(world), work, store, Looks(), world.clock)
    assert [await facts.once(0) for _ in range(2)] == [3, 0]
    await work.outcome(request_key("fact", "f2"), 5)
    assert learned == ["f2"]
    await work.stop(1)


async def test_a_place_in_the_stream_that_is_lost_has_everything_compared(world: World, store: SqlStore) -> None:
    async def nothing(steps: Steps, data: object) -> None:
        return

    async with store.begin() as shelves:
        await shelves.facts.set_position(rounds.STREAM, "another world.1")
    work, looks = runner(world, nothing, WorkKind.LEARN_FACT), Looks()
    work.bind({WorkKind.NIGHTLY: nothing})
    facts = TakeInFacts(FakeFactStream(world), work, store, looks, world.clock)
    for _ in range(2):
        await facts.once(0)
    assert looks.done == 1
    reconciled = reconciling("another world.1", tokyo_date(world.clock.now()))
    assert (await work.outcome(reconciled.key, 1)) is not None
    assert reconciled.data["job"] in JOBS[WorkKind.NIGHTLY]
    await work.stop(1)


async def test_an_event_nobody_can_read_is_left_with_staff_and_everything_compared(
    world: World, store: SqlStore
) -> None:
    async def nothing(steps: Steps, data: object) -> None:
        return

    work = runner(world, ParkEvent(), WorkKind.LEARN_FACT)
    work.bind({WorkKind.NIGHTLY: nothing})
    world.emit(EventUnreadable(id="e1", at=world.clock.now(), topic="/data/Changes", place="0a", reason="no header"))
    facts = TakeInFacts(FakeFactStream(world), work, store, Looks(), world.clock)
    assert await facts.once(0) == 1
    async with store.reading() as shelves:
        position = await shelves.facts.position(rounds.STREAM)
    parked = await work.outcome(request_key("fact", "e1"), 1)
    assert parked is not None and (parked.state, parked.code) == (WorkState.WITH_STAFF, "event_unreadable")
    assert await work.outcome(reconciling(str(position), tokyo_date(world.clock.now())).key, 1) is not None
    await work.stop(1)


async def test_a_round_comes_after_one_that_broke(world: World) -> None:
    async def nothing(steps: Steps, data: object) -> None:
        return

    work = runner(world, nothing, WorkKind.DAILY)
    work.bind({WorkKind.NIGHTLY: nothing})
    restart, look = Looks(stumbles=2), Looks(stumbles=2)
    async with going(GoRound(BeginDays(work, world.clock), restart, look, Looks(), Looks(), every=0.001).forever()):
        async with asyncio.timeout(5):
            await look.seen.wait()
        assert restart.done
    await work.stop(1)


async def test_while_the_stream_is_down_what_is_open_is_read_again_and_again(
    world: World, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "DOWN_PAUSE", 0.001)

    async def nothing(steps: Steps, data: object) -> None:
        return

    work, looks = runner(world, nothing, WorkKind.LEARN_FACT), Looks(enough=3)
    world.faults.switch("stream", "after", "unavailable")
    async with going(TakeInFacts(FakeFactStream(world), work, store, looks, world.clock).forever()), asyncio.timeout(5):
        await looks.seen.wait()
    await work.stop(1)


@dataclass
class Refused(Looks):
    """A look that Salesforce refuses, again and again."""

    async def __call__(self, *_: object) -> int:
        await super().__call__()
        raise Rejected("INVALID_FIELD", "account")


async def test_a_look_that_is_refused_ends_no_reading(
    world: World, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "DOWN_PAUSE", 0.001)

    learned = asyncio.Event()

    async def learn(steps: Steps, data: object) -> None:
        learned.set()

    work, looks = runner(world, learn, WorkKind.LEARN_FACT), Refused(enough=3)
    world.faults.switch("stream", "after", "unavailable")
    facts = TakeInFacts(FakeFactStream(world), work, store, looks, world.clock)
    with capture_logs() as said:
        async with going(facts.forever()), asyncio.timeout(5):
            await looks.seen.wait()
            world.faults.clear()
            world.emit(CatalogChanged(id="f1", at=world.clock.now()))
            await learned.wait()
    assert [line["code"] for line in said if line["event"] == "facts.look.broke"][:3] == ["INVALID_FIELD"] * 3
    await work.stop(1)


async def test_a_refused_look_keeps_nobody_from_the_oldest_that_is_kept(world: World, store: SqlStore) -> None:
    async def nothing(steps: Steps, data: object) -> None:
        return

    async with store.begin() as shelves:
        await shelves.facts.set_position(rounds.STREAM, "another world.1")
    work = runner(world, nothing, WorkKind.LEARN_FACT)
    work.bind({WorkKind.NIGHTLY: nothing})
    world.emit(CatalogChanged(id="f1", at=world.clock.now()))
    facts = TakeInFacts(FakeFactStream(world), work, store, Refused(), world.clock)
    assert await facts.once(0) == 1
    assert await work.outcome(request_key("fact", "f1"), 1) is not None
    await work.stop(1)


async def test_work_that_needs_somebody_is_told_of_every_five_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(steps: Steps, data: object) -> None:
        raise Rejected("NOT_FOUND", "order")

    work = runner(world, refused, WorkKind.DAILY)
    await work.start(Job(key=RequestKey("daily:1"), kind=WorkKind.DAILY, data=None))
    assert await work.quiet(5)
    tell = TellOfWork(work, world.clock, Policy())
    with capture_logs() as said:
        for minutes in (0, 4, 2, 4, 2):
            world.clock.advance(timedelta(minutes=minutes))
            await tell()
    assert [(line["event"], line["work"], line["state"], line["code"]) for line in said] == [
        ("work.needs_somebody", "daily:1", "parked", "NOT_FOUND")
    ] * 2
    assert all(set(line) - {"log_level"} <= ALLOWED and "retry" in line["advice"] for line in said)
    await work.stop(1)


async def test_late_checks_are_listed_every_five_minutes(world: World) -> None:
    asked = world.clock.now()
    case, account = CaseId("500000000000001AAA"), AccountId("001000000000001AAA")
    late = OpenCheck(case=case, account=account, asked_at=asked, priority=CasePriority.HIGH, is_open=False)

    async def raise_late() -> tuple[OpenCheck, ...]:
        return (late,)

    hurry = HurryLate(raise_late, world.clock)
    told = []
    for passed in (timedelta(minutes=4, seconds=59), timedelta(seconds=1), timedelta(minutes=5)):
        world.clock.set(world.clock.now() + passed)
        with capture_logs() as logged:
            await hurry()
        told.append(logged)
    assert [len(each) for each in told] == [0, 1, 1]
    [line] = told[1]
    assert (line["event"], line["subject"], line["account"]) == ("check.late", case, account)
    assert (line["since"], line["state"]) == (asked.isoformat(timespec="seconds"), "closed without an answer")
    assert line.keys() - {"log_level"} <= ALLOWED
