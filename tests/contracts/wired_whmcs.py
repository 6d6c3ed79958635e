"""The ports of billing bound over the wire: the adapter, and the made-up WHMCS behind its own protocol.

What a fault of the world is to a port's method, it is here to every call that the method makes: a refused connection,
a call that never arrives, an answer that never comes.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qs

import httpx

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.sendings import FakeSendings
from adapters.fakes.wire.striking import Struck
from adapters.fakes.wire.whmcs.quirks import Quirks
from adapters.fakes.wire.whmcs.server import Served, served
from adapters.fakes.wire.whmcs.striking import STRIKES
from adapters.fakes.world import World
from adapters.whmcs.bindings import WhmcsPorts, whmcs_ports
from adapters.whmcs.client import Client
from adapters.whmcs.services import ProductTypes
from adapters.whmcs.settings import Patience, Polling, WhmcsSettings
from core.domain.catalog import ItemClass, ProductType
from ports.catalog_shelf import CatalogShelf
from ports.sendings import Sendings
from tests.contracts.faulty import Faulty

PORTS: Final = ("client_book", "payment_book", "provisioner", "service_book", "invoice_book", "billing_door")
QUICK: Final = Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, settle=0.002, failures=1_000)


def action_of(request: httpx.Request) -> str:
    """Which action is called."""
    return parse_qs(request.content.decode())["action"][0]


def plans_of(shelf: CatalogShelf) -> ProductTypes:
    """Which product line each plan of the catalog belongs to, by its product in billing."""

    async def types(_: Collection[str]) -> Mapping[str, ProductType]:
        items = (await shelf.catalog()).items
        return {item.billing_product: item.product_type for item in items if item.item_class is ItemClass.PLAN}

    return types


def settings_of(whmcs: Served, **changed: Any) -> WhmcsSettings:
    """How the portal reaches the made-up WHMCS."""
    given = {
        "url": whmcs.url,
        "identifier": whmcs.identifier,
        "secret": whmcs.secret,
        "number_field": whmcs.fields.customer_number,
        "gateway": "stripe",
        "patience": QUICK,
        "polling": Polling(every=0.01, least=0.0),
    }
    return WhmcsSettings(**{**given, **changed})


@asynccontextmanager
async def wired(
    world: World,
    way: httpx.AsyncBaseTransport | None = None,
    quirks: Quirks | None = None,
    sendings: Sendings | None = None,
    **changed: Any,
) -> AsyncIterator[tuple[WhmcsPorts, Served]]:
    """The ports over the wire, by whichever way there, and the WHMCS that they speak to."""
    passwords, sendings = count(), sendings or FakeSendings()
    async with (
        served(world, quirks=quirks) as whmcs,
        Client(settings_of(whmcs, **changed), way or Struck(STRIKES)) as client,
    ):
        types = plans_of(bind_world(world).catalog_shelf)
        yield (
            whmcs_ports(client, types, world.clock, lambda: f"not-to-be-known-{next(passwords)}", sendings),
            whmcs,
        )


@asynccontextmanager
async def whmcs_of(world: World, bindings: WorldBindings | None = None) -> AsyncIterator[WorldBindings]:
    """The world's roles, those of billing over the wire."""
    async with wired(world) as (ports, _):
        bound: dict[str, Any] = {name: Faulty(world, getattr(ports, name), "whmcs", STRIKES) for name in PORTS}
        yield replace(bindings or bind_world(world), **bound)
