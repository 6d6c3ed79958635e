"""What DBOS asks of those that use it, one test for each condition; the contract is in test_durable_runner.py."""

import ast
import asyncio
import json
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.db.database import Database
from adapters.db.executors import SqlExecutors
from adapters.db.leadership import leadership_of
from adapters.durable.dbos_engine import DbosEngine, DbosSettings
from adapters.durable.leases import Leases, Pace
from adapters.durable.runner import Runner
from adapters.fakes.journal import MemoryJournal
from core.domain.attention import attention
from core.domain.ids import RequestKey
from core.domain.policy import Policy
from core.domain.work import WorkKind, WorkState
from genkan import duties
from genkan.duties import claimed
from genkan.settings import Durable, Settings, Wrong
from ports.durable import Steps
from tests.adapters.test_durable_runner import HOUR, KEY, NOW, QUICK, HandClock, job, until
from tests.architecture.source import ROOT, modules
from tests.databases import opened


def nothing() -> None:
    """Nobody minds."""


Handler = Callable[[Steps, Any], Awaitable[Any]]


class Place:
    """A journal and a file of DBOS that outlive the processes over them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "work.db"
        self.journal = MemoryJournal()
        self.clock = HandClock()
        self.events: list[str] = []

    @asynccontextmanager
    async def lived_in(self, handler: Handler, drain: float = 0, **settings: Any) -> Any:
        engine = DbosEngine(DbosSettings.in_file(self.file, poll=0.05, **settings), self.journal, self.clock)
        events = lambda event, **_: self.events.append(event)  # noqa: E731
        runner = Runner(self.journal, self.clock, {WorkKind.DAILY: handler}, QUICK, engine=engine, events=events)
        await runner.open()
        try:
            yield runner, engine
        finally:
            await runner.stop(drain)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


class Halting:
    """Steps of which the last never ends in the first life."""

    def __init__(self, *steps: str) -> None:
        self.steps = steps or ("first", "second")
        self.done: list[str] = []
        self.halted = asyncio.Event()
        self.gate = asyncio.Event()

    async def __call__(self, steps: Steps, data: Any) -> list[str]:
        return [await steps.do(name, str, lambda name=name: self.do(name)) for name in self.steps]

    async def do(self, name: str) -> str:
        if name == self.steps[-1]:
            self.halted.set()
            await self.gate.wait()
        self.done.append(name)
        return name


async def test_a_newer_version_takes_along_what_an_older_one_left(place: Place) -> None:
    """Condition 1: without it, what was under way would wait for the old version for good."""
    work = Halting()
    async with place.lived_in(work) as (runner, _):
        await runner.start(job())
        await runner.start(job("dated", due_at=NOW + HOUR))
        await work.halted.wait()
    work.gate.set()
    async with place.lived_in(work, version=2, executor="new") as (runner, engine):
        assert not await runner.quiet(0.5)
        assert await engine.take_over("embedded") == 1
        assert await engine.take_along() == 1
        assert await runner.quiet(10)
        assert work.done == ["first", "second"]
        place.clock.time += HOUR
        assert await runner.quiet(10)
        assert await runner.unsettled() == ()


async def test_work_that_meets_another_step_than_it_remembers_goes_to_staff(place: Place) -> None:
    """Condition 10: the order of steps is their identity."""
    before, after = Halting("first", "second", "third"), Halting("first", "another", "third")
    async with place.lived_in(before) as (runner, _):
        await runner.start(job())
        await before.halted.wait()
    assert before.done == ["first", "second"]
    after.gate.set()
    async with place.lived_in(after) as (runner, _):
        assert await runner.quiet(10)
        work = await runner.outcome(KEY, 0)
    assert work is not None
    assert (work.state, work.code, after.done) == (WorkState.WITH_STAFF, "out_of_order", [])
    need = attention(work, NOW, Policy())
    assert need is not None
    assert "--begun" in need.advice, "retried, it would meet the same step again"


async def test_no_two_that_live_have_one_name(
    database: Database, database_file: Path, engine: str, tmp_path: Path
) -> None:
    """Condition 2: two of one name would do a step twice."""
    again = opened(database_file, engine)
    settings = Settings(data=tmp_path, executor="one")
    async with claimed(settings, database, nothing):
        with pytest.raises(Wrong, match="another process is 'one'"):
            async with claimed(settings, again, nothing, within=0.3):
                pass
        async with claimed(Settings(data=tmp_path, executor="two"), again, nothing):
            pass
    async with claimed(settings, again, nothing, within=0.3):
        pass
    await again.close()


async def test_who_lost_its_name_does_nothing_more(
    database: Database, database_file: Path, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Condition 2: the lock goes with a server that goes, and the process that had it lives."""
    monkeypatch.setattr(duties, "LOOK", 0.02)
    monkeypatch.setattr(duties, "CLAIM_WITHIN", 0.1)
    lost = asyncio.Event()
    held: list[bool] = []

    class Away:
        async def lead(self) -> bool:
            held.append(len(held) == 0)
            return held[-1]

        async def resign(self) -> None:
            held.append(False)

    monkeypatch.setattr(duties, "leadership_of", lambda *_: Away())
    async with claimed(Settings(data=tmp_path, executor="one"), database, lost.set), asyncio.timeout(5):
        await lost.wait()


