"""WHMCS behind its ports: the operator's own, or the made-up one over its protocol (OPS-1)."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import stamina

from adapters.calling.lacking import Finding
from adapters.fakes.addresses import free_port
from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.wire.striking import Faulty, Struck
from adapters.fakes.wire.whmcs.hooks import HookTarget
from adapters.fakes.wire.whmcs.office import FieldIds
from adapters.fakes.wire.whmcs.people import PORTAL
from adapters.fakes.wire.whmcs.server import served
from adapters.fakes.wire.whmcs.striking import STRIKES
from adapters.fakes.world import World
from adapters.system.cached_catalog import CachedCatalogShelf
from adapters.system.clock import RealClock
from adapters.system.ids import RandomIds
from adapters.system.sendings import StoredSendings
from adapters.whmcs.bindings import WhmcsPorts, whmcs_ports
from adapters.whmcs.checking import check
from adapters.whmcs.client import Client
from adapters.whmcs.settings import WhmcsSettings
from core.domain.catalog import Catalog, ItemClass, ProductType
from genkan.settings import WHMCS, Settings, Wrong
from ports.clock import Clock
from ports.errors import Rejected, Unavailable
from ports.facts import FactStream

HERE: Final = "http://127.0.0.1"
SETTLE: Final = 0.5
EVERY: Final = 1.0
"""Seconds that the made-up WHMCS, on this machine, may take to settle; and between two looks at it."""


@dataclass(slots=True)
class ProductLines:
    """Which product line each plan of the catalog belongs to, by its product in billing (CAT-6).

    The catalog is read for products alone that it did not hold when it was read last (P-1). While there is none, they
    are what was known last; services are read all the same, and told apart by their names.
    """

    shelf: Callable[[], CachedCatalogShelf] | None = None
    known: Mapping[str, ProductType | None] = field(default_factory=dict)
    source: Catalog | None = None

    async def __call__(self, products: Collection[str]) -> Mapping[str, ProductType]:
        """Those among them that are plans."""
        if self.shelf is not None:
            shelf = self.shelf()
            self._go_by(shelf.last())
            if shelf.last() is None or not self.known.keys() >= {*products}:
                with suppress(Unavailable):
                    self._go_by(await shelf.catalog())
        return {product: line for product in products if (line := self.known.get(product)) is not None}

    def _go_by(self, catalog: Catalog | None) -> None:
        if catalog is not None and catalog is not self.source:
            self.source = catalog
            plan = ItemClass.PLAN
            self.known = {
                item.billing_product: item.product_type if item.item_class is plan else None for item in catalog.items
            }


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The made-up WHMCS at an address of this machine."""

    world: World
    port: int
    hooks: HookTarget | None = None
    """Where its hook file posts what happens, if it has one."""

    def as_set_up(self, settings: WhmcsSettings) -> WhmcsSettings:
        """How the portal reaches it, all else being as it is set."""
        return msgspec.structs.replace(
            settings,
            url=f"{HERE}:{self.port}/",
            identifier=PORTAL.identifier,
            secret=PORTAL.secret,
            number_field=FieldIds().customer_number,
            gateway=GATEWAYS[0],
            patience=msgspec.structs.replace(settings.patience, settle=min(settings.patience.settle, SETTLE)),
            polling=msgspec.structs.replace(settings.polling, every=min(settings.polling.every, EVERY), least=0.0),
        )

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Serve it until the block ends."""
        async with served(self.world, port=self.port, hooks=self.hooks):
            yield


@dataclass(frozen=True, slots=True)
class Link:
    """The ports of one WHMCS, and what is held open for them."""

    client: Client
    ports: WhmcsPorts
    products: ProductLines
    sendings: StoredSendings
    server: Sandbox | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in WHMCS:
            raise AttributeError(name)
        port = getattr(self.ports, name)
        return port if self.server is None else Faulty(self.server.world, port, "whmcs", STRIKES)

    @property
    def facts(self) -> FactStream:
        """What is found of changes by looking."""
        return self.ports.facts

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Serve the made-up WHMCS, if it is one of this process, and let go of every connection in the end."""
        async with AsyncExitStack() as stack:
            if self.server is not None:
                await stack.enter_async_context(self.server.served())
            stack.push_async_callback(self.client.close)
            with suppress(Unavailable):
                await self.ports.facts.begin()
            yield


def sandbox_of(world: World, hooks: HookTarget | None = None) -> Sandbox:
    """The made-up WHMCS over that world, at a free port."""
    return Sandbox(world, free_port(), hooks)


def link_of(settings: WhmcsSettings, clock: Clock, server: Sandbox | None = None) -> Link:
    """The ports of the WHMCS that the settings name; raises Wrong with what is wrong with them."""
    if faults := settings.faults():
        raise Wrong(faults)
    stamina.instrumentation.set_on_retry_hooks([])  # the adapter says itself what failed
    client = Client(settings, None if server is None else Struck(STRIKES))
    products = ProductLines()
    ids = RandomIds()
    # two of them are more than anybody guesses, and nobody is ever told
    sendings = StoredSendings()
    ports = whmcs_ports(client, products, clock, lambda: f"{ids.new()}{ids.new()}", sendings)
    return Link(client, ports, products, sendings, server)


async def check_of(settings: Settings) -> tuple[Finding, ...]:
    """What WHMCS lacks for what the catalog sells; raises Wrong, Unavailable and Rejected.

    Where the catalog can't be read, products are not looked at.
    """
    if faults := settings.whmcs.faults():
        raise Wrong(faults)
    async with Client(settings.whmcs) as client:
        return await check(client, await _sold(settings))


async def _sold(settings: Settings) -> dict[str, str]:
    if settings.salesforce.faults():
        return {}
    from genkan import salesforce  # the other system, and only to know what is sold

    org = salesforce.link_of(settings.salesforce, settings.policy, RealClock())
    try:
        catalog = await org.catalog_shelf.catalog()
    except (Unavailable, Rejected):
        return {}
    finally:
        await org.client.close()
        await org.events.close()
    return {item.billing_product: item.billing_cycle.value.replace("_", "") for item in catalog.items}
