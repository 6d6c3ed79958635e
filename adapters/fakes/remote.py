"""The world of another process: every role bound over its loopback address (OPS-1)."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import msgspec

from adapters.fakes.bindings import ROLES, WorldBindings, bind_world
from adapters.fakes.process import CONTENT_TYPE, Envelope, WorldServer
from adapters.fakes.signatures import Signature, signatures_of
from adapters.fakes.world import World
from ports.errors import Unavailable

_PATIENCE: Final = 30.0
_JITTER: Final = timedelta(seconds=1)


class RemoteClock:
    """The world's clock as last heard of, going on by itself in between; in whole milliseconds, as it is there.

    An answer that was longer on its way than the one before does not turn it back; being moved does.
    """

    def __init__(self) -> None:
        self._heard: tuple[datetime, float] | None = None
        self._latest: datetime | None = None

    def now(self) -> datetime:
        if self._heard is None:
            raise Unavailable("world.clock", outcome_unknown=False)
        at, then = self._heard
        now = at + timedelta(seconds=time.monotonic() - then)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if self._latest is not None and timedelta() < self._latest - now < _JITTER:
            return self._latest
        self._latest = now
        return now

    def heard(self, now: datetime) -> None:
        """Go by what the world said just now."""
        self._heard = (now.astimezone(UTC), time.monotonic())


class WorldLink:
    """The connection to a world process."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.clock = RemoteClock()

    async def call(self, role: str, signature: Signature, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call a method of a role over there; its port errors and refusals are raised here as they were there."""
        request = signature.asked(*args, **named)
        what = f"world.{role}.{signature.name}"
        patience = _PATIENCE + getattr(request, "wait", 0.0)
        try:
            answer = await self._http.post(
                f"/call/{role}/{signature.name}",
                content=msgspec.msgpack.encode(request),
                headers={"content-type": CONTENT_TYPE},
                timeout=patience,
            )
        except httpx.ConnectError as error:
            raise Unavailable(what, outcome_unknown=False) from error
        except httpx.TransportError as error:
            raise Unavailable(what) from error
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{what} is broken: {answer.status_code} {answer.text[:200]}")
        envelope = msgspec.msgpack.decode(answer.content, type=Envelope)
        self.clock.heard(envelope.now)
        if envelope.fault is not None:
            raise envelope.fault.error()
        return msgspec.msgpack.decode(envelope.value, type=signature.answer)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()


def _remote(role: str, protocol: type, link: WorldLink) -> Any:
    def method(signature: Signature) -> Callable[..., Awaitable[Any]]:
        async def called(_self: Any, *args: Any, **named: Any) -> Any:
            return await link.call(role, signature, args, named)

        called.__name__ = signature.name
        return called

    methods = {name: method(signature) for name, signature in signatures_of(protocol).items()}
    return type(f"Remote{protocol.__name__}", (), methods)()


def link_remote(url: str, transport: httpx.AsyncBaseTransport | None = None) -> WorldBindings:
    """Every role of the world served at `url`, which is not asked before the first call; it tells the time."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
    # loading certificates takes longer than all else here, and nobody speaks TLS to a world on this machine
    http = httpx.AsyncClient(base_url=url, limits=limits, transport=transport, trust_env=False, verify=False)
    link = WorldLink(http)
    bound = {role: _remote(role, protocol, link) for role, protocol in ROLES.items()}
    return WorldBindings(clock=link.clock, close=link.close, **bound)


async def bind_remote(url: str, transport: httpx.AsyncBaseTransport | None = None) -> WorldBindings:
    """Every role of the world served at `url`; Unavailable when none is served there."""
    bindings = link_remote(url, transport)
    try:
        await bindings.control.now()
    except BaseException:
        await bindings.close()
        raise
    return bindings


@asynccontextmanager
async def remote_of(world: World) -> AsyncIterator[WorldBindings]:
    """The world's roles as another process would have them, without a socket in between."""
    transport = httpx.ASGITransport(WorldServer(bind_world(world)))
    bindings = await bind_remote("http://world", transport)
    try:
        yield bindings
    finally:
        await bindings.close()
