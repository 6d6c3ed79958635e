"""Events and REST calls over one org: one log-in for both, and one question for whose an order is (P-1, T-5)."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.org import read_org
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.server import PubSubServer, admitted_by, serving
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace as ServerPace
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.world import World
from adapters.salesforce.client import Client
from adapters.salesforce.events.binding import fact_stream, log_in_of, owners_of
from adapters.salesforce.events.settings import Credentials, EventSettings
from adapters.salesforce.events.stream import SalesforceFactStream
from adapters.salesforce.events.topics import topics_of
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.settings import Flow, SalesforceSettings
from core.domain.facts import AccountChanged, OrderChanged
from ports.errors import Unavailable
from tests.salesforce.events_house import QUICK
from tests.salesforce.org import HASTE
from tests.wire.salesforce.conftest import events
from tests.wire.salesforce.pubsub_house import one_loop  # noqa: F401 - fixture
from tests.worlds import a_world


@cache
def schema() -> Schema:
    return read_org(Path(__file__).parents[2] / "deploy" / "salesforce")


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def salesforce(world: World) -> AsyncIterator[SalesforceServer]:
    async with served(world, schema()) as salesforce:
        yield salesforce


@pytest.fixture
def settings(salesforce: SalesforceServer, request: pytest.FixtureRequest) -> SalesforceSettings:
    """How the portal asks that org, under another name where a test says so."""
    return SalesforceSettings(
        login_url=salesforce.base,
        flow=Flow.CLIENT_CREDENTIALS,
        client_id=PORTAL_APP.key,
        client_secret=PORTAL_APP.secret or "",
        client_name=getattr(request, "param", "genkan"),
        patience=HASTE,
    )


@pytest.fixture
async def client(world: World, settings: SalesforceSettings) -> AsyncIterator[Client]:
    async with Client(settings, world.clock) as client:
        yield client


@pytest.fixture
async def server(world: World, salesforce: SalesforceServer) -> AsyncIterator[PubSubServer]:
    yield PubSubServer(EventBus(world, events()), admitted_by(salesforce.sessions), ServerPace(keepalive=0.02))


@pytest.fixture
async def stream(
    client: Client, settings: SalesforceSettings, server: PubSubServer
) -> AsyncIterator[SalesforceFactStream]:
    async with serving(server) as listening:
        events = EventSettings(address=listening.address, is_plain=True, pace=QUICK)
        stream = fact_stream(
            client, replace(settings, events=events), DEFAULT, lambda most: most, owners_of(client, DEFAULT)
        )
        yield stream
        await stream.close()


def an_account(world: World) -> str:
    return world.records.create("account", {"name": "Mori Mina"}, "staff")


async def test_whose_an_order_is_is_one_query_and_none_the_next_time(
    world: World, salesforce: SalesforceServer, stream: SalesforceFactStream, server: PubSubServer
) -> None:
    account = an_account(world)
    values = {"account": account, "effective_date": date(2026, 2, 1), "status": "Pending Review"}
    orders = [world.records.create("order", values, "staff") for _ in range(3)]
    server.bus.topics["/data/OrderChangeEvent"].events.clear()  # nobody heard of their beginning
    batch = await stream.after(None, 0)
    before = salesforce.usage.calls.total()
    for status in ("Approved", "Cancelled"):
        for order in orders:
            world.records.update("order", order, {"status": status}, "staff")
        batch = await stream.after(batch.position, 0)
        assert [(type(fact), fact.order, fact.account) for fact in batch.facts if isinstance(fact, OrderChanged)] == [
            (OrderChanged, order, account) for order in orders
        ]
    assert salesforce.usage.calls.total() == before + 1


@pytest.mark.parametrize("settings", ["genkan", "portal-2"], indirect=True)
async def test_an_echo_is_what_the_client_wrote(world: World, client: Client, stream: SalesforceFactStream) -> None:
    account = an_account(world)
    batch = await stream.after(None, 0)
    await client.update("Account", account, {"Phone": "+81 3 0000 0000"})
    batch = await stream.after(batch.position, 0)
    assert [(type(fact), fact.own) for fact in batch.facts] == [(AccountChanged, True)]


async def test_all_topics_and_calls_log_in_anew_once(
    world: World,
    client: Client,
    salesforce: SalesforceServer,
    server: PubSubServer,
    stream: SalesforceFactStream,
) -> None:
    batch = await stream.after(None, 0)
    assert len(server.open) == len(topics_of(DEFAULT))
    assert (await client.sign_in.token()).generation == 1
    salesforce.sessions.expire()
    server.look()
    account = an_account(world)
    batch = await stream.after(batch.position, 5)
    assert [fact.account for fact in batch.facts if isinstance(fact, AccountChanged)] == [account]
    await client.update("Account", account, {"Phone": "1"})
    assert (await client.sign_in.token()).generation == 2


async def test_who_is_late_to_find_the_token_dead_does_not_log_in(client: Client) -> None:
    login, expired = log_in_of(client)
    used = await login()
    for _ in range(3):
        await expired(used)
    assert (await login()).generation == used.generation + 1


async def test_a_refused_question_does_not_lose_the_position(
    world: World, client: Client, settings: SalesforceSettings, server: PubSubServer, stream: SalesforceFactStream
) -> None:
    await stream.close()
    account = an_account(world)
    values = {"account": account, "effective_date": date(2026, 2, 1), "status": "Pending Review"}
    order = world.records.create("order", values, "staff")
    server.bus.topics["/data/OrderChangeEvent"].events.clear()
    world.records.update("order", order, {"status": "Approved"}, "staff")
    async with serving(server) as listening:
        events = EventSettings(address=listening.address, is_plain=True, pace=QUICK, topics=("/data/OrderChangeEvent",))
        names = DEFAULT.renamed({"order.id": "None__c"})
        stream = fact_stream(
            client, replace(settings, events=events), names, lambda most: most, owners_of(client, names)
        )
        with pytest.raises(Unavailable):
            await stream.after(None, 0)
        await stream.close()


def test_credentials_do_not_show_their_token() -> None:
    assert "canary" not in f"{Credentials('canary', 'https://org.example', '00D', 3)!r}"
