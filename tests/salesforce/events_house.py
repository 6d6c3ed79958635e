"""The portal's ear and the sandbox's mouth, over the loopback address and with no time to lose."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.replay import replay_id
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace as ServerPace
from adapters.fakes.world import World
from adapters.salesforce.events.settings import Credentials, EventSettings, Pace
from adapters.salesforce.events.stream import SalesforceFactStream
from adapters.salesforce.field_map import DEFAULT, FieldMap
from core.domain.facts import AnyFact, FactBatch
from core.domain.ids import AccountId
from ports.errors import Unavailable
from tests.wire.salesforce.pubsub_house import ACCOUNTS, ORDERS, PubSubHouse, pubsub_house

ORG = "00DQ8K0000000011AA"
QUICK = Pace(
    watchdog=5,
    first_wait=0.005,
    longest_wait=0.02,
    long_wait=0.05,
    grace=3,
)


async def until_well(stream: SalesforceFactStream, position: str | None) -> None:
    """Wait until the stream is no longer down, as who reads it does."""
    async with asyncio.timeout(10):
        while True:
            try:
                await stream.after(position, 0)
            except Unavailable:
                await asyncio.sleep(0.01)
            else:
                return


@dataclass
class Ear:
    """One process of the portal that listens; `last` is the position that it stored."""

    stream: SalesforceFactStream
    bus: EventBus
    last: str | None = None
    log_ins: list[str] = field(default_factory=list)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    shut: bool = False
    """Whether nobody can log in."""
    renews: bool = True
    """Whether a new log-in gives a token that is good."""
    asks_in_vain: bool = False
    """Whether nobody says whose a record is."""

    async def hear(self, wait: float = 0) -> list[AnyFact]:
        """The next batch, taken and stored."""
        batch = await self.peek(wait)
        self.last = batch.position
        return list(batch.facts)

    async def peek(self, wait: float = 0) -> FactBatch:
        """The next batch; nothing is nothing only once all that was told has come, however busy the machine is."""
        await self._all_that_was_told()
        batch = await self.stream.after(self.last, wait)
        if batch.facts:
            return batch
        await self._all_that_was_told()
        return await self.stream.after(self.last, 0)

    async def _all_that_was_told(self) -> None:
        for _ in range(500):
            if self._has_come():
                return
            await asyncio.sleep(0.002)

    def _has_come(self) -> bool:
        listening = self.stream._listening
        if listening is None:
            return True
        return all(
            each.topic not in self.bus.topics
            or self.bus.faults.silences(each.topic)
            or each.is_refused
            or each.is_limited
            or not listening.inbox.has_room(each.topic)
            or (each.behind or b"") >= replay_id(self.bus.topics[each.topic].last)
            for each in listening.subscriptions
        )

    async def hear_all(self, wait: float = 2, least: int = 1) -> list[AnyFact]:
        """All there is: at least so many facts, and then until nothing comes."""
        found: list[AnyFact] = []
        while len(found) < least:
            batch = await self.hear(wait)
            assert batch, f"{len(found)} of {least} facts came: {found}"
            found += batch
        while more := await self.hear():
            found += more
        return found


@dataclass
class EventsHouse:
    """A sandbox with events, and as many ears as a test needs."""

    pubsub: PubSubHouse
    settings: EventSettings
    ears: list[Ear] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.pubsub.world

    def settings_with(self, **pace: float) -> EventSettings:
        return msgspec.structs.replace(self.settings, pace=msgspec.structs.replace(self.settings.pace, **pace))

    def an_order(self, account: str, by: str = "staff") -> str:
        values = {"account": account, "effective_date": date(2026, 2, 1), "status": "Pending Review"}
        return self.world.records.create("order", values, by)

    def ear(self, last: str | None = None, names: FieldMap = DEFAULT, **settings: Any) -> Ear:
        """A process that begins to listen, from the position that it finds stored."""
        ear: Ear

        async def login() -> Credentials:
            if ear.shut:
                raise Unavailable("salesforce.login", outcome_unknown=False)
            return Credentials(ear.log_ins[-1] if ear.log_ins else "good", "https://org.example", ORG)

        async def expired(used: Credentials) -> None:
            # whoever is told first renews it, as the one log-in that all share does
            if used.token == (ear.log_ins[-1] if ear.log_ins else "good"):
                ear.log_ins.append(f"{used.token}+")
                if ear.renews:
                    self.pubsub.good.add(ear.log_ins[-1])

        async def find_owners(object: str, ids: Collection[str]) -> Mapping[str, AccountId]:
            if ear.asks_in_vain:
                raise Unavailable("salesforce.query")
            ear.asked.append((object, tuple(ids)))
            rows = [self.world.records.get(object, id) for id in ids]
            return {row["id"]: AccountId(row["account"]) for row in rows if row is not None and row["account"]}

        stream = SalesforceFactStream(
            msgspec.structs.replace(self.settings, **settings),
            login=login,
            expired=expired,
            find_owners=find_owners,
            spread=lambda most: most,
            client_name="genkan",
            names=names,
        )
        ear = Ear(stream, self.pubsub.bus, last)
        self.ears.append(ear)
        return ear


@asynccontextmanager
async def events_house(
    topics: tuple[str, ...] = (ACCOUNTS, ORDERS), pace: ServerPace | None = None, pause: Pace = QUICK, **bus: Any
) -> AsyncIterator[EventsHouse]:
    async with pubsub_house(pace or ServerPace(keepalive=0.01), **bus) as pubsub:
        settings = EventSettings(address=pubsub.address, is_plain=True, topics=topics, pace=pause)
        house = EventsHouse(pubsub, settings)
        try:
            yield house
        finally:
            for ear in house.ears:
                await ear.stream.close()
