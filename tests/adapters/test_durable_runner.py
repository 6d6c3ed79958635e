"""The runner does what durable work promises (ports/durable.py, T-1, T-3)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from adapters.durable.dbos_engine import DbosEngine, DbosSettings
from adapters.durable.doing import Handler
from adapters.durable.engine import Engine
from adapters.durable.memory import Memory
from adapters.durable.rests import IN_VAIN
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.journal import MemoryJournal
from core.domain.ids import RequestId, RequestKey
from core.domain.refusals import LinkImpossible
from core.domain.work import Failing, Job, Work, WorkKind, WorkState
from ports.durable import Steps
from ports.errors import Rejected, Unavailable
from ports.journal import Entry
from tests.databases import POSTGRESQL, WHOLE, copied, made, url_of

NOW = datetime(2026, 1, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUICK = RunnerSettings(first_wait=timedelta(milliseconds=1), longest_wait=timedelta(milliseconds=4), poll=0.01)
KEY = RequestKey("daily:1")


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


class Bench:
    """A runner on a bench: its journal and clock outlive it, and everything it says is written down."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url
        self.journal = MemoryJournal()
        self.clock = HandClock()
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.ended: list[Work] = []

    @asynccontextmanager
    async def running(
        self, handler: Handler, settings: RunnerSettings = QUICK, drain: float = 1, **more: Any
    ) -> AsyncIterator[Runner]:
        async def on_end(work: Work) -> None:
            self.ended.append(work)

        runner = Runner(
            self.journal,
            self.clock,
            {WorkKind.DAILY: handler},
            settings,
            engine=self.engine(),
            events=lambda event, **about: self.said.append((event, about)),
            **({"on_end": on_end} | more),
        )
        await runner.open()
        try:
            yield runner
        finally:
            await runner.stop(drain)

    def engine(self) -> Engine | None:
        settings = None if self.url is None else DbosSettings(url=self.url, poll=0.05)
        return None if settings is None else DbosEngine(settings, self.journal, self.clock)

    def heard(self, event: str) -> list[dict[str, Any]]:
        return [about for said, about in self.said if said == event]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of PostgreSQL with DBOS's own tables; copy it."""
    path = made(tmp_path_factory.mktemp("dbos") / "work", POSTGRESQL)

    async def make() -> None:
        engine = DbosEngine(DbosSettings(url=work_url(path)), MemoryJournal(), HandClock())
        await engine.open(nobody)
        await engine.close()

    async def nobody(key: RequestKey, memory: Memory, entry: Entry | None = None) -> None:
        raise AssertionError(key)

    asyncio.run(make())
    return path


def work_url(path: Path) -> str:
    return url_of(path).replace("postgresql:", "postgresql+psycopg:", 1)


