"""An event stream beats, resumes, ends with its caller or the portal, and loses nothing in between (NTF-4)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar.testing import TestClient

from adapters.http.calls import Call, open_call
from adapters.http.events_stream import Event, EventStream, Streams, last_event_id
from core.domain.refusals import TooMany
from core.domain.words import Language
from tests.http.foundation.demo import AS_MINA


def test_events_go_out_as_the_standard_says(http: TestClient) -> None:
    answer = http.get("/api/events", headers=AS_MINA)
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == (
        'retry: 3000\n\nid: 7\nevent: greeting\ndata: {"name":"ランプ\\n"}\n\nevent: end\ndata: null\n\n'
    )


class Wire:
    """The server's side of one stream: what was sent, and a caller who can leave."""

    def __init__(self, headers: dict[bytes, bytes] | None = None, *, head_only: bool = False) -> None:
        self.scope: dict[str, Any] = {"method": "GET", "headers": []}
        open_call(self.scope, Call(headers or {}, "c", "p", "p", Language.EN, head_only))
        self.sent: list[bytes] = []
        self.leaving = asyncio.Event()
        self.said = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message.get("body", b""))
        self.said.set()

    async def serve(self, stream: EventStream) -> None:
        await stream.to_asgi_response()(self.scope, self.receive, self.send)

    async def has(self, part: bytes) -> None:
        while part not in b"".join(self.sent):
            self.said.clear()
            await self.said.wait()


class Source:
    """Events that are pushed one by one, and whether anybody still listens."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event] = asyncio.Queue()
        self.closed = False

    async def events(self) -> AsyncIterator[Event]:
        try:
            while True:
                yield await self.queue.get()
        finally:
            self.closed = True


async def test_a_heartbeat_does_not_lose_the_event_it_waits_for() -> None:
    wire, source, streams = Wire(), Source(), Streams(0.005, 5)
    serving = asyncio.create_task(wire.serve(streams.stream("mina", source.events())))
    for number in range(5):
        wire.sent.clear()
        await wire.has(b": still here\n\n")
        await source.queue.put(Event(event="n", data=number))
        await wire.has(f"data: {number}\n\n".encode())
    wire.leaving.set()
    await serving


async def test_when_the_caller_leaves_the_source_is_closed() -> None:
    wire, source, streams = Wire(), Source(), Streams(60, 5)
    serving = asyncio.create_task(wire.serve(streams.stream("mina", source.events())))
    await wire.has(b"retry")
    assert streams.open == 1
    wire.leaving.set()
    await asyncio.wait_for(serving, 5)
    assert source.closed
    assert streams.open == 0


async def test_when_the_portal_stops_every_stream_ends() -> None:
    wires, source, streams = [Wire(), Wire()], Source(), Streams(60, 5)
    serving = [asyncio.create_task(wire.serve(streams.stream("mina", source.events()))) for wire in wires]
    for wire in wires:
        await wire.has(b"retry")
    streams.close()
    await asyncio.wait_for(asyncio.gather(*serving), 5)
    assert streams.open == 0


async def test_a_customer_has_a_few_streams() -> None:
    wires, source, streams = [Wire(), Wire()], Source(), Streams(60, 2)
    serving = [asyncio.create_task(wire.serve(streams.stream("mina", source.events()))) for wire in wires]
    for wire in wires:
        await wire.has(b"retry")
    with pytest.raises(TooMany):
        streams.stream("mina", source.events())
    streams.stream("ken", source.events())
    wires[0].leaving.set()
    await serving[0]
    streams.stream("mina", source.events())
    streams.close()
    await serving[1]


async def test_a_source_that_fails_ends_the_stream_and_is_closed() -> None:
    async def failing() -> AsyncIterator[Event]:
        yield Event(event="n", data=1)
        raise ConnectionError

    wire, streams = Wire(), Streams(60, 5)
    with pytest.raises(ConnectionError):
        await wire.serve(streams.stream("mina", failing()))
    assert streams.open == 0


async def test_a_head_request_gets_no_stream() -> None:
    wire, source, streams = Wire(head_only=True), Source(), Streams(60, 5)
    await asyncio.wait_for(wire.serve(streams.stream("mina", source.events())), 5)


@pytest.mark.parametrize(
    ("sent", "expected"), [(b"7", "7"), (b"a-7.9", "a-7.9"), (b"", None), (b"a b", None), (b"x" * 129, None)]
)
def test_a_page_resumes_behind_the_id_it_saw(sent: bytes, expected: str | None) -> None:
    assert last_event_id(Wire({b"last-event-id": sent}).scope) == expected


def test_a_page_without_an_id_begins_now() -> None:
    assert last_event_id(Wire().scope) is None
