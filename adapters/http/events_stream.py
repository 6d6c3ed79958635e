"""Server-sent events: a stream that beats, resumes, and ends when the caller leaves or the portal stops (NTF-4)."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.types import Receive, Scope, Send

from adapters.http.calls import call_of, header
from core.domain.refusals import TooMany

MEDIA_TYPE: Final = "text/event-stream"
RECONNECT_AFTER: Final = 3_000
"""Milliseconds a page waits before it opens a lost stream again."""
_BEAT: Final = b": still here\n\n"
_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event: what it is called, its data as JSON, and the id a page resumes behind."""

    event: str
    data: Any
    id: str | None = None

    def encoded(self) -> bytes:
        """The event as it goes over the wire; JSON holds no line feed, so its data is one line."""
        head = f"id: {self.id}\n" if self.id is not None else ""
        return f"{head}event: {self.event}\ndata: ".encode() + msgspec.json.encode(self.data) + b"\n\n"


def last_event_id(scope: Mapping[str, Any]) -> str | None:
    """Where a page that was away wants to go on, or None; anything that is no id of ours counts as none."""
    sent = header(scope, b"last-event-id")
    return sent if sent is not None and _ID.fullmatch(sent) else None


class Streams:
    """The open streams: a few for each customer, all ended at once when the portal stops."""

    def __init__(self, heartbeat: float, most_each: int) -> None:
        self.heartbeat = heartbeat
        self.closing = asyncio.Event()
        self._most_each = most_each
        self._open: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """How many streams are open."""
        return self._open.total()

    def close(self) -> None:
        """End every stream; pages open them again elsewhere."""
        self.closing.set()

    def stream(self, owner: str, events: AsyncIterator[Event]) -> "EventStream":
        """A stream of `events` for `owner`; raises TooMany when they have as many as they may."""
        if self._open[owner] >= self._most_each:
            raise TooMany(retry_after=RECONNECT_AFTER // 1000, limit="streams")
        return EventStream(self, owner, events)

    def began(self, owner: str) -> None:
        """Count one more stream."""
        self._open[owner] += 1

    def ended(self, owner: str) -> None:
        """Count one less."""
        self._open[owner] -= 1
        if not self._open[owner]:
            del self._open[owner]


class EventStream(Response[bytes]):
    """The answer that never ends by itself."""

    __slots__ = ("_events", "_owner", "_streams")

    def __init__(self, streams: Streams, owner: str, events: AsyncIterator[Event]) -> None:
        super().__init__(b"", media_type=MEDIA_TYPE)
        self._streams = streams
        self._owner = owner
        self._events = events

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """What Litestar sends: the stream itself."""
        return self._asgi

    async def _asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        self._streams.began(self._owner)
        leaving = asyncio.ensure_future(_left(receive))
        closing = asyncio.ensure_future(self._streams.closing.wait())
        try:
            await _write(send, f"retry: {RECONNECT_AFTER}\n\n".encode())
            if not call_of(scope).head_only:
                await self._pass_on(send, leaving, closing)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._streams.ended(self._owner)
            for waiting in (leaving, closing):
                waiting.cancel()
            await asyncio.gather(leaving, closing, return_exceptions=True)
            if hasattr(self._events, "aclose"):
                await self._events.aclose()

    async def _pass_on(self, send: Send, *ends: "asyncio.Future[Any]") -> None:
        upcoming: asyncio.Future[Event] | None = None
        try:
            while not any(end.done() for end in ends):
                upcoming = upcoming or asyncio.ensure_future(anext(self._events))
                # the wait for the next event outlives a heartbeat: cancelling it would lose the event
                await asyncio.wait(
                    {upcoming, *ends}, timeout=self._streams.heartbeat, return_when=asyncio.FIRST_COMPLETED
                )
                if not upcoming.done():
                    await _write(send, _BEAT)
                    continue
                try:
                    event = upcoming.result()
                except StopAsyncIteration:
                    return
                upcoming = None
                await _write(send, event.encoded())
        finally:
            if upcoming is not None:
                upcoming.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await upcoming


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
