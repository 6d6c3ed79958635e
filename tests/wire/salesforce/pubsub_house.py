"""A world, its event bus, a server on the loopback address and somebody who speaks the protocol and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import fastavro
import grpc
import grpc.aio
import pytest

from adapters.eventbus import eventbus_pb2 as wire
from adapters.eventbus.service import PubSubStub
from adapters.fakes.salesforce.setup import PERSON_RECORD_TYPE, record_type
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.deployed import Deployed
from adapters.fakes.wire.salesforce.pubsub.server import Caller, PubSubServer, serving
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from adapters.fakes.world import World
from tests.wire.salesforce.conftest import events
from tests.worlds import a_world

ACCOUNTS = "/data/AccountChangeEvent"
ORDERS = "/data/OrderChangeEvent"
LOGGED_IN = (("accesstoken", "good"), ("instanceurl", "https://org.example"), ("tenantid", "00DQ8K0000000011AA"))
SOON = 5


@pytest.fixture(scope="module", autouse=True)
async def one_loop() -> AsyncIterator[None]:
    """One loop for all tests of a module: what gRPC still has to say to a loop that is closed, it says to the next."""
    yield
    await asyncio.sleep(0.2)


def topics_of(*objects: str) -> tuple[str, ...]:
    return tuple(f"/data/{object}ChangeEvent" for object in objects)


@dataclass
class PubSubHouse:
    """Everything that a test of the protocol needs."""

    world: World
    server: PubSubServer
    address: str
    good: set[str] = field(default_factory=lambda: {"good"})

    @property
    def bus(self) -> EventBus:
        return self.server.bus

    @property
    def last_commit(self) -> datetime:
        assert self.world.ledger.last is not None
        return self.world.ledger.last.at

    def account(self, **values: Any) -> str:
        return self.world.records.create("account", {"name": "Mori Mina"} | values, "staff")

    def person(self, **values: Any) -> tuple[str, str]:
        """A person account: the ids of its account and of its contact."""
        records = self.world.records
        kind = record_type(records, "Account", PERSON_RECORD_TYPE)
        with records.all_or_none():
            account = self.account(record_type=kind)
            person = {"account": account, "first_name": "Mina", "last_name": "Mori"} | values
            return account, records.create("contact", person, "staff")

    def change(self, account: str, by: str = "staff", **values: Any) -> None:
        self.world.records.update("account", account, values, by)


@asynccontextmanager
async def pubsub_house(
    pace: Pace | None = None, world: World | None = None, org: Deployed | None = None, **bus: Any
) -> AsyncIterator[PubSubHouse]:
    world = world or a_world()
    good = {"good"}

    def admits(caller: Caller) -> bool:
        return caller.token in good

    server = PubSubServer(EventBus(world, org or events(), **bus), admits, pace)
    async with serving(server) as served:
        yield PubSubHouse(world, server, served.address, good)
    server.bus.close()


async def say(call: Any, request: Any) -> None:
    """Write on a call that the server may have ended by now: what it ended with is read from it, not from here."""
    with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
        await call.write(request)


@dataclass
class RawClient:
    """The stub and nothing more."""

    stub: PubSubStub
    metadata: tuple[tuple[str, str], ...] = LOGGED_IN

    async def schema(self, schema_id: str) -> wire.SchemaInfo:
        request = wire.SchemaRequest(schema_id=schema_id)
        answer: wire.SchemaInfo = await self.stub.get_schema(request, metadata=self.metadata)
        return answer

    async def read(self, event: wire.ConsumerEvent) -> dict[str, Any]:
        """An event, read by the schema it names."""
        schema = json.loads((await self.schema(event.event.schema_id)).schema_json)
        record = fastavro.schemaless_reader(BytesIO(event.event.payload), fastavro.parse_schema(schema), None)
        assert isinstance(record, dict)
        return record

    async def names(self, event: wire.ConsumerEvent) -> list[str]:
        """The fields of an event's schema, in their order."""
        schema = json.loads((await self.schema(event.event.schema_id)).schema_json)
        return [field["name"] for field in schema["fields"]]

    async def subscribe(self, topic: str, most: int = 100, **how: Any) -> "RawStream":
        call = self.stub.subscribe(metadata=self.metadata)
        start = {"replay_preset": wire.EARLIEST} | how
        await say(call, wire.FetchRequest(topic_name=topic, num_requested=most, **start))
        return RawStream(call)


@dataclass
class RawStream:
    """One Subscribe call."""

    call: Any

    async def next(self, wait: float = SOON) -> wire.FetchResponse:
        async with asyncio.timeout(wait):
            response = await self.call.read()
        assert response is not grpc.aio.EOF, (await self.call.code(), await self.call.details())
        return response

    async def events(self, count: int) -> list[wire.ConsumerEvent]:
        found: list[wire.ConsumerEvent] = []
        while len(found) < count:
            found += (await self.next()).events
        return found

    async def ask(self, most: int, topic: str = "") -> None:
        await say(self.call, wire.FetchRequest(topic_name=topic, num_requested=most))

    async def ending(self) -> tuple[grpc.StatusCode, str]:
        """How the call ends: its status and Salesforce's code."""
        async with asyncio.timeout(SOON):
            try:
                while await self.call.read() is not grpc.aio.EOF:
                    pass
            except grpc.aio.AioRpcError:
                pass
            trailers = dict(await self.call.trailing_metadata() or ())
            return await self.call.code(), trailers.get("error-code", "")


@asynccontextmanager
async def raw_client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with grpc.aio.insecure_channel(house.address) as channel:
        yield RawClient(PubSubStub(channel))
