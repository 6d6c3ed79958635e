"""Faults of the world on ports that are bound over the wire: each strikes every call that the port's method makes.

What is "unavailable" to a method is a refused connection here, a time-out before a call that never arrives, a time-out
after an answer that never comes.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.world import World

STRIKING: Final = frozenset({FaultKind.UNAVAILABLE, FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER})
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
    """A port on which the world's faults strike as they do on its fake."""

    def __init__(self, world: World, port: Any) -> None:
        self._world = world
        self._port = port

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: Any, **named: Any) -> Any:
            kinds = self._world.faults.take("salesforce", name).keys() & STRIKING
            token = _struck.set(next(iter(kinds), None))
            try:
                return await method(*args, **named)
            finally:
                _struck.reset(token)

        return called