async def test_two_over_one_journal_are_refused(database: Database, database_file: Path, engine: str) -> None:
    """Each would take up what the other is doing."""
    again, settings = opened(database_file, engine), Settings(durable=Durable.JOURNAL)
    async with claimed(settings, database, nothing):
        with pytest.raises(Wrong, match="another process is 'journal'"):
            async with claimed(settings, again, nothing, within=0.3):
                pass
    await again.close()


async def test_dates_far_ahead_keep_no_task(place: Place) -> None:
    """Condition 4: they are rows, not sleepers."""
    async with place.lived_in(Halting()) as (runner, _):
        for number in range(20):
            await runner.start(job(str(number), due_at=NOW + HOUR))
        assert [task for task in asyncio.all_tasks() if task.get_name().startswith("work ")] == []
        assert place.rows("SELECT DISTINCT status FROM workflow_status") == [("DELAYED",)]


async def test_what_a_silent_executor_left_is_handed_on(database: Database, place: Place) -> None:
    """Condition 5: DBOS itself does not notice who died."""
    executors, work = SqlExecutors(database), Halting()
    async with place.lived_in(work, executor="dead") as (runner, _):
        await executors.beat("dead")
        await runner.start(job())
        await work.halted.wait()
    work.gate.set()
    async with place.lived_in(work, executor="alive") as (runner, engine):
        told: list[tuple[str, Any]] = []
        leader = leadership_of(database, "work")
        leases = Leases(
            "alive",
            executors,
            leader,
            engine.take_over,
            engine.take_along,
            lambda event, **about: told.append((event, about)),
            Pace(beat=0.05, silence=0.4),
        )
        task = asyncio.create_task(leases.forever())
        await executors.beat("dead")  # once more, and then no more
        await asyncio.sleep(0.2)
        assert work.done == ["first"]
        await until(lambda: work.done == ["first", "second"])
        task.cancel()
        await leader.resign()
    assert told == [("leases.taken_over", {"executor": "dead", "pieces": 1})]
    assert set(await executors.beats()) == {"alive"}


@pytest.mark.parametrize("leads", [True, False])
async def test_every_executor_beats_and_only_a_leader_hands_on(database: Database, leads: bool) -> None:
    """Also one that only serves does what a customer waits for: what it leaves must be found."""
    executors, handed_on, looked = SqlExecutors(database), list[str](), list[str]()
    leader = leadership_of(database, "work") if leads else None

    async def take_over(executor: str) -> int:
        handed_on.append(executor)
        return 1

    async def take_along() -> int:
        looked.append("older versions")
        return 0

    await executors.beat("gone")
    leases = Leases("here", executors, leader, take_over, take_along, lambda *_, **__: None, Pace(0.01, 0.05, along=2))
    for _ in range(5):
        await leases.once()
        await asyncio.sleep(0.03)
    beats = await executors.beats()
    assert (beats["here"], handed_on) == (4, ["gone"] if leads else [])
    assert looked == ["older versions"] * (3 if leads else 0)
    if leader is not None:
        await leader.resign()


