"""The ports of Salesforce bound over the wire: the adapter, and the made-up org behind its own protocol.

What a fault of the world is to a port's method, it is here to every call that the method makes: a refused connection,
a call that never arrives, an answer that never comes.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.org import read_org
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.world import RULE_OF_THEIR_OWN, World
from adapters.salesforce.bindings import SalesforcePorts, salesforce_ports
from adapters.salesforce.client import Client
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.settings import Flow, Patience, SalesforceSettings
from core.domain.policy import Policy
from ports.errors import Rejected, Unavailable

PORTS: Final = (
    "catalog_shelf", "customer_registry", "eligibility_desk", "identity_desk", "opportunities", "order_book",
    "support_desk",
)  # fmt: skip
STRIKING: Final = frozenset({FaultKind.UNAVAILABLE, FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER})
QUICK: Final = Patience(first_wait=0.001, longest_wait=0.002, rest=0.001, settle=0.0, failures=1_000)
_struck: ContextVar[FaultKind | None] = ContextVar("struck", default=None)


@cache
def schema() -> Schema:
    """The org as it is set up."""
    return read_org(Path(__file__).parents[2] / "deploy" / "salesforce")


class Struck(httpx.AsyncBaseTransport):
    """A way to the org on which the fault of a port's method strikes."""

    def __init__(self) -> None:
        self._way = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # logging in is no call of a port's method
        fault = None if "/oauth2/" in request.url.path else _struck.get()
        if fault is FaultKind.UNAVAILABLE:
            raise httpx.ConnectError("refused", request=request)
        if fault is FaultKind.TIMEOUT_BEFORE:
            raise httpx.ReadTimeout("silent", request=request)
        response = await self._way.handle_async_request(request)
        if fault is FaultKind.TIMEOUT_AFTER and writes(request):
            await response.aread()
            await response.aclose()
            raise httpx.ReadTimeout("silent", request=request)
        return response

    async def aclose(self) -> None:
        await self._way.aclose()


def writes(request: httpx.Request) -> bool:
    """Whether an effect could be lost with the answer."""
    if not request.url.path.endswith("/composite"):
        return request.method != "GET"
    return any(part["method"] != "GET" for part in msgspec.json.decode(request.content)["compositeRequest"])


class Faulty:
    """A port on which the world's faults strike as they do on its fake."""

    def __init__(self, world: World, port: Any) -> None:
        self._world = world
        self._port = port

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: Any, **named: Any) -> Any:
            kinds = self._world.faults.take("salesforce", name).keys()
            what = f"salesforce {name}"
            if FaultKind.REFUSED in kinds:
                raise Rejected(RULE_OF_THEIR_OWN, what)
            fault = next(iter(kinds & STRIKING), None)
            token = _struck.set(fault)
            try:
                answer = await method(*args, **named)
            finally:
                _struck.reset(token)
            if fault is not None:
                # what was only read may have gone along with what others read
                raise Unavailable(what, outcome_unknown=fault is not FaultKind.UNAVAILABLE)
            return answer

        return called


@asynccontextmanager
async def wired(
    world: World, way: httpx.AsyncBaseTransport | None = None, *, keys_are_unique: bool = True
) -> AsyncIterator[tuple[SalesforcePorts, SalesforceServer]]:
    """The ports over the wire, by whichever way there, and the org that they speak to."""
    async with served(world, schema()) as salesforce:
        settings = SalesforceSettings(
            login_url=salesforce.base,
            flow=Flow.CLIENT_CREDENTIALS,
            client_id=PORTAL_APP.key,
            client_secret=PORTAL_APP.secret or "",
            price_book="Portal",
            patience=QUICK,
            keys_are_unique=keys_are_unique,
        )
        async with Client(settings, world.clock, way or Struck()) as client:
            ports = salesforce_ports(client, settings, DEFAULT, Policy(), world.clock)
            yield ports, salesforce


@asynccontextmanager
async def wire_of(world: World) -> AsyncIterator[WorldBindings]:
    """The world's roles, those of Salesforce over the wire."""
    async with wired(world) as (ports, _):
        bound: dict[str, Any] = {name: Faulty(world, getattr(ports, name)) for name in PORTS}
        yield replace(bind_world(world), **bound)
