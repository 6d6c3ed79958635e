"""A customer's request is kept, begun, answered and found again (T-1, T-2, T-3, T-7)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.db.database import Database
from adapters.db.journal import SqlJournal
from adapters.db.unit_of_work import SqlStore
from adapters.durable.doing import Handler
from adapters.durable.runner import Runner
from adapters.system.clock import RealClock
from adapters.system.ids import RandomIds
from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.refusals import LinkImpossible, NotFound
from core.domain.work import Job, WorkKind, WorkState
from core.usecases.work.accept_request import AcceptRequest
from core.usecases.work.close_intents import CloseIntents
from core.usecases.work.read_request import ReadRequest
from core.usecases.work.restart_requests import RestartRequests
from ports.durable import DurableWork, Steps
from ports.errors import Rejected
from ports.store import Intent, Request, Shelves, Store
from tests.databases import copied, opened
from tests.usecases.killing import SETTINGS, kill_at_every_point

MINA, KEN = UserId("user-mina"), UserId("user-ken")
WANTED = ("profile", "a1")


@dataclass
class Desk:
    """The portal's reception over a real store, and work that ends as its data says."""

    store: Store
    runner: Runner
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    done: list[str] = field(default_factory=list)

    @property
    def accept(self) -> AcceptRequest:
        return AcceptRequest(self.store, self.runner, RealClock(), RandomIds(), wait=1)

    @property
    def read(self) -> ReadRequest:
        return ReadRequest(self.store, self.runner)

    async def work(self, steps: Steps, data: dict[str, Any]) -> str:
        await steps.do("gate", None, self._pass)
        if data["ends"] == "refused":
            raise LinkImpossible(reason="taken")
        if data["ends"] == "parked":
            raise Rejected("odd")
        return await steps.do("done", str, lambda: self._do(data["name"]))

    async def _pass(self) -> None:
        await self.gate.wait()

    async def _do(self, name: str) -> str:
        self.done.append(name)
        return name

    def open(self) -> None:
        self.gate.set()

    async def holder(self, kind: str = WANTED[0], subject: str = WANTED[1]) -> RequestId | None:
        async with self.store.reading() as shelves:
            return await shelves.intents.holder(kind, subject)

    async def unstarted(self) -> tuple[Request, ...]:
        async with self.store.reading() as shelves:
            return await shelves.requests.unstarted(datetime.max.replace(tzinfo=UTC))


@pytest.fixture
async def desk(database: Database, store: SqlStore) -> AsyncIterator[Desk]:
    clock = RealClock()
    runner = Runner(SqlJournal(database), clock, settings=SETTINGS, on_end=CloseIntents(store, clock))
    desk = Desk(store, runner)
    runner.bind({WorkKind.SAVE_PROFILE: desk.work})
    await runner.open()
    yield desk
    await runner.stop(0)


def job(key: str = "k1", ends: str = "done") -> Job:
    return Job(key=RequestKey(key), kind=WorkKind.SAVE_PROFILE, data={"name": key, "ends": ends})


async def test_a_request_is_answered_with_the_end_of_its_work(desk: Desk) -> None:
    desk.open()
    reply = await desk.accept(MINA, "profile", job(), WANTED)
    assert (reply.about, reply.work.state, reply.work.result) == ("profile", WorkState.DONE, "k1")
    assert (reply.work.request, reply.work.owner) == (reply.request, MINA)
    assert await desk.holder() is None
    assert await desk.read(MINA, reply.request) == reply


@pytest.mark.parametrize("ends", ["done", "refused"])
async def test_what_is_over_is_not_to_be_begun_again(desk: Desk, ends: str) -> None:
    desk.open()
    await desk.accept(MINA, "profile", job(ends=ends), WANTED)
    assert await desk.unstarted() == ()


@pytest.mark.parametrize("ends", ["done", "parked"])
async def test_what_is_not_over_is_not_to_be_begun_again_either(desk: Desk, ends: str) -> None:
    if ends == "parked":
        desk.open()
    await AcceptRequest(desk.store, desk.runner, RealClock(), RandomIds(), wait=0.3)(MINA, "profile", job(ends=ends))
    assert await desk.unstarted() == ()
    desk.open()


