"""Faults of the world on billing's ports that are bound over the wire: each strikes every call of the port's method.

What is "unavailable" to a method is a refused connection here, a time-out before a call that never arrives, a time-out
after an answer that never comes; a rule of the operator's own strikes what the method writes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.whmcs.calls import OFFERED
from adapters.fakes.wire.whmcs.forms import form_of
from adapters.fakes.wire.whmcs.switches import ASKED, WireFault
from adapters.fakes.world import World

STRIKING: Final = (
    FaultKind.UNAVAILABLE,
    FaultKind.TIMEOUT_BEFORE,
    FaultKind.TIMEOUT_AFTER,
    FaultKind.REFUSED,
)
_struck: ContextVar[FaultKind | None] = ContextVar("struck_billing", default=None)


class Struck(httpx.AsyncBaseTransport):
    """A way to the installation on which the fault of a port's method strikes."""

    def __init__(self) -> None:
        self._way = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, unless the fault is before it; raises what a client meets then."""
        fault = _struck.get()
        if fault is FaultKind.UNAVAILABLE:
            raise httpx.ConnectError("refused", request=request)
        if fault is FaultKind.TIMEOUT_BEFORE:
            raise httpx.ReadTimeout("silent", request=request)
        if fault is FaultKind.REFUSED:
            request.headers[ASKED] = WireFault.REFUSED
        response = await self._way.handle_async_request(request)
        if fault is FaultKind.TIMEOUT_AFTER and await writes(request):
            await response.aread()
            await response.aclose()
            raise httpx.ReadTimeout("silent", request=request)
        return response

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._way.aclose()


async def writes(request: httpx.Request) -> bool:
    """Whether an effect could be lost with the answer."""
    action = OFFERED.get(str(form_of((await request.aread()).decode()).get("action", "")).lower())
    return action is not None and action.writes


class Faulty:
    """A port on which the world's faults strike as they do on its fake."""

    def __init__(self, world: World, port: Any) -> None:
        self._world = world
        self._port = port

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: Any, **named: Any) -> Any:
            self._world.calls["whmcs", name] += 1
            faults = self._world.faults.take("whmcs", name)
            if FaultKind.SLOW in faults:
                await asyncio.sleep(faults[FaultKind.SLOW].milliseconds / 1000)
            token = _struck.set(next((kind for kind in STRIKING if kind in faults), None))
            try:
                return await method(*args, **named)
            finally:
                _struck.reset(token)

        return called
