"""The portal takes in Salesforce's events: what is lost has everything compared, and then it goes on (T-5)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.db.unit_of_work import SqlStore
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.journal import MemoryJournal
from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from core.domain.facts import AccountChanged
from core.domain.japan import tokyo_date
from core.domain.work import Job, WorkKind
from genkan.days import reconciling
from genkan.rounds import STREAM, TakeInFacts
from ports.durable import Steps
from tests.salesforce.events_house import EventsHouse, events_house
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    one_loop,  # noqa: F401 - fixture
)


@pytest.fixture
async def house() -> AsyncIterator[EventsHouse]:
    async with events_house((ACCOUNTS,)) as house:
        yield house


class Portal:
    """As much of a process as takes in facts, over one database."""

    def __init__(self, house: EventsHouse, store: SqlStore) -> None:
        self.house = house
        self.store = store
        self.learned: list[str] = []
        self.looks = 0
        handlers = {WorkKind.LEARN_FACT: self._learn, WorkKind.NIGHTLY: self._nothing}
        self.work = Runner(MemoryJournal(), house.world.clock, handlers, RunnerSettings(poll=0.01))
        self.begin()

    def begin(self) -> None:
        """A new process, which knows what the last one stored."""
        self.facts = TakeInFacts(self.house.ear().stream, self.work, self.store, self._look, self.house.world.clock)

    async def take_in(self) -> None:
        while await self.facts.once(0):
            pass
        await asyncio.sleep(0.1)

    async def position(self) -> str | None:
        async with self.store.reading() as shelves:
            return await shelves.facts.position(STREAM)

    async def reconciled(self, position: str | None) -> bool:
        job: Job = reconciling(str(position), tokyo_date(self.house.world.clock.now()))
        return await self.work.outcome(job.key, 1) is not None

    async def _learn(self, steps: Steps, fact: AccountChanged) -> None:
        self.learned.append(fact.account)

    async def _nothing(self, steps: Steps, data: object) -> None:
        return

    async def _look(self) -> int:
        self.looks += 1
        return 0


async def test_each_fact_is_learned_once_over_processes(house: EventsHouse, store: SqlStore) -> None:
    portal = Portal(house, store)
    first = house.pubsub.account()
    await portal.take_in()
    portal.begin()
    second = house.pubsub.account()
    await portal.take_in()
    assert portal.learned == [first, second]
    assert portal.looks == 0
    await portal.work.stop(1)


async def test_an_overflow_has_everything_compared_once(house: EventsHouse, store: SqlStore) -> None:
    portal = Portal(house, store)
    first = house.pubsub.account()
    await portal.take_in()
    before = await portal.position()
    house.pubsub.server.faults.events.append(EventFault.OVERFLOW)
    house.pubsub.account()
    last = house.pubsub.account()
    for _ in range(3):
        await portal.take_in()
    assert portal.looks == 1
    assert await portal.reconciled(before)
    assert portal.learned == [first, last]
    await portal.work.stop(1)


async def test_a_refused_position_has_everything_compared(house: EventsHouse, store: SqlStore) -> None:
    portal = Portal(house, store)
    async with store.begin() as shelves:
        await shelves.facts.set_position(STREAM, "another world.1")
    account = house.pubsub.account()
    await portal.take_in()
    await portal.take_in()
    assert (portal.looks, portal.learned) == (1, [account])
    assert await portal.reconciled("another world.1")
    await portal.work.stop(1)
