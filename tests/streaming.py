"""A client in the same process whose answers arrive piece by piece, as over a wire: for streams that never end."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Any
from urllib.parse import unquote

import httpx
from litestar import Litestar
from litestar.testing import TestClient

LONGEST_GOODBYE = 5.0
"""Seconds in which a stream ends after its reader left."""


def as_over_a_wire(client: TestClient[Litestar]) -> httpx.Client:
    """A client of the same open portal; an error inside the portal is raised here, as its own client does.

    Close it before the portal: that ends its open streams, which the portal would wait for.
    """
    return httpx.Client(transport=_Wire(client), base_url=client.base_url, follow_redirects=True, timeout=None)


class _Wire(httpx.BaseTransport):
    def __init__(self, client: TestClient[Litestar]) -> None:
        self._client = client
        self._open: set[_Pieces] = set()

    def close(self) -> None:
        for pieces in tuple(self._open):
            pieces.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = _Call(request.read())
        begin = self._client.blocking_portal.start_task_soon
        task = begin(self._client.app, scope_of(request), call.receive, call.send)
        task.add_done_callback(lambda _: call.said.put(None))
        begun = call.said.get()
        if begun is None:
            task.result()
            raise httpx.RemoteProtocolError("the portal answered nothing", request=request)
        pieces = _Pieces(call, task, self._client)
        self._open.add(pieces)
        task.add_done_callback(lambda _: self._open.discard(pieces))
        return httpx.Response(begun["status"], headers=begun["headers"], stream=pieces, request=request)


class _Call:
    """One request as the portal sees it; what it says is put in line for whoever reads the answer."""

    def __init__(self, body: bytes) -> None:
        self.said: SimpleQueue[Any] = SimpleQueue()
        self.left = asyncio.Event()
        self._body: bytes | None = body

    async def receive(self) -> Any:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.said.put(message)


class _Pieces(httpx.SyncByteStream):
    def __init__(self, call: _Call, task: "Future[Any]", client: TestClient[Litestar]) -> None:
        self._call = call
        self._task = task
        self._client = client
        self._more = True

    def __iter__(self) -> Iterator[bytes]:
        while self._more:
            message = self._call.said.get()
            self._more = message is not None and message.get("more_body", False)
            if message is None:
                self._task.result()
            elif message.get("body"):
                yield message["body"]

    def close(self) -> None:
        if not self._task.done():
            with suppress(RuntimeError):  # the portal may just have closed
                self._client.blocking_portal.call(self._call.left.set)
        self._task.result(LONGEST_GOODBYE)


def scope_of(request: httpx.Request) -> dict[str, Any]:
    """The request as a server hands it on, sent from this machine."""
    path, _, query = request.url.raw_path.partition(b"?")
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": (request.url.host, request.url.port or 80),
        "extensions": {},
    }
