"""Faults of the world on ports that are bound over the wire: each strikes every call that the port's method makes.

What is "unavailable" to a method is a refused connection here, a time-out before a call that never arrives, a time-out
after an answer that never comes; a rule of the org's own strikes the first record that the method writes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.salesforce.switches import ASKED, WireFault
from adapters.fakes.world import World
from core.domain.facts import FactBatch
from ports.facts import FactStream

_OF_ROWS: Final = {FaultKind.REFUSED: WireFault.RULE, FaultKind.DUPLICATES: WireFault.DUPLICATES}
STRIKING: Final = (FaultKind.UNAVAILABLE, FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER, *_OF_ROWS)
_LOG_IN: Final = "/oauth2/"
_struck: ContextVar[FaultKind | None] = ContextVar("struck", default=None)


class Struck(httpx.AsyncBaseTransport):
    """A way to the org on which the fault of a port's method strikes."""

    def __init__(self) -> None:
        self._way = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, unless the fault is before it; raises what a client meets then."""
        # logging in is no call of a port's method
        fault = None if _LOG_IN in request.url.path else _struck.get()
        if fault is FaultKind.UNAVAILABLE:
            raise httpx.ConnectError("refused", request=request)
        if fault is FaultKind.TIMEOUT_BEFORE:
            raise httpx.ReadTimeout("silent", request=request)
        if fault in _OF_ROWS:
            request.headers[ASKED] = _OF_ROWS[fault]
        response = await self._way.handle_async_request(request)
        if fault is FaultKind.TIMEOUT_AFTER and request.method != "GET":
            await response.aread()
            await response.aclose()
            raise httpx.ReadTimeout("silent", request=request)
        return response

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._way.aclose()


class Faulty:
    """A port on which the world's faults strike as they do on its fake; `system` is its name among them."""

    def __init__(self, world: World, port: Any, system: str = "salesforce") -> None:
        self._world = world
        self._port = port
        self._system = system

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: Any, **named: Any) -> Any:
            self._world.calls[self._system, name] += 1
            faults = self._world.faults.take(self._system, name)
            if FaultKind.SLOW in faults:
                await asyncio.sleep(faults[FaultKind.SLOW].milliseconds / 1000)
            token = _struck.set(next((kind for kind in STRIKING if kind in faults), None))
            try:
                return await method(*args, **named)
            finally:
                _struck.reset(token)

        return called


class Interrupted:
    """A stream of facts that is down while the world's fault says so."""

    def __init__(self, world: World, stream: FactStream) -> None:
        self._world = world
        self._stream = stream

    async def after(self, position: str | None, wait: float) -> FactBatch:
        """What the stream tells, if it is up when it is asked and when it answers."""
        async with self._world.touch("stream", "after"):
            pass
        batch = await self._stream.after(position, wait)
        if wait > 0:
            async with self._world.touch("stream", "after"):
                pass
        return batch
