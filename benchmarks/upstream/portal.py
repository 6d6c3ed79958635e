"""A portal over the protocols of the made-up systems, in this process: it learns of events when it is told to."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import httpx
import structlog
from msgspec.structs import replace

from adapters.fakes.addresses import free_port
from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.demo_catalog import stock
from adapters.fakes.process import serving
from adapters.fakes.whmcs.products import mirror_catalog
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.deployed import read_events
from adapters.fakes.wire.salesforce.pubsub.server import PubSubServer, admitted_by
from adapters.fakes.wire.salesforce.pubsub.server import serving as serving_events
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.wire.whmcs.office import FieldIds
from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.world import World
from adapters.salesforce.events.owners import Owners
from adapters.salesforce.memory import Memory
from adapters.salesforce.settings import SalesforceSettings
from adapters.system.clock import RealClock
from adapters.whmcs.settings import Polling, WhmcsSettings
from benchmarks.upstream.watched import Called, Watch, watched_org, watched_whmcs
from core.domain.limits import Limit, Limited
from genkan import salesforce, whmcs
from genkan.client import Portal
from genkan.container import handlers
from genkan.linking import Together
from genkan.running import DRAIN, Running, prepare
from genkan.salesforce import HERE, ORG, SETS, made_up_org
from genkan.settings import Profile, Settings
from genkan.surface import surface

T = TypeVar("T")

KEEPALIVE: Final = 0.2
SILENT: Final = 0.6
"""Seconds without an event after which there is none."""
PATIENCE: Final = 60.0
NO_LOOKS: Final = Polling(every=3_600.0, least=3_600.0)
"""WHMCS's hooks would tell of changes; the looks beside them are in no step's budget."""
OPEN_DOORS: Final = {limited: Limit(100_000, timedelta(minutes=1)) for limited in Limited}


class ByHand(Running):
    """A portal that does its work, and nothing by itself."""

    __slots__ = ()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with self.reach():
            work = self.container.work()
            work.bind(handlers(self.container))
            await work.open()
            try:
                yield
            finally:
                await work.stop(DRAIN)


class Heard(NamedTuple):
    """How many facts came at once, and what was called for them."""

    facts: int
    calls: list[Called]


@dataclass(frozen=True)
class Watched:
    """The portal at its address, who stands behind it, and what is called."""

    portal: Portal
    running: Running
    world: WorldBindings
    watch: Watch

    async def ask(self, deed: Callable[[], T]) -> T:
        """What a deed over HTTP answers."""
        answer = await asyncio.to_thread(deed)
        await self.quiet()
        return answer

    async def done(self, deed: Callable[[], T], *, cold: bool = True) -> tuple[T, list[Called]]:
        """The same with nothing remembered, if it is to be `cold`, and what was called until all was quiet again."""
        if cold:
            self.forget()
        self.watch.taken()
        answer = await self.ask(deed)
        return answer, self.watch.taken()

    async def heard(self) -> list[Heard]:
        """Take in what the systems have to tell, and what follows from that."""
        self.forget()
        self.watch.taken()
        found: list[Heard] = []
        while facts := await self.running.facts.once(SILENT):
            await self.quiet()
            found.append(Heard(facts, self.watch.taken()))
        return found

    async def quiet(self) -> None:
        """Wait until no work is under way."""
        if not await self.running.container.work().quiet(PATIENCE):
            raise RuntimeError("it does not come to rest")

    def forget(self) -> None:
        """Remember nothing of what the systems hold, as if the process had just begun; but for their own set-up."""
        self.running.container.readings().hear_all()
        link = _link_of(self.running)
        link.ports.org.memory = Memory()
        link.events._owners = Owners(link.owners)


@asynccontextmanager
async def watched_portal(longer: dict[str, float]) -> AsyncIterator[Watched]:
    """A portal whose calls are watched, and take so many seconds longer by their system."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    world = World.new(RealClock(), pair="bench")
    stock(world.records)
    mirror_catalog(world.records)
    watch = Watch()
    bindings = bind_world(world)
    folder = Path(tempfile.mkdtemp(prefix="genkan-bench-"))
    org, billing = salesforce.Sandbox(world, free_port(), free_port()), whmcs.Sandbox(world, free_port())
    settings = Settings(
        data=folder,
        profile=Profile.SANDBOX,
        limits=OPEN_DOORS,
        salesforce=org.as_set_up(SalesforceSettings()),
        whmcs=replace(billing.as_set_up(WhmcsSettings()), polling=NO_LOOKS, order_fields=_fields_of(world)),
    )
    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(_served(world, org, watch))
            await stack.enter_async_context(serving(watched_whmcs(_installation(world, billing), watch), billing.port))
            made = prepare(settings, lambda *_, **__: None, bindings)
            running = ByHand(made.settings, made.container, made.world, links=made.links)
            app, port = surface(running), free_port()
            await stack.enter_async_context(app.lifespan())
            await stack.enter_async_context(serving(app, port))
            http = stack.enter_context(httpx.Client(base_url=f"{HERE}:{port}", timeout=PATIENCE, trust_env=False))
            await _link_of(running).ports.org.look_round()
            watch.longer.update(longer)
            yield Watched(Portal(http), running, bindings, watch)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _served(world: World, at: salesforce.Sandbox, watch: Watch) -> AsyncIterator[None]:
    org = SalesforceServer(world, made_up_org(SETS))
    org.base = f"{HERE}:{at.port}"
    bus = EventBus(world, read_events(ORG))
    try:
        async with serving(watched_org(org, watch), at.port):
            events = PubSubServer(bus, admitted_by(org.sessions), Pace(keepalive=KEEPALIVE))
            async with serving_events(events, port=at.event_port):
                yield
    finally:
        bus.close()
        org.close()


def _installation(world: World, at: whmcs.Sandbox) -> Served:
    made = Served(world)
    made.office.url = f"{HERE}:{at.port}/"
    return made


def _fields_of(world: World) -> dict[str, int]:
    """The field for the CRM's order on each product, as an operator sets it; else it is asked for once a process."""
    return {row["pid"]: FieldIds().crm_order_of(row) for row in world.records.find("billing_product")}


def _link_of(running: Running) -> salesforce.Link:
    (link,) = (link.org for link in running.links if isinstance(link, Together) and link.org is not None)
    return link
