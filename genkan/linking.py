"""The systems behind the ports, as far as they are reached over the wire: Salesforce, WHMCS, and what both tell."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.wire.whmcs.hooks import HookTarget
from adapters.fakes.world import World
from adapters.system.cached_catalog import CachedCatalogShelf
from genkan import salesforce, whmcs
from genkan.settings import SALESFORCE, WHMCS, Choice, Settings, Wrong
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class Together:
    """The ports of one kind of binding, from the systems that have it."""

    org: salesforce.Link | None = None
    billing: whmcs.Link | None = None

    @property
    def links(self) -> "tuple[salesforce.Link | whmcs.Link, ...]":
        """What there is."""
        return tuple(link for link in (self.org, self.billing) if link is not None)

    def __getattr__(self, name: str) -> Any:
        link = self.org if name in SALESFORCE else self.billing if name in WHMCS else None
        if link is None:
            raise AttributeError(name)
        return getattr(link, name)

    def meets(self, shelf: Callable[[], CachedCatalogShelf], store: Callable[[], Store]) -> None:
        """Say where the catalog is, by which billing tells a plan of one product line from another's (CAT-6).

        And where what was sent to billing is kept (FUL-3), and whose orders and sales are.
        """
        if self.org is not None:
            self.org.owners.store = store
        if self.billing is not None:
            self.billing.products.shelf, self.billing.sendings.store = shelf, store

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold every connection until the block ends."""
        async with AsyncExitStack() as stack:
            for link in self.links:
                await stack.enter_async_context(link.held())
            yield


def together_of(
    choice: Choice, settings: Settings, world: WorldBindings | None, clock: Clock, served_at: str = ""
) -> Together:
    """The links of that kind of binding, for the ports that are set to it; raises Wrong.

    A made-up WHMCS has its hooks where the portal is served at an address.
    """
    billing = _billing(choice, settings, world, clock, served_at) if _is_chosen(choice, WHMCS, settings) else None
    org = None
    if _is_chosen(choice, SALESFORCE, settings):
        org = _org(choice, settings, world, clock, billing)
    return Together(org, billing)


def _is_chosen(choice: Choice, ports: frozenset[str], settings: Settings) -> bool:
    return any(settings.choice(port) is choice for port in ports)


def _billing(
    choice: Choice, settings: Settings, world: WorldBindings | None, clock: Clock, served_at: str
) -> whmcs.Link | None:
    named = settings.whmcs
    if choice is Choice.REAL or named.identifier:
        return whmcs.link_of(named, clock)
    hooks = None
    if served_at and settings.signing_secrets:
        hooks = HookTarget(url=served_at, secret=next(iter(settings.signing_secrets.values())))
    server = whmcs.sandbox_of(_here(world, "whmcs", "its WHMCS"), hooks)
    return whmcs.link_of(server.as_set_up(named), clock, server)


def _org(
    choice: Choice, settings: Settings, world: WorldBindings | None, clock: Clock, billing: whmcs.Link | None
) -> salesforce.Link | None:
    named, facts = settings.salesforce, billing.facts if billing is not None else None
    if choice is Choice.REAL or named.client_id:
        return salesforce.link_of(named, settings.policy, clock, billing=facts)
    server = salesforce.sandbox_of(_here(world, "salesforce", "its org"), has_persons=named.person_accounts)
    return salesforce.link_of(server.as_set_up(named), settings.policy, clock, server, facts)


def _here(world: WorldBindings | None, setting: str, what: str) -> World:
    if world is None or world.here is None:
        raise Wrong([f"{setting}: the world is another process's, so say where it serves {what}"])
    return world.here