async def test_a_key_that_is_being_accepted_is_waited_for(desk: Desk) -> None:
    async def slowly(_shelves: Shelves, _request: RequestId) -> None:
        await asyncio.sleep(0.1)

    desk.open()
    both = await asyncio.gather(*(desk.accept(MINA, "profile", job(), also=slowly) for _ in range(2)))
    assert both[0].request == both[1].request
    assert desk.done == ["k1"]


async def test_work_that_takes_longer_is_told_as_it_stands(desk: Desk) -> None:
    accept = AcceptRequest(desk.store, desk.runner, RealClock(), RandomIds(), wait=0.05)
    reply = await accept(MINA, "profile", job(), WANTED)
    assert reply.work.state in {WorkState.RECEIVED, WorkState.IN_PROGRESS}
    assert await desk.holder() == reply.request
    desk.open()
    later = await desk.read(MINA, reply.request, wait=1)
    assert (later.request, later.work.state) == (reply.request, WorkState.DONE)


async def test_two_tabs_that_want_the_same_get_one_answer(desk: Desk) -> None:
    accept = AcceptRequest(desk.store, desk.runner, RealClock(), RandomIds(), wait=0)
    tabs = (accept(MINA, "profile", job(f"k{number}"), WANTED) for number in range(20))
    requests = {reply.request for reply in await asyncio.gather(*tabs)}
    desk.open()
    assert len(requests) == 1
    assert (await desk.read(MINA, requests.pop(), wait=1)).work.state is WorkState.DONE
    assert len(desk.done) == 1


async def test_a_key_that_anothers_request_answered_stays_with_it(desk: Desk) -> None:
    accept = AcceptRequest(desk.store, desk.runner, RealClock(), RandomIds(), wait=0.05)
    first = await accept(MINA, "profile", job("k1"), WANTED, asked_under=RequestKey("k1"))
    second = await accept(MINA, "profile", job("k2"), WANTED, asked_under=RequestKey("k2"))
    assert (first.work.state.is_over, second.request) == (False, first.request)
    desk.open()
    assert (await desk.read(MINA, first.request, wait=1)).work.state is WorkState.DONE
    again = await desk.accept(MINA, "profile", job("k2"), WANTED, asked_under=RequestKey("k2"))
    assert (again.request, again.work.result, desk.done) == (first.request, "k1", ["k1"])
    # what is asked under a key of its own, when all that is over, is something new
    other = await desk.accept(MINA, "profile", job("k3"), WANTED, asked_under=RequestKey("k3"))
    assert (other.request == first.request, desk.done) == (False, ["k1", "k3"])


async def test_a_key_is_free_again_when_the_request_that_answered_it_came_to_nothing(desk: Desk) -> None:
    accept = AcceptRequest(desk.store, desk.runner, RealClock(), RandomIds(), wait=0.05)
    first = await accept(MINA, "profile", job("k1", ends="refused"), WANTED, asked_under=RequestKey("k1"))
    await accept(MINA, "profile", job("k2"), WANTED, asked_under=RequestKey("k2"))
    desk.open()
    assert (await desk.read(MINA, first.request, wait=1)).work.state is WorkState.REFUSED
    again = await desk.accept(MINA, "profile", job("k2"), WANTED, asked_under=RequestKey("k2"))
    assert (again.request == first.request, desk.done) == (False, ["k2"])


async def test_the_same_key_is_the_same_request(desk: Desk) -> None:
    desk.open()
    first = await desk.accept(MINA, "profile", job(), WANTED)
    again = await desk.accept(MINA, "profile", job(), ("other", "intent"))
    assert again == first
    assert await desk.holder("other", "intent") is None
    with pytest.raises(NotFound):
        await desk.accept(KEN, "profile", job())


async def test_what_somebody_else_holds_is_not_shown(desk: Desk) -> None:
    desk.gate.clear()
    async with desk.store.begin() as shelves:
        await shelves.intents.take(
            Intent(kind=WANTED[0], subject=WANTED[1], request=RequestId("r0")), RealClock().now()
        )
    with pytest.raises(NotFound):
        await desk.accept(MINA, "profile", job(), WANTED)
    async with desk.store.reading() as shelves:
        assert await shelves.requests.by_job(job().key) is None


