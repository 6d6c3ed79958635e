"""Faults of the world on ports that are bound over the wire: each strikes every call that the port's method makes.

What is "unavailable" to a method is a refused connection here, a time-out before a call that never arrives, a time-out
after an answer that never comes; a rule of the operator's own is asked of the made-up system, for what is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ClassVar, Final

import httpx

from adapters.fakes.faults import FaultKind
from adapters.fakes.world import World

OUTAGES: Final = (FaultKind.UNAVAILABLE, FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER)
ASKED: Final = "x-sandbox-fault"
"""The header by which a call asks to be refused: the fault's word strikes what it writes."""
_NONE: Final[Mapping[FaultKind, str]] = MappingProxyType({})


def _never(_: httpx.Request) -> bool:
    return False


class Strikes:
    """The fault of the method that is under way, for the calls of one system.

    `writes` says whether an effect could be lost with a call's answer, `spares` which calls no method makes. What is in
    `refusals` is asked of the system itself, by that word in the header ASKED.
    """

    def __init__(
        self,
        writes: Callable[[httpx.Request], Awaitable[bool]],
        *,
        spares: Callable[[httpx.Request], bool] = _never,
        refusals: Mapping[FaultKind, str] = _NONE,
    ) -> None:
        self.writes = writes
        self.spares = spares
        self.refusals = refusals
        self.kinds = (*OUTAGES, *refusals)
        self._kind: ContextVar[FaultKind | None] = ContextVar("struck", default=None)

    @contextmanager
    def by(self, kind: FaultKind | None) -> Iterator[None]:
        """Calls within the block are struck by that fault."""
        token = self._kind.set(kind)
        try:
            yield
        finally:
            self._kind.reset(token)

    def on(self, request: httpx.Request) -> FaultKind | None:
        """What strikes the call."""
        return None if self.spares(request) else self._kind.get()


class Struck(httpx.AsyncBaseTransport):
    """A way to a system on which the fault of a port's method strikes."""

    way: ClassVar[type[httpx.AsyncBaseTransport]] = httpx.AsyncHTTPTransport
    """What carries a call that arrives."""

    def __init__(self, strikes: Strikes) -> None:
        self._strikes = strikes
        self._way = self.way()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, unless the fault is before it; raises what a client meets then."""
        fault = self._strikes.on(request)
        if fault is FaultKind.UNAVAILABLE:
            raise httpx.ConnectError("refused", request=request)
        if fault is FaultKind.TIMEOUT_BEFORE:
            raise httpx.ReadTimeout("silent", request=request)
        if fault is not None and fault in self._strikes.refusals:
            request.headers[ASKED] = self._strikes.refusals[fault]
        response = await self._way.handle_async_request(request)
        if fault is FaultKind.TIMEOUT_AFTER and await self._strikes.writes(request):
            await response.aread()
            await response.aclose()
            raise httpx.ReadTimeout("silent", request=request)
        return response

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._way.aclose()


class Faulty:
    """A port on which the world's faults strike as they do on its fake; `system` is its name among them."""

    def __init__(self, world: World, port: Any, system: str, strikes: Strikes) -> None:
        self._world = world
        self._port = port
        self._system = system
        self._strikes = strikes

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def called(*args: Any, **named: Any) -> Any:
            self._world.calls[self._system, name] += 1
            faults = self._world.faults.take(self._system, name)
            if FaultKind.SLOW in faults:
                await asyncio.sleep(faults[FaultKind.SLOW].milliseconds / 1000)
            with self._strikes.by(next((kind for kind in self._strikes.kinds if kind in faults), None)):
                return await method(*args, **named)

        return called
