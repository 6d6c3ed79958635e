"""The demo portal as a process of its own: `python -m tests.http.foundation.served PORT [GRACE]`."""

import asyncio
import sys
from collections.abc import AsyncIterator

from litestar import get
from litestar.params import FromPath

from adapters.http.auth import Who
from adapters.http.dependencies import Given
from adapters.http.events_stream import Event, EventStream, Streams
from adapters.http.openapi import operation
from adapters.http.surroundings import HttpSettings
from core.domain.session import Session
from genkan.serve import run
from tests.http.foundation import demo
from tests.http.foundation.demo import Demo


@get("/slow/{seconds:float}", **operation("slow", tag="Served", summary="Slow", who=Who.ANYONE))
async def slow(seconds: FromPath[float]) -> dict[str, float]:
    await asyncio.sleep(seconds)
    return {"slept": seconds}


@get("/ticks", **operation("ticks", tag="Served", summary="Ticks"))
async def ticks(session: Given[Session], streams: Given[Streams]) -> EventStream:
    async def said() -> AsyncIterator[Event]:
        yield Event(event="tick", data=1)
        await asyncio.sleep(3600)

    return streams.stream(session.user, said())


@get("/half", **operation("half", tag="Served", summary="Half an answer"))
async def half(session: Given[Session], streams: Given[Streams]) -> EventStream:
    async def said() -> AsyncIterator[Event]:
        yield Event(event="tick", data=1)
        raise ConnectionError

    return streams.stream(session.user, said())


def main(port: str, grace: str = "20") -> None:
    demo.AREA = (*demo.AREA, slow, ticks, half)
    run(
        lambda _: Demo(settings=HttpSettings(body_time=0.5)).app(),
        "127.0.0.1",
        int(port),
        on_ready=lambda address: print(address, flush=True),
        grace=float(grace),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
