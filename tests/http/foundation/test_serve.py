"""One process serves: its port is its own, it ends as it is asked to, and no bytes from the network upset it."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from genkan.serve import PortTaken, listening_on
from tests.http.foundation.demo import AS_MINA


class Served:
    """The demo portal in a process."""

    def __init__(self, port: int = 0, grace: float = 20) -> None:
        command = [sys.executable, "-m", "tests.http.foundation.served", str(port), str(grace)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        address = self.process.stdout.readline()
        self.port = int(address.rsplit(":", 1)[1]) if address else 0

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def asking(self, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPConnection:
        connection = self.connection()
        connection.request("GET", path, headers=headers or {})
        return connection

    def says(self, sent: bytes, *, end: bool = False) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
            wire.sendall(sent)
            if end:
                wire.shutdown(socket.SHUT_WR)
            return wire.recv(65536)

    def ends(self, within: float) -> int:
        code = self.process.wait(within)
        self.close()
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


@contextmanager
def served(port: int = 0, grace: float = 20) -> Iterator[Served]:
    portal = Served(port, grace)
    try:
        yield portal
    finally:
        portal.close()


@pytest.fixture(scope="module")
def portal() -> Iterator[Served]:
    with served() as running:
        yield running


def status_of(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", answer)
    return int(found[1]) if found else 0


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"GET /api/shelf HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
        (b"GET /api/shelf HTTP/1.1\r\n\r\n", {200, 400}),
        (b"GET /api/lamps/%ff%00/%zz?x=%ff&y=%00 HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        ("GET /é HTTP/1.1\r\nHost: x\r\n\r\n".encode(), {400, 404}),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404}),
        (b"GET /api/greeting?times=\xff HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET http://evil.example/api/shelf HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404}),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {204, 404}),
        (b"CONNECT evil.example:80 HTTP/1.1\r\nHost: x\r\n\r\n", {404, 405}),
        (b"BREW /api/shelf HTTP/1.1\r\nHost: x\r\n\r\n", {405}),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {404, 414}),
        (b"GET /api/shelf HTTP/1.1\r\nHost: x\r\nAccept-Language: \xff\xfe\r\nCookie: \xff=\xff\r\n\r\n", {200}),
        (b"GET /api/lamps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xff\xff\xff\r\n\r\n", {401}),
        (b"GET /api/shelf HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: a\tb\r\n\r\n", {200}),
        (b"GET /api/shelf HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", {200, 400}),
        (b"POST /api/greeting HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", {400}),
        (b"POST /api/greeting HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"garbage\r\n\r\n", {0, 400}),
        (b"\x16\x03\x01\x02\x00", {0, 400}),
    ],
)
def test_no_bytes_are_a_5xx(portal: Served, sent: bytes, statuses: set[int]) -> None:
    # who closes their half before the answer gets none: only what is no whole request needs it
    assert status_of(portal.says(sent, end=0 in statuses)) in statuses


def post(headers: str, body: bytes) -> bytes:
    head = f"POST /api/open HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n\r\n"
    return head.encode() + body


def test_a_body_that_does_not_come_is_408(portal: Served) -> None:
    assert status_of(portal.says(post("Content-Length: 100", b'{"name":'))) == 408


def test_a_chunked_body_is_counted_while_it_comes(portal: Served) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", portal.port), timeout=5) as wire:
        wire.sendall(post("Transfer-Encoding: chunked", b""))
        sent = 0
        try:
            for _ in range(64):  # four megabytes, and never an end
                wire.sendall(chunk)
                sent += 1
        except OSError:
            pass  # it hung up on us, having answered
        assert status_of(wire.recv(65536)) in (413, 0)
    assert status_of(portal.says(b"GET /api/shelf HTTP/1.1\r\nHost: x\r\n\r\n")) == 200


def test_a_broken_chunk_is_a_4xx(portal: Served) -> None:
    assert status_of(portal.says(post("Transfer-Encoding: chunked", b"zz\r\n"))) in (400, 408)


def test_half_an_answer_is_seen_to_be_half(portal: Served) -> None:
    with pytest.raises(http.client.IncompleteRead), closing(portal.asking("/api/half", AS_MINA)) as asked:
        asked.getresponse().read()


def test_a_port_that_is_listened_on_is_not_shared(portal: Served) -> None:
    with pytest.raises(PortTaken, match=str(portal.port)):
        listening_on("127.0.0.1", portal.port)


def test_asked_to_stop_it_ends_streams_and_finishes_what_runs() -> None:
    with (
        served() as portal,
        closing(portal.asking("/api/slow/0.7")) as slow,
        closing(portal.asking("/api/ticks", AS_MINA)) as ticks,
    ):
        stream = ticks.getresponse()
        while b"tick" not in stream.readline():
            pass
        portal.process.send_signal(signal.SIGTERM)
        assert stream.read().endswith(b"\n\n"), "the stream ended in good order"
        assert slow.getresponse().read() == b'{"slept":0.7}'
        assert portal.ends(within=10) == 0


def test_what_takes_longer_than_the_grace_is_cut() -> None:
    with served(grace=0.5) as portal, closing(portal.asking("/api/slow/60")):
        time.sleep(0.3)
        began = time.monotonic()
        portal.process.send_signal(signal.SIGTERM)
        assert portal.ends(within=10) == 0
        assert time.monotonic() - began < 5


def test_killed_it_leaves_nothing_behind() -> None:
    with served() as portal, closing(portal.asking("/api/shelf")) as kept:
        assert kept.getresponse().status == 200
        portal.process.kill()
        portal.process.wait(10)
        with served(portal.port) as again, closing(again.asking("/api/shelf")) as asked:
            assert again.port == portal.port, "the port is free at once: no worker held it"
            assert asked.getresponse().status == 200
