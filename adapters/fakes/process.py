"""The world as a process of its own: every role of it over HTTP on the loopback address, in msgpack.

One path for all: `POST /call/<role>/<method>` with the method's arguments by name; every answer brings the world's
time. Whoever can reach it can do everything, so it answers only calls that were made to a loopback name and with its
own content type, which no page of a browser can send unasked.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server

from adapters.fakes.addresses import HOST
from adapters.fakes.asgi import Application, Receive, Scope, Send, body_of, send_whole
from adapters.fakes.bindings import ROLES, WorldBindings
from adapters.fakes.signatures import Fault, Signature, signatures_of
from core.domain.facts import FactBatch
from core.domain.refusals import Refusal
from ports.errors import Rejected, Unavailable

CONTENT_TYPE: Final = "application/msgpack"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "world"})
_MOST_BYTES: Final = 64 * 1024 * 1024


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer of the world: its time, and the value or the fault."""

    now: datetime
    value: msgspec.Raw = msgspec.Raw(b"\xc0")
    fault: Fault | None = None


class WorldServer:
    """The world's roles as an ASGI application."""

    def __init__(self, bindings: WorldBindings) -> None:
        self._bindings = bindings
        self._moved = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            return
        status, body = await self._answer(scope, receive)
        await send_whole(send, status, {"content-type": CONTENT_TYPE}, body)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0]
        if host not in _LOOPBACK or headers.get(b"content-type", b"").decode("latin-1") != CONTENT_TYPE:
            return 403, b""
        _, _, path = scope["path"].partition("/call/")
        role, _, method = path.partition("/")
        signature = signatures_of(ROLES[role]).get(method) if role in ROLES else None
        if scope["method"] != "POST" or signature is None:
            return 404, b""
        body = await body_of(receive, _MOST_BYTES)
        try:
            request = msgspec.msgpack.decode(body, type=signature.request)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            return 400, str(error).encode()
        return 200, await self._called(role, signature, msgspec.structs.asdict(request))

    async def _called(self, role: str, signature: Signature, arguments: dict[str, Any]) -> bytes:
        method = getattr(getattr(self._bindings, role), signature.name)
        try:
            if signature.answer is FactBatch:
                value: Any = await self._unless_moved(method, arguments)
            else:
                value = await method(**arguments)
            if role == "control":
                self._clock_moved()
            answer = Envelope(self._bindings.clock.now(), msgspec.Raw(msgspec.msgpack.encode(value)))
        except (Unavailable, Rejected, Refusal) as error:
            answer = Envelope(self._bindings.clock.now(), fault=Fault.of(error))
        return msgspec.msgpack.encode(answer)

    def _clock_moved(self) -> None:
        """Let those who wait for facts go home and learn the time."""
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def _unless_moved(self, method: Callable[..., Awaitable[Any]], arguments: dict[str, Any]) -> Any:
        waiting = asyncio.ensure_future(method(**arguments))
        moved = asyncio.ensure_future(self._moved.wait())
        try:
            await asyncio.wait({waiting, moved}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
            waiting.cancel()
            return await method(**{**arguments, "wait": 0.0})
        finally:
            waiting.cancel()
            moved.cancel()


async def serve_world(bindings: WorldBindings, port: int, ready: Callable[[], None] | None = None) -> None:
    """Serve the world on the loopback address until cancelled; `ready` is called once it listens.

    OSError when something listens there already: the server itself would share the port, and there would be two worlds.
    """
    async with serving(WorldServer(bindings), port) as ended:
        if ready is not None:
            ready()
        await asyncio.shield(ended)


@asynccontextmanager
async def serving(application: Application, port: int) -> AsyncIterator["asyncio.Future[None]"]:
    """Serve an application on the loopback address while it lasts; OSError when something listens there already."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((HOST, port))
    server = Server(
        application, address=HOST, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False
    )
    ended = asyncio.ensure_future(server.serve())
    try:
        await _listening(port, ended)
        yield ended
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await ended


async def _listening(port: int, serving: "asyncio.Future[None]") -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        await writer.wait_closed()
        return
