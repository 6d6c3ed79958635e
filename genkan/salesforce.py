"""Salesforce behind its ports: the operator's own org, or the made-up one over its protocols (OPS-1)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import stamina

from adapters.calling.lacking import Finding
from adapters.fakes.addresses import free_port
from adapters.fakes.whmcs.fact_stream import FakeBillingFacts
from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.org import CUSTOMERS, PACKAGES, PERSONS, PORTAL, read_org
from adapters.fakes.wire.salesforce.people import PORTAL_APP, STAFF_APP, App
from adapters.fakes.wire.salesforce.persons import with_persons
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.deployed import read_events
from adapters.fakes.wire.salesforce.pubsub.server import PubSubServer, TlsFiles, admitted_by, serving
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from adapters.fakes.wire.salesforce.server import served
from adapters.fakes.wire.salesforce.sessions import Sessions
from adapters.fakes.wire.salesforce.striking import STRIKES, Interrupted
from adapters.fakes.wire.striking import Faulty, Struck
from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts, salesforce_ports
from adapters.salesforce.checking import Asked, check, objects_asked
from adapters.salesforce.client import Client
from adapters.salesforce.events.binding import fact_stream, owners_of
from adapters.salesforce.events.owners import KeptOwners
from adapters.salesforce.events.stream import SalesforceFactStream
from adapters.salesforce.events.topics import topics_of
from adapters.salesforce.field_map import DEFAULT, FieldMap
from adapters.salesforce.picklists import Picklists
from adapters.salesforce.requests import Record
from adapters.salesforce.settings import Flow, SalesforceSettings
from adapters.salesforce.soql import Select, eq, select
from adapters.system.chance import spread
from adapters.system.clock import RealClock
from adapters.system.streams import StreamsTogether
from core.domain.policy import Policy
from genkan.settings import SALESFORCE, Wrong
from ports.clock import Clock
from ports.errors import Rejected
from ports.facts import FactStream

ORG: Final = Path(__file__).parents[1] / "deploy" / "salesforce"
"""How an org is set up; the made-up one takes its fields from there."""
SETS: Final = (PORTAL, CUSTOMERS)
"""What the portal's user may do in an org: the permission sets that docs/salesforce.md has it given."""
HERE: Final = "http://127.0.0.1"
KEEPALIVE = 1.0
"""Seconds of silence after which the made-up org says that there is nothing new."""
NOT_SHOWN: Final = frozenset({"NOT_FOUND", "INVALID_TYPE", "INVALID_FIELD"})
"""How an org says that it has no such object or field, or none that this user may see."""
EVENT: Final = "/event/"


@dataclass(frozen=True, slots=True)
class Link:
    """The ports of one org, and what is held open for them."""

    client: Client
    ports: SalesforcePorts
    events: SalesforceFactStream
    owners: KeptOwners
    server: "Sandbox | None" = None
    billing: FactStream | None = None
    """What billing tells, where it is not the world's."""

    def __getattr__(self, name: str) -> Any:
        if name not in SALESFORCE:
            raise AttributeError(name)
        world = self.server.world if self.server is not None else None
        if name == "fact_stream":
            return self._facts(world)
        port = getattr(self.ports, name)
        return port if world is None else Faulty(world, port, "salesforce", STRIKES)

    def _facts(self, world: World | None) -> FactStream:
        billing = self.billing or (FakeBillingFacts(world) if world is not None else None)
        stream = self.events if billing is None else StreamsTogether({"salesforce": self.events, "billing": billing})
        return stream if world is None else Interrupted(world, stream)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Serve the made-up org, if it is one of this process, and let go of every connection in the end."""
        async with AsyncExitStack() as stack:
            if self.server is not None:
                await stack.enter_async_context(self.server.served())
            stack.push_async_callback(self.client.close)
            stack.push_async_callback(self.events.close)
            yield


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The made-up org at an address of this machine."""

    world: World
    port: int
    event_port: int
    has_persons: bool = False
    """Whether its customers are person accounts."""

    def as_set_up(self, settings: SalesforceSettings) -> SalesforceSettings:
        """How the portal logs in there, all else being as it is set."""
        return msgspec.structs.replace(
            settings,
            login_url=f"{HERE}:{self.port}",
            flow=Flow.CLIENT_CREDENTIALS,
            client_id=PORTAL_APP.key,
            client_secret=PORTAL_APP.secret or "",
            price_book="Portal",
            events=msgspec.structs.replace(settings.events, address=f"127.0.0.1:{self.event_port}", is_plain=True),
        )

    @asynccontextmanager
    async def served(self, *further: App, tls: TlsFiles | None = None) -> AsyncIterator[None]:
        """Serve it until the block ends: to `further` applications too, and its events by TLS where there are files."""
        sessions = Sessions(clock=self.world.clock, apps=(PORTAL_APP, STAFF_APP, *further))
        seen, everything = (made_up_org(sets, has_persons=self.has_persons) for sets in (SETS, None))
        async with served(self.world, seen, sessions, staff=everything, port=self.port) as org:
            bus = EventBus(self.world, read_events(ORG, _packages(has_persons=self.has_persons)))
            try:
                service = PubSubServer(bus, admitted_by(org.sessions), Pace(keepalive=KEEPALIVE))
                async with serving(service, port=self.event_port, tls=tls):
                    yield
            finally:
                bus.close()


