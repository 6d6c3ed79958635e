"""Serving: granian inside this very process, so that no worker outlives it and its port is nobody else's."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from granian.constants import HTTPModes, Interfaces
from granian.net import SocketHolder  # type: ignore[attr-defined]  # imported there to be taken from there
from granian.server.embed import Server
from litestar import Litestar

from adapters.http.app import stop_streams

GRACE: Final = 10.0
"""Seconds that running requests have after SIGTERM; what the application closes comes on top."""
BACKLOG: Final = 1024


class PortTaken(Exception):
    """Another process listens where the portal should."""


class _OneProcessServer(Server):
    """Granian on a socket that is handed to it: its own would be shared with whoever asks (SO_REUSEPORT)."""

    def __init__(self, app: Litestar, listening: socket.socket) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,  # the application's lifespan is run here, around the server's
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            log_enabled=False,  # its error log could hold what an exception says
        )
        self._listening = listening

    def _init_shared_socket(self) -> None:
        self._ssp = None
        # from here on granian owns the socket, and closes it
        self._shd = SocketHolder(self._listening.detach(), False, BACKLOG)  # type: ignore[assignment, call-arg]


def run(
    app_factory: Callable[[str], Litestar],
    host: str,
    port: int,
    *,
    on_ready: Callable[[str], None] = lambda address: None,
    on_stop: Callable[[Litestar], None] = stop_streams,
    grace: float = GRACE,
) -> None:
    """Serve until SIGTERM or SIGINT, then end: streams at once, running requests within `grace` seconds.

    `port` 0 takes a free one; `app_factory` is given the address, which `on_ready` is told once requests are answered;
    `on_stop` ends what would not end by itself. Raises PortTaken.
    """
    listening = listening_on(host, port)
    address = _address_of(listening)
    with new_loop() as runner:
        runner.run(_serve(app_factory(address), listening, lambda: on_ready(address), on_stop, grace))


def listening_on(host: str, port: int) -> socket.socket:
    """A listening socket of this process alone; raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # a port whose last connections are still closing may be taken again; one that is listened on may not
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTaken(f"{host}:{port}: {error.strerror}") from error
    listening.setblocking(False)
    return listening


def _address_of(listening: socket.socket) -> str:
    host, port, *_ = listening.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def new_loop() -> asyncio.Runner:
    """The loop that everything runs on, the fastest there is for this system."""
    if sys.platform == "win32":
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def _serve(
    app: Litestar,
    listening: socket.socket,
    on_ready: Callable[[], None],
    on_stop: Callable[[Litestar], None],
    grace: float,
) -> None:
    asked_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(each, asked_to_stop.set)
    async with app.lifespan():
        server = _OneProcessServer(app, listening)
        serving = asyncio.ensure_future(server.serve())
        await asyncio.sleep(0)
        on_ready()
        stopping = asyncio.ensure_future(asked_to_stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        on_stop(app)
        server.stop()  # type: ignore[no-untyped-call]
        _, late = await asyncio.wait({serving}, timeout=grace)
        if late:
            # granian still means to say that it is done, to a future that was cancelled here
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)
            serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
