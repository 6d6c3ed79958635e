"""What every made-up system that is served over HTTP does with a call, whatever it speaks."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def headers_of(scope: Scope) -> dict[str, str]:
    """A call's headers by their names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def body_of(receive: Receive, most: int) -> bytes:
    """A call's body; of one with more bytes than that, as much as had come by then."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body") or sum(map(len, parts)) > most:
            return b"".join(parts)


async def until_gone(receive: Receive) -> None:
    """Wait until the caller has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_whole(send: Send, status: int, headers: Mapping[str, str], content: bytes) -> None:
    """Answer with all of it at once; its length is told besides."""
    told = {**headers, "content-length": str(len(content))}
    head = [(name.lower().encode(), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content})


class Closing:
    """Whether a system is about to be served no more; who makes its callers wait does so no longer than that."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()

    @property
    def is_set(self) -> bool:
        """Whether it is."""
        return self._closing.is_set()

    def set(self) -> None:
        """Let those who wait go; once is enough."""
        self._closing.set()

    async def wait(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Wait for that, but no longer than the system is served."""
        both = {asyncio.ensure_future(waiting), asyncio.ensure_future(self._closing.wait())}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for one in both:
            one.cancel()