# what differs between DBOS's databases if anything does; `make test-postgresql` runs all of it there
TELLING = (
    "test_a_step_answers_the_same_the_first_time_and_after_a_crash",
    "test_a_key_is_done_once",
    "test_what_breaks_a_few_times_is_done_from_where_it_was",
    "test_staff_retry_what_was_parked_or_refused",
    "test_a_lane_does_one_thing_after_the_other",
    "test_delayed_work_waits_for_its_date_on_the_clock",
    "test_work_that_has_not_begun_is_moved_cancelled_or_begun_by_hand",
    "test_a_stop_lets_steps_end_and_the_rest_is_done_after_a_restart",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test on every engine, but for PostgreSQL only the telling ones where the suite runs on files."""
    if "bench" in metafunc.fixturenames:
        engines = ["in process", "dbos over a file"]
        if WHOLE == POSTGRESQL or metafunc.function.__name__ in TELLING:
            engines.append("dbos over postgresql")
        metafunc.parametrize("bench", engines, indirect=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    if request.param == "in process":
        return Bench()
    if request.param == "dbos over a file":
        return Bench(f"sqlite:///{tmp_path / 'work.db'}")
    return Bench(work_url(copied(request.getfixturevalue("empty"), tmp_path / "work", POSTGRESQL)))


def job(key: str = KEY, **changes: Any) -> Job:
    return replace(Job(key=RequestKey(key), kind=WorkKind.DAILY, data=None), **changes)


def failing(times: int, error: Callable[[], Exception] = lambda: Unavailable("desk")) -> Callable[[], Awaitable[int]]:
    calls = 0

    async def call() -> int:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise error()
        return calls

    return call


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.005)


def one_step(call: Callable[[], Awaitable[Any]], **give_up: Any) -> Handler:
    async def handler(steps: Steps, data: None) -> Any:
        return await steps.do("only", int, call, **give_up)

    return handler


class Parcel(msgspec.Struct, frozen=True):
    weight: int
    sent_at: datetime


async def test_work_gets_its_data_as_what_it_is_and_leaves_a_plain_result(bench: Bench) -> None:
    async def handler(steps: Steps, data: Parcel) -> Parcel:
        stamp = await steps.do("stamp", Parcel, lambda: answer(data))
        assert isinstance(stamp, Parcel)
        return stamp

    async def answer(parcel: Parcel) -> Parcel:
        return replace(parcel, weight=parcel.weight + 1)

    async with bench.running(handler) as runner:
        await runner.start(job(data=Parcel(1, NOW)))
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, work.result) == (WorkState.DONE, {"weight": 2, "sent_at": "2026-01-20T03:00:00Z"})


async def test_a_step_answers_the_same_the_first_time_and_after_a_crash(bench: Bench) -> None:
    seen: list[Any] = []
    gate = asyncio.Event()

    async def handler(steps: Steps, data: None) -> None:
        seen.append(await steps.do("pair", tuple[str, int], pair))
        seen.append(await steps.do("as it is", Any, pair))
        await steps.do("gate", None, gate.wait)

    async def pair() -> tuple[str, int]:
        return ("a", len(seen))

    async with bench.running(handler, drain=0) as runner:
        await runner.start(job())
        await until(lambda: len(seen) == 2)
    gate.set()
    async with bench.running(handler) as runner:
        work = await runner.outcome(KEY, 5)
    assert seen == [("a", 0), ["a", 1]] * 2
    assert work is not None
    assert work.state is WorkState.DONE


async def test_a_key_is_done_once(bench: Bench) -> None:
    call = failing(0)
    async with bench.running(one_step(call)) as runner:
        first = await asyncio.gather(*(runner.start(job()) for _ in range(20)))
        assert await runner.quiet(5)
        again = await runner.start(job())
    assert {work.key for work in first} == {KEY}
    assert (again.state, again.result) == (WorkState.DONE, 1)


async def test_no_answer_is_asked_for_again_until_there_is_one(bench: Bench) -> None:
    async with bench.running(one_step(failing(6))) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 2)
    assert work is not None
    assert (work.state, work.result, work.attempts) == (WorkState.DONE, 7, 0)
    assert [about["times"] for about in bench.heard("work.unanswered")] == [1, 2, 3, 4, 5, 6]


def test_waits_grow_and_differ() -> None:
    settings = RunnerSettings()
    waits = [settings.wait("k", times) for times in range(1, 10)]
    for times, wait in enumerate(waits, start=1):
        full = min(0.2 * 3 ** (times - 1), 60)
        assert full / 2 <= wait <= full
    assert settings.wait("k", 3) != settings.wait("l", 3)
    assert settings.wait("k", 10_000) <= 60


async def test_a_restart_goes_on_counting_failures(bench: Bench) -> None:
    slow = RunnerSettings(first_wait=HOUR, longest_wait=HOUR, poll=0.01)
    async with bench.running(one_step(failing(99)), slow, drain=0.2) as runner:
        await runner.start(job())
        await until(lambda: len(bench.heard("work.unanswered")) == 1)
    async with bench.running(one_step(failing(99)), slow, drain=0) as runner:
        await until(lambda: len(bench.heard("work.unanswered")) == 2)
        assert not await runner.quiet(0)
    assert [about["times"] for about in bench.heard("work.unanswered")] == [1, 2]


async def test_a_moved_clock_wakes_work_that_waits(bench: Bench) -> None:
    slow = RunnerSettings(first_wait=HOUR, poll=60)
    async with bench.running(one_step(failing(1)), slow) as runner:
        await runner.start(job())
        await until(lambda: len(bench.heard("work.unanswered")) == 1)
        assert not await runner.quiet(0.02)
        await runner.release_due(bench.clock.now())
        assert await runner.quiet(5)


async def test_what_waits_leaves_its_place_to_others(bench: Bench) -> None:
    async def handler(steps: Steps, data: int) -> None:
        await steps.do("only", int, failing(99) if data else failing(0))

    settings = RunnerSettings(at_once=1, first_wait=HOUR, longest_wait=HOUR)
    async with bench.running(handler, settings, drain=0) as runner:
        await runner.start(job("stuck", data=1))
        await until(lambda: bool(bench.heard("work.unanswered")))
        await runner.start(job("free", data=0))
        free = await runner.outcome(RequestKey("free"), 5)
    assert free is not None
    assert free.state is WorkState.DONE


async def test_a_step_gives_up_after_its_time(bench: Bench) -> None:
    async def call() -> int:
        bench.clock.time += timedelta(seconds=20)
        raise Unavailable("desk")

    async def handler(steps: Steps, data: None) -> str:
        try:
            await steps.do("only", int, call, give_up_after=timedelta(minutes=1))
        except Unavailable:
            return "gave up"
        return "answered"

    async with bench.running(handler) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert work.result == "gave up"
    assert len(bench.heard("work.unanswered")) == 3


async def test_giving_up_that_nobody_catches_goes_to_staff(bench: Bench) -> None:
    async with bench.running(one_step(failing(99), give_up_after=timedelta(0))) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, work.code) == (WorkState.WITH_STAFF, "unavailable")


async def test_work_with_a_limit_is_parked_when_it_failed_that_long(bench: Bench) -> None:
    async def call() -> int:
        bench.clock.time += timedelta(hours=10)
        raise Unavailable("crm")

    settings = msgspec.structs.replace(QUICK, park_after={WorkKind.DAILY: timedelta(hours=24)})
    async with bench.running(one_step(call), settings) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
        assert work is not None
        assert (work.state, work.code) == (WorkState.WITH_STAFF, "unavailable")
        assert [w.key for w in await runner.unsettled()] == [KEY]
    assert len(bench.heard("work.unanswered")) == 3
    assert bench.heard("work.with_staff") == [{"key": KEY, "kind": WorkKind.DAILY, "code": "unavailable"}]


async def test_a_refusal_ends_the_work_with_its_code_and_data(bench: Bench) -> None:
    async with bench.running(one_step(failing(1, lambda: LinkImpossible(reason="taken")))) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, work.code, work.result) == (WorkState.REFUSED, "link_impossible", {"reason": "taken"})
    assert bench.ended == [work]


async def test_a_rejection_that_nobody_understood_goes_to_staff(bench: Bench) -> None:
    async with bench.running(one_step(failing(1, lambda: Rejected("STRING_TOO_LONG")))) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, work.code) == (WorkState.WITH_STAFF, "STRING_TOO_LONG")


async def test_a_refusal_is_not_remembered_as_an_answer(bench: Bench) -> None:
    async def handler(steps: Steps, data: None) -> list[str]:
        try:
            await steps.do("order", int, failing(1, lambda: Rejected("conflict")))
        except Rejected as rejected:
            return [rejected.code, await steps.do("other", str, other)]
        return []

    async def other() -> str:
        return "went another way"

    async with bench.running(handler) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert work.result == ["conflict", "went another way"]


async def test_what_nobody_foresaw_is_tried_five_times_and_says_no_data(bench: Bench) -> None:
    async with bench.running(one_step(failing(99, lambda: KeyError("mina@example.com")))) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
        assert work is not None
        assert (work.state, work.code, work.attempts) == (WorkState.WITH_STAFF, "unexpected", 5)
    assert [about["attempts"] for about in bench.heard("work.broke")] == [1, 2, 3, 4, 5]
    assert bench.heard("work.broke")[0]["error"] == "KeyError"
    assert "mina@example.com" not in repr(bench.said)


async def test_what_breaks_a_few_times_is_done_from_where_it_was(bench: Bench) -> None:
    counted: list[str] = []
    broken = failing(3, ZeroDivisionError)

    async def handler(steps: Steps, data: None) -> None:
        await steps.do("first", None, first)
        await steps.do("second", int, broken)

    async def first() -> None:
        counted.append("first")

    async with bench.running(handler) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, work.attempts, counted) == (WorkState.DONE, 0, ["first"])
    assert [about["attempts"] for about in bench.heard("work.broke")] == [1, 2, 3]


async def test_what_breaks_once_in_a_while_is_not_taken_for_broken(bench: Bench) -> None:
    parts = [failing(2, ZeroDivisionError) for _ in range(4)]

    async def handler(steps: Steps, data: None) -> None:
        for number, part in enumerate(parts):
            await steps.do(f"part {number}", int, part)

    async with bench.running(handler) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert work.state is WorkState.DONE
    assert [about["attempts"] for about in bench.heard("work.broke")] == [1, 2] * 4


async def test_what_others_did_while_it_waited_for_its_turn_is_not_done_again() -> None:
    """Only where the journal has the answers: DBOS has one process do a workflow."""
    bench = Bench()

    async def again() -> int:
        raise AssertionError("it was done")

    async with bench.running(one_step(again)) as runner:
        turn = bench.journal.begin

        async def late(key: RequestKey, at: datetime) -> Entry | None:
            bench.journal.begin = turn  # type: ignore[method-assign]
            await turn(key, at)
            await bench.journal.remember(key, "only", 7, at)
            return await turn(key, at)

        bench.journal.begin = late  # type: ignore[method-assign]
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, work.result) == (WorkState.DONE, 7)


async def test_staff_retry_what_was_parked_or_refused(bench: Bench) -> None:
    call = failing(2, lambda: Rejected("conflict"))
    async with bench.running(one_step(call)) as runner:
        await runner.start(job())
        await runner.outcome(KEY, 5)
        again = await runner.retry(KEY)
        assert again is not None
        assert again.state is WorkState.IN_PROGRESS
        assert await runner.quiet(5)
        await runner.run_now(KEY)
        work = await runner.outcome(KEY, 5)
        assert work is not None
        assert (work.state, work.result, work.code) == (WorkState.DONE, 3, None)
        done = await runner.retry(KEY)
        assert done == work
        assert await runner.retry(RequestKey("none")) is None


async def test_parked_work_stops_after_its_step_and_goes_on_when_it_is_retried(bench: Bench) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def handler(steps: Steps, data: None) -> list[str]:
        await steps.do("first", None, first)
        await steps.do("second", None, second)
        return done

    async def first() -> None:
        done.append("first")
        begun.set()
        await go_on.wait()

    async def second() -> None:
        done.append("second")

    async with bench.running(handler) as runner:
        await runner.start(job())
        await begun.wait()
        parked = await runner.park(KEY)
        assert parked is not None
        assert (parked.state, parked.code) == (WorkState.WITH_STAFF, "parked")
        go_on.set()
        assert await runner.quiet(5)
        assert done == ["first"]
        assert await runner.outcome(KEY, 0) == parked
        await runner.retry(KEY)
        work = await runner.outcome(KEY, 5)
    assert work is not None
    # the step that was cut short is not known to have happened, so it is done again
    assert (work.state, done) == (WorkState.DONE, ["first", "first", "second"])


async def test_work_parked_while_it_rests_asks_nobody_again(bench: Bench) -> None:
    asked: list[str] = []
    was_asked = asyncio.Event()

    async def call() -> int:
        asked.append("desk")
        was_asked.set()
        raise Unavailable("desk")

    slow = msgspec.structs.replace(QUICK, first_wait=timedelta(seconds=60), longest_wait=timedelta(seconds=60))
    async with bench.running(one_step(call), slow) as runner:
        await runner.start(job())
        await was_asked.wait()
        await until(lambda: bool(bench.heard("work.unanswered")))  # it rests by now
        assert len(bench.heard("work.unanswered")) == 1
        await runner.park(KEY)
        assert await runner.quiet(5)
        work = await runner.outcome(KEY, 0)
    assert work is not None
    assert (work.state, work.code, asked) == (WorkState.WITH_STAFF, "parked", ["desk"])


async def test_work_asks_for_other_work_and_looks_at_it(bench: Bench) -> None:
    async def handler(steps: Steps, data: str) -> str | None:
        if data == "child":
            return await steps.do("own", str, own)
        first = await steps.do("ask", bool, ask)
        work = await runner.start(job("outside", data="child"))
        return f"{first} {work.key}"

    async def own() -> str:
        return "done"

    async def ask() -> bool:
        await runner.start(job("later", data="child", due_at=NOW + HOUR))
        await runner.cancel(RequestKey("later"))
        await runner.start(job("inside", data="child"))
        child = await runner.outcome(RequestKey("inside"), 5)
        return child is not None and child.result == "done"

    async with bench.running(handler) as runner:
        await runner.start(job(data="parent"))
        assert await runner.quiet(5)
        parent, outside = await runner.outcome(KEY, 0), await runner.outcome(RequestKey("outside"), 0)
    assert parent is not None
    assert outside is not None
    assert (parent.result, outside.result) == ("True outside", "done")


async def test_a_lane_does_one_thing_after_the_other(bench: Bench) -> None:
    running: set[str] = set()
    order: list[str] = []

    async def handler(steps: Steps, data: str) -> None:
        await steps.do("only", None, lambda: busy(data))

    async def busy(name: str) -> None:
        lane = name[0]
        assert lane not in running
        running.add(lane)
        await asyncio.sleep(0.002)
        running.remove(lane)
        order.append(name)

    async with bench.running(handler) as runner:
        for name in ("a1", "a2", "b1", "a3", "b2"):
            await runner.start(job(name, data=name, lane=name[0]))
        assert await runner.quiet(5)
    assert [name for name in order if name[0] == "a"] == ["a1", "a2", "a3"]
    assert order.index("b1") < order.index("a3")


async def test_only_so_many_run_at_once(bench: Bench) -> None:
    running = most = 0

    async def handler(steps: Steps, data: None) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1

    async with bench.running(handler, RunnerSettings(at_once=3)) as runner:
        for number in range(9):
            await runner.start(job(str(number)))
        assert await runner.quiet(5)
    assert most == 3


async def test_delayed_work_waits_for_its_date_on_the_clock(bench: Bench) -> None:
    async with bench.running(one_step(failing(0))) as runner:
        waiting = await runner.start(job(due_at=NOW + HOUR))
        assert waiting.state is WorkState.RECEIVED
        await asyncio.sleep(0.03)
        assert await runner.quiet(0)
        assert await runner.outcome(KEY, 0) == waiting
        bench.clock.time += HOUR
        # the poll finds it without being told
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert work.state is WorkState.DONE


async def test_a_released_date_begins_at_once_and_is_counted(bench: Bench) -> None:
    async with bench.running(one_step(failing(0)), RunnerSettings(poll=60)) as runner:
        await runner.start(job("a", due_at=NOW + HOUR))
        await runner.start(job("b", due_at=NOW + 2 * HOUR))
        bench.clock.time += HOUR
        assert await runner.release_due(bench.clock.now()) == 1
        released = await runner.outcome(RequestKey("a"), 5)
        assert released is not None
        assert released.state is WorkState.DONE, "whoever waits until all is quiet would begin it too"
        left = await runner.unsettled()
        assert [work.key for work in left] == ["b"]


async def test_work_that_has_not_begun_is_moved_cancelled_or_begun_by_hand(bench: Bench) -> None:
    async with bench.running(one_step(failing(0)), RunnerSettings(poll=60)) as runner:
        for key in ("moved", "cancelled", "now"):
            await runner.start(job(key, due_at=NOW + HOUR))
        moved = await runner.redate(RequestKey("moved"), NOW + 2 * HOUR)
        assert moved is not None
        assert moved.due_at == NOW + 2 * HOUR
        cancelled = await runner.cancel(RequestKey("cancelled"))
        assert cancelled is not None
        assert cancelled.state is WorkState.CANCELLED
        assert [work.key for work in bench.ended] == ["cancelled"]
        await runner.run_now(RequestKey("now"))
        now = await runner.outcome(RequestKey("now"), 5)
        assert now is not None
        assert now.state is WorkState.DONE
        bench.clock.time += HOUR
        assert await runner.release_due(bench.clock.now()) == 0
        early = await runner.redate(RequestKey("moved"), NOW)
        assert early is not None
        assert await runner.quiet(5)
        assert await runner.unsettled() == ()
        assert await runner.redate(RequestKey("none"), NOW) is None
        assert await runner.cancel(RequestKey("none")) is None
        done = await runner.cancel(RequestKey("now"))
        assert done == now


async def test_the_end_is_told_before_whoever_waits_hears_of_it(bench: Bench) -> None:
    told: list[WorkState] = []

    async def on_end(work: Work) -> None:
        await asyncio.sleep(0.01)
        told.append(work.state)

    async with bench.running(one_step(failing(0)), on_end=on_end) as runner:
        await runner.start(job(request=RequestId("r1")))
        await runner.outcome(KEY, 5)
        assert told == [WorkState.DONE]


async def test_an_end_that_could_not_be_told_is_told_after_a_restart(bench: Bench) -> None:
    async def deaf(work: Work) -> None:
        raise OSError

    async with bench.running(one_step(failing(0)), on_end=deaf) as runner:
        await runner.start(job(request=RequestId("r1")))
        work = await runner.outcome(KEY, 5)
        assert work is not None
        assert work.state is WorkState.DONE
    assert len(bench.heard("work.untold")) == 1
    async with bench.running(one_step(failing(0))) as runner:
        assert await runner.quiet(5)
    assert bench.ended == [work]


async def test_a_stop_does_not_wait_for_work_that_fails_again_and_again(bench: Bench) -> None:
    asked = asyncio.Event()

    async def work(steps: Steps, data: dict[str, Any]) -> None:
        async def ask() -> None:
            asked.set()
            await asyncio.sleep(0.05)
            raise Unavailable("whmcs")

        await steps.do("ask", None, ask)

    began = asyncio.get_running_loop().time()
    async with bench.running(work, drain=10) as runner:
        await runner.start(job())
        await asked.wait()
    assert asyncio.get_running_loop().time() - began < 2
    [left] = await bench.journal.unfinished()
    assert left.state is WorkState.IN_PROGRESS


async def test_a_stop_lets_steps_end_and_the_rest_is_done_after_a_restart(bench: Bench) -> None:
    begun, done = asyncio.Event(), list[str]()

    async def handler(steps: Steps, data: str) -> None:
        await steps.do("slow", None, slow)
        done.append(data)

    async def slow() -> None:
        begun.set()
        await asyncio.sleep(0.03)

    async with bench.running(handler, drain=1) as runner:
        await runner.start(job("a", data="a", lane="x"))
        await begun.wait()
        await runner.start(job("b", data="b", lane="x"))
    assert done == ["a"]
    async with bench.running(handler) as runner:
        assert await runner.quiet(5)
    assert done == ["a", "b"]


async def test_a_step_name_stands_once(bench: Bench) -> None:
    async def handler(steps: Steps, data: None) -> None:
        await steps.do("same", int, failing(0))
        await steps.do("same", int, failing(0))

    async with bench.running(handler, msgspec.structs.replace(QUICK, attempts=1)) as runner:
        await runner.start(job())
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert work.state is WorkState.WITH_STAFF
    assert bench.heard("work.broke")[0]["error"] == "ValueError"


async def test_work_that_nobody_does_is_not_accepted(bench: Bench) -> None:
    async with bench.running(one_step(failing(0))) as runner:
        with pytest.raises(LookupError):
            await runner.start(job(kind=WorkKind.SIGN_UP))
        assert await runner.outcome(KEY, 0) is None


class LostJournal(MemoryJournal):
    """A journal whose next look-up fails, as one of a file does that somebody else holds."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = False

    async def find(self, key: RequestKey) -> Entry | None:
        if self.fails:
            self.fails = False
            raise OSError("disk")
        return await super().find(key)


async def test_work_goes_on_after_the_journal_failed_between_two_pieces(bench: Bench) -> None:
    """A look at work that changed while it was done may fail; everything else must go on (T-8)."""
    bench.journal = journal = LostJournal()
    going, done = asyncio.Event(), []

    async def handler(steps: Steps, data: str) -> None:
        await going.wait()
        done.append(data)

    async with bench.running(handler) as runner:
        await runner.start(job(data="first"))
        await asyncio.sleep(0)
        await runner.run_now(KEY)  # it is looked at again when it is over
        journal.fails = True
        going.set()
        assert await runner.quiet(5)
        assert bench.heard("work.left")
        await runner.start(job("daily:2", data="second"))
        assert await runner.quiet(5)
        assert runner.is_going
        assert done == ["first", "second"]
    assert not runner.is_going


class AwayJournal(MemoryJournal):
    """A journal whose database is away just when a failure is to be written down, or what came of a step looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.away: set[str] = set()

    async def failed(self, key: RequestKey, failing: Failing | None, attempts: int, at: datetime) -> bool:
        self._answer("failed")
        return await super().failed(key, failing, attempts, at)

    async def find(self, key: RequestKey) -> Entry | None:
        self._answer("find")
        return await super().find(key)

    async def remember(self, key: RequestKey, step: str, answer: Any, at: datetime) -> bool:
        self._answer("find")
        return await super().remember(key, step, answer, at)

    def _answer(self, call: str) -> None:
        if call in self.away:
            self.away.remove(call)
            raise Unavailable("the database did not answer")


@pytest.mark.parametrize("call", ["failed", "find"])
async def test_a_journal_that_is_away_is_no_system_that_does_not_answer(bench: Bench, call: str) -> None:
    """What a use case would do about a system that gave up must not follow a step that was done."""
    bench.journal = journal = AwayJournal()
    gave_up, to_be_away = list[str](), [call]
    ask = failing(1 if call == "failed" else 0)

    async def handler(steps: Steps, data: None) -> int:
        async def asked() -> int:
            journal.away |= {to_be_away.pop()} if to_be_away else set()
            return await ask()

        try:
            return int(await steps.do("only", int, asked, give_up_after=HOUR))
        except Unavailable:
            gave_up.append("only")
            raise

    async with bench.running(handler) as runner:
        await runner.start(job())
        await until(lambda: bool(bench.heard("work.left")))
        journal.away.clear()
        assert await runner.quiet(10)
        work = await runner.outcome(KEY, 5)
    assert work is not None
    assert (work.state, gave_up) == (WorkState.DONE, [])


async def test_nobody_waits_long_for_what_asks_in_vain(bench: Bench) -> None:
    """It never ends, so the patience of whoever waits for quiet is what ends; the work goes on asking."""
    async with bench.running(one_step(failing(10_000))) as runner:
        await runner.start(job())
        async with asyncio.timeout(5):
            assert not await runner.quiet(60)
        asked = len(bench.heard("work.unanswered"))
        await runner.release_due(bench.clock.now())
        async with asyncio.timeout(5):
            assert not await runner.quiet(60)
        assert len(bench.heard("work.unanswered")) > asked


async def test_its_outcome_is_not_waited_for_long_either(bench: Bench) -> None:
    growing = RunnerSettings(first_wait=timedelta(milliseconds=1), longest_wait=HOUR)
    async with bench.running(one_step(failing(10_000)), growing) as runner:
        await runner.start(job())
        async with asyncio.timeout(10):
            await runner.outcome(KEY, wait=60)
        async with asyncio.timeout(0.4):  # and who comes while it rests; longer than this
            work = await runner.outcome(KEY, wait=60)
        assert work is not None
        assert (work.state, work.failing and work.failing.times >= IN_VAIN) == (WorkState.IN_PROGRESS, True)


async def test_who_was_asking_when_it_was_waited_for_is_asked_once_more(bench: Bench) -> None:
    asking, answered, calls = asyncio.Event(), asyncio.Event(), 0

    async def call() -> int:
        nonlocal calls
        calls += 1
        if calls <= IN_VAIN:
            raise Unavailable("desk")
        if calls == IN_VAIN + 1:
            asking.set()
            await answered.wait()
            raise Unavailable("desk")
        return calls

    growing = RunnerSettings(first_wait=timedelta(microseconds=100), longest_wait=HOUR)
    async with bench.running(one_step(call), growing) as runner:
        await runner.start(job())
        await asking.wait()
        asyncio.get_running_loop().call_later(0.02, answered.set)
        assert await runner.quiet(5)