@pytest.mark.parametrize(
    ("ends", "state", "held"),
    [
        ("done", WorkState.DONE, ["order"]),
        ("refused", WorkState.REFUSED, []),
        ("parked", WorkState.WITH_STAFF, ["profile", "order"]),
    ],
)
async def test_intents_are_given_back_as_the_work_ended(
    desk: Desk, ends: str, state: WorkState, held: list[str]
) -> None:
    async def also(shelves: Shelves, request: RequestId) -> RequestId | None:
        wanted = Intent(kind="order", subject="a1", request=request)
        return await shelves.intents.take(wanted, RealClock().now())

    desk.open()
    reply = await desk.accept(MINA, "profile", job(ends=ends), WANTED, also=also)
    assert reply.work.state is state
    assert [kind for kind in ("profile", "order") if await desk.holder(kind)] == held


async def test_what_else_is_kept_decides_and_nothing_is_left_behind(desk: Desk) -> None:
    desk.open()
    first = await desk.accept(MINA, "profile", job())

    async def earlier(shelves: Shelves, request: RequestId) -> RequestId | None:
        return first.request

    async def refuse(shelves: Shelves, request: RequestId) -> RequestId | None:
        raise LinkImpossible(reason="taken")

    assert await desk.accept(MINA, "profile", job("k2"), WANTED, also=earlier) == first
    with pytest.raises(LinkImpossible):
        await desk.accept(MINA, "profile", job("k2"), WANTED, also=refuse)
    assert await desk.holder() is None
    async with desk.store.reading() as shelves:
        assert await shelves.requests.by_job(RequestKey("k2")) is None
    assert desk.done == ["k1"]


async def test_a_request_is_its_owners_alone(desk: Desk) -> None:
    desk.open()
    hers = await desk.accept(MINA, "profile", job())
    nobodys = await desk.accept(None, "sign-up", job("k2"))
    for owner in (KEN, None):
        with pytest.raises(NotFound):
            await desk.read(owner, hers.request)
    assert await desk.read(None, nobodys.request) == nobodys
    assert await desk.read(KEN, nobodys.request) == nobodys
    with pytest.raises(NotFound):
        await desk.read(MINA, RequestId("none"))


class Gone(Exception):
    pass


class Deaf:
    """Durable work that can't be reached: the process died just before it began."""

    async def start(self, job: Job) -> Any:
        raise Gone


async def test_what_never_began_is_received_and_begun_later(desk: Desk) -> None:
    accept = AcceptRequest(desk.store, Deaf(), RealClock(), RandomIds())  # type: ignore[arg-type]
    with pytest.raises(Gone):
        await accept(MINA, "profile", job(), WANTED)
    request = await desk.holder()
    assert request is not None
    reply = await desk.read(MINA, request)
    assert (reply.work.state, reply.work.key) == (WorkState.RECEIVED, job().key)
    desk.open()
    restart = RestartRequests(desk.store, desk.runner, RealClock())
    assert await restart(older_than=timedelta(hours=1)) == 0
    assert await restart() == 1
    assert (await desk.read(MINA, request, wait=1)).work.state is WorkState.DONE
    assert await restart() == 0
    assert desk.done == ["k1"]


class House:
    """A store in a file, and what the work did."""

    def __init__(self, file: Path, master: Path) -> None:
        self.database = opened(copied(master, file))
        self.store = SqlStore(self.database)
        self.done: list[str] = []

    async def __aenter__(self) -> "House":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()


async def test_a_request_is_done_once_wherever_the_portal_dies(tmp_path: Path, migrated_file: Path) -> None:
    clock = RealClock()

    def handlers(house: House, durable: DurableWork) -> Mapping[WorkKind, Handler]:
        async def work(steps: Steps, data: dict[str, str]) -> None:
            await steps.do("done", None, done)

        async def done() -> None:
            if "k1" not in house.done:
                house.done.append("k1")

        return {WorkKind.SAVE_PROFILE: work}

    async def act(house: House, durable: DurableWork) -> None:
        await RestartRequests(house.store, durable, clock)()
        await AcceptRequest(house.store, durable, clock, RandomIds())(MINA, "profile", job(), WANTED)

    async def check(house: House) -> None:
        assert house.done == ["k1"]
        async with house.store.reading() as shelves:
            assert await shelves.intents.holder(*WANTED) is None
            assert await shelves.requests.unstarted(datetime.max.replace(tzinfo=UTC)) == ()

    points = await kill_at_every_point(
        lambda: House(tmp_path / "portal.db", migrated_file),
        handlers,
        act,
        check,
        on_end=lambda house: CloseIntents(house.store, clock),
    )
    assert points == 12
