"""The ports of Salesforce bound over the wire: the adapter, and the made-up org behind its own protocol.

What a fault of the world is to a port's method, it is here to every call that the method makes: a refused connection,
a call that never arrives, an answer that never comes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.wire import striking
from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.org import CUSTOMERS, PORTAL, read_org
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.wire.salesforce.striking import is_log_in
from adapters.fakes.wire.striking import Strikes
from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts, salesforce_ports
from adapters.salesforce.client import Client
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.settings import Flow, Patience, SalesforceSettings
from core.domain.policy import Policy
from tests.contracts.faulty import Faulty

PORTS: Final = (
    "catalog_shelf", "customer_registry", "eligibility_desk", "identity_desk", "opportunities", "order_book",
    "support_desk",
)  # fmt: skip
QUICK: Final = Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, settle=0.0, failures=1_000)


FOLDER: Final = Path(__file__).parents[2] / "deploy" / "salesforce"


@cache
def schema() -> Schema:
    """The org as it is set up, as the portal's user sees it."""
    return read_org(FOLDER, (PORTAL, CUSTOMERS))


@cache
def everything() -> Schema:
    """The org as its administrators see it."""
    return read_org(FOLDER)


def without(*names: str) -> Schema:
    """The org where nobody made those fields, whatever they are on."""
    return Schema(
        {
            name: msgspec.structs.replace(each, fields={f: told for f, told in each.fields.items() if f not in names})
            for name, each in schema().objects.items()
        }
    )


def writes(request: httpx.Request) -> bool:
    """Whether an effect could be lost with the answer."""
    if not request.url.path.endswith("/composite"):
        return request.method != "GET"
    return any(part["method"] != "GET" for part in msgspec.json.decode(request.content)["compositeRequest"])


async def _writes(request: httpx.Request) -> bool:
    return writes(request)


STRIKES: Final = Strikes(_writes, spares=is_log_in)


class Struck(striking.Struck):
    """A way to the org on which the fault of a port's method strikes."""

    def __init__(self) -> None:
        super().__init__(STRIKES)


@asynccontextmanager
async def wired(
    world: World, way: httpx.AsyncBaseTransport | None = None, org: Schema | None = None, **changed: Any
) -> AsyncIterator[tuple[SalesforcePorts, SalesforceServer]]:
    """The ports over the wire, by whichever way there and with changed settings, and the org that they speak to."""
    async with served(world, org or schema(), staff=everything()) as salesforce:
        settings = SalesforceSettings(
            login_url=salesforce.base,
            flow=Flow.CLIENT_CREDENTIALS,
            client_id=PORTAL_APP.key,
            client_secret=PORTAL_APP.secret or "",
            price_book="Portal",
            patience=QUICK,
        )
        settings = msgspec.structs.replace(settings, **changed)
        async with Client(settings, world.clock, way or Struck()) as client:
            ports = salesforce_ports(client, settings, DEFAULT.renamed(settings.names), Policy(), world.clock)
            yield ports, salesforce


@asynccontextmanager
async def wire_of(world: World) -> AsyncIterator[WorldBindings]:
    """The world's roles, those of Salesforce over the wire."""
    async with wired(world) as (ports, _):
        bound: dict[str, Any] = {name: Faulty(world, getattr(ports, name), "salesforce", STRIKES) for name in PORTS}
        yield replace(bind_world(world), **bound)
