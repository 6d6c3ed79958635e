"""A load generator: a few keep-alive connections that ask the same thing as fast as it is answered.

Run as a process of its own, `python -m benchmarks.load`, pinned to a core; prints one JSON line.
"""

import argparse
import asyncio
import json
import os
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import cast

import uvloop


@dataclass(frozen=True)
class Load:
    """What one run of load saw; times in milliseconds, `per_second` in answers."""

    answers: int
    per_second: float
    median_ms: float
    p99_ms: float
    status: int


class WrongAnswer(Exception):
    """An answer differs from the first one."""


@dataclass
class Asker(asyncio.Protocol):
    """One connection. Answers are the same in length and status, so only the first one is taken apart."""

    request: bytes
    over: asyncio.Event
    times: list[float] = field(default_factory=list)
    status: bytes = b""
    wrong: Exception | None = None
    _length: int = 0
    _got: bytes = b""
    _began: float = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._got = self._got + data if self._got else data
        if not self._length:
            self._length = whole_length(self._got)
            self.status = self._got[9:12]
        if not self._length or len(self._got) < self._length:
            return
        if len(self._got) != self._length or self._got[9:12] != self.status:
            self.wrong = WrongAnswer(self._got[:200].decode("latin-1"))
            self.over.set()
            return
        self.times.append(perf_counter() - self._began)
        self._got = b""
        if not self.over.is_set():
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.is_set():
            self.wrong = error or WrongAnswer("the server hung up")
            self.over.set()

    def close(self) -> None:
        self._transport.close()

    def _ask(self) -> None:
        self._began = perf_counter()
        self._transport.write(self.request)


def whole_length(got: bytes) -> int:
    """How long the answer that begins with `got` is altogether; 0 while its head is not whole."""
    head, blank, _ = got.partition(b"\r\n\r\n")
    if not blank:
        return 0
    said = [line.split(b":") for line in head.lower().split(b"\r\n")]
    length = next((int(words[1]) for words in said if words[0] == b"content-length"), 0)
    return len(head) + 4 + length


def request_for(path: str, headers: dict[str, str]) -> bytes:
    """A GET as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def drive(port: int, request: bytes, *, connections: int, seconds: float) -> Load:
    """Ask for `seconds` over that many connections."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    askers = [Asker(request, over) for _ in range(connections)]
    began = perf_counter()
    for asker in askers:
        await loop.create_connection(lambda asker=asker: asker, "127.0.0.1", port)  # type: ignore[misc]
    loop.call_later(seconds, over.set)
    await over.wait()
    took = perf_counter() - began
    for asker in askers:
        asker.close()
        if asker.wrong is not None:
            raise asker.wrong
    times = sorted(time for asker in askers for time in asker.times)
    return Load(
        answers=len(times),
        per_second=len(times) / took,
        median_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        status=int(askers[0].status),
    )


def main() -> None:
    """Drive load as told by the command line."""
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--path", required=True)
    words.add_argument("--headers", type=json.loads, default={})
    words.add_argument("--connections", type=int, default=16)
    words.add_argument("--seconds", type=float, default=3.0)
    words.add_argument("--core", type=int)
    told = words.parse_args()
    if told.core is not None:
        os.sched_setaffinity(0, {told.core})
    request = request_for(told.path, told.headers)
    load = uvloop.run(drive(told.port, request, connections=told.connections, seconds=told.seconds))
    print(json.dumps(asdict(load)))


if __name__ == "__main__":
    main()
