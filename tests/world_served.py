"""A world in memory at an address, as `genkan world` serves one: for commands of another process's kind."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from adapters.fakes.bindings import bind_world
from adapters.fakes.process import CONTENT_TYPE, WorldServer
from adapters.fakes.world import World

Call = Callable[..., Any]
"""Calls an async function inside the loop that the world lives in, from another thread, and waits for its answer."""


@contextmanager
def served_world(world: World, call: Call | None = None) -> Iterator[str]:
    """The address of the world; it is asked inside the loop of `call`, or one of its own while no portal runs."""
    if call is None:
        with start_blocking_portal() as portal, served_world(world, portal.call) as address:
            yield address
        return
    transport = httpx.ASGITransport(WorldServer(bind_world(world)))

    async def asked(path: str, body: bytes) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://world") as client:
            return await client.post(path, content=body, headers={"content-type": CONTENT_TYPE})

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # one connection for many calls
        wbufsize = -1  # head and body leave together

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                answer = call(asked, self.path, body)
            except CancelledError:  # the loop ended before a fact came
                return
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked may be gone
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