@pytest.mark.parametrize("who", ["here", "there"])
async def test_neither_the_leader_nor_who_is_quiet_for_a_while_is_taken_for_dead(database: Database, who: str) -> None:
    """A leader whose row was taken away begins it anew, and that looks like silence."""
    executors, handed_on = SqlExecutors(database), list[str]()
    silence = 0.02 if who == "here" else 60

    async def take_over(executor: str) -> int:
        handed_on.append(executor)
        return 1

    async def take_along() -> int:
        return 0

    await executors.beat("there")
    leader = leadership_of(database, "work")
    leases = Leases("here", executors, leader, take_over, take_along, lambda *_, **__: None, Pace(0.01, silence))
    for _ in range(2):
        await leases.once()
        await executors.forget(who if who == "here" else "nobody")
        await asyncio.sleep(0.03)
    assert who not in handed_on
    await leader.resign()


async def test_nobody_else_reads_what_steps_answered(place: Place) -> None:
    async with place.lived_in(Halting()) as (runner, _):
        await runner.start(job())
        kept = [*place.file.parent.glob("work.db*")]
        assert {stat.S_IMODE(each.stat().st_mode) for each in kept} == {0o600}
    assert len(kept) >= 2


async def test_only_the_key_goes_in_and_only_json_comes_out(place: Place) -> None:
    """Condition 6."""
    work = Halting()
    work.gate.set()
    async with place.lived_in(work) as (runner, _):
        await runner.start(job(data={"secret": "nobody reads this"}))
        assert await runner.quiet(10)
    [(inputs,)] = place.rows("SELECT inputs FROM workflow_input")
    assert json.loads(inputs)["positionalArgs"] == [KEY]
    outputs = [
        json.loads(output) for (output,) in place.rows("SELECT output FROM operation_outputs ORDER BY function_id")
    ]
    assert outputs == [{"said": "first"}, {"said": "second"}]
    assert b"nobody reads this" not in b"".join(each.read_bytes() for each in place.file.parent.glob("work.db*"))


def test_one_place_alone_knows_dbos() -> None:
    """Condition 7: it is one to a process."""
    knowing = set()
    for path in modules("adapters", "core", "genkan", "ports"):
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] == "dbos" for name in names):
                knowing.add(path.parent.as_posix())
    assert knowing == {"adapters/durable"}


async def test_a_second_engine_of_a_process_is_refused(place: Place) -> None:
    """Condition 7."""
    async with place.lived_in(Halting()):
        with pytest.raises(RuntimeError, match="another engine"):
            async with place.lived_in(Halting()):
                pass


async def test_the_queue_is_one_and_looked_at_seldom(place: Place) -> None:
    """Condition 8: looking costs an idle process its processor."""
    assert DbosSettings.in_file(place.file).poll == 1.0
    async with place.lived_in(Halting()):
        assert place.rows("SELECT name FROM queues") == [("work",)]


async def test_an_answer_lost_by_the_journal_is_found_again(place: Place) -> None:
    """Condition 3: what a step wrote is not written again, whatever became of the portal's own record."""
    work = Halting()
    work.gate.set()
    async with place.lived_in(work) as (runner, _):
        await runner.start(job())
        assert await runner.quiet(10)
        # as if the process had died before the end was written down
        place.journal._put(_under_way(await place.journal.find(RequestKey(KEY))))
    async with place.lived_in(work) as (runner, _):
        assert await runner.quiet(10)
        ended = await runner.outcome(KEY, 0)
    assert (ended.state, work.done) == (WorkState.DONE, ["first", "second"])


def _under_way(entry: Any) -> Any:
    from msgspec.structs import replace  # noqa: PLC0415

    return replace(entry, state=WorkState.IN_PROGRESS, result=None)