def made_up_org(permission_sets: tuple[str, ...] | None = None, *, has_persons: bool = False) -> Schema:
    """The made-up org as a user with these permission sets sees it, or an administrator without any.

    Raises Wrong where what it is made of is not there.
    """
    if not ORG.is_dir():
        raise Wrong([f"profile: the sandbox needs {ORG}, which only a checkout has"])
    schema = read_org(ORG, permission_sets, _packages(has_persons=has_persons))
    return with_persons(schema) if has_persons else schema


def sandbox_of(world: World, *, has_persons: bool = False) -> Sandbox:
    """The made-up org over that world, at a free port."""
    return Sandbox(world, free_port(), free_port(), has_persons)


def _packages(*, has_persons: bool) -> tuple[str, ...]:
    return PERSONS if has_persons else PACKAGES


def link_of(
    settings: SalesforceSettings,
    policy: Policy,
    clock: Clock,
    server: Sandbox | None = None,
    billing: FactStream | None = None,
) -> Link:
    """The ports of the org that the settings name; raises Wrong with what is wrong with them."""
    stamina.instrumentation.set_on_retry_hooks([])  # the adapter says itself what failed
    field_map = _named(settings)
    client = Client(settings, clock, None if server is None else Struck(STRIKES))
    ports = salesforce_ports(client, settings, field_map, policy, clock)
    owners = KeptOwners(owners_of(client, field_map))
    return Link(client, ports, fact_stream(client, settings, field_map, spread, owners), owners, server, billing)


async def check_of(settings: SalesforceSettings) -> tuple[Finding, ...]:
    """What the org lacks; raises Wrong, Unavailable, and Rejected where it does not let the portal in."""
    names = _named(settings)
    events = tuple(
        topic.removeprefix(EVENT) for topic in settings.events.topics or topics_of(names) if topic.startswith(EVENT)
    )
    status, book = names["order_status"], names["price_book"]
    is_it = eq(book["name"], settings.price_book) if settings.price_book else eq(book["is_standard"], True)
    async with Client(settings, RealClock()) as client:
        describes = {name: await _described(client, name) for name in objects_asked(names)}
        shown = await client.objects()
        statuses = await _rows(client, select(status["api_name"], status["status_code"]).of(status.name))
        books = await _rows(client, select(book["id"]).of(book.name).where(is_it))
    return check(
        describes,
        None if statuses is None else {row[status["api_name"]]: row[status["status_code"]] for row in statuses},
        names,
        Asked(
            picklists=Picklists().reworded(settings.words),
            case_record_types=settings.case_record_types,
            person_accounts=settings.person_accounts,
            person_record_type=settings.person_record_type if settings.person_accounts else "",
            keys_are_unique=settings.keys_are_unique,
            price_book=settings.price_book,
        ),
        has_price_book=books is None or bool(books),
        missing_events=[event for event in events if event not in shown],
    )


async def _described(client: Client, name: str) -> Record | None:
    try:
        return await client.describe(name)
    except Rejected as refused:
        if refused.code not in NOT_SHOWN:
            raise
        return None


async def _rows(client: Client, query: Select) -> list[Record] | None:
    try:
        return await client.query(query)
    except Rejected as refused:
        if refused.code not in NOT_SHOWN:
            raise
        return None


def _named(settings: SalesforceSettings) -> FieldMap:
    if faults := settings.faults():
        raise Wrong(faults)
    return DEFAULT.renamed(settings.names)
