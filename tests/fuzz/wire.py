"""Requests as bytes on a socket, right or wrong, and the answers as they come."""

import io
import json
import socket
from collections.abc import Iterable, Mapping, Sequence
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

Headers = Iterable[tuple[bytes, bytes]]
WAITS = 20.0


class Answer(msgspec.Struct, frozen=True):
    """One answer; status 0 says that the connection ended without one."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    @property
    def problem(self) -> dict[str, Any]:
        """The problem it is, or {}."""
        if self.headers.get("content-type") != "application/problem+json":
            return {}
        found: dict[str, Any] = json.loads(self.body)
        return found


def request(
    method: bytes, target: bytes, headers: Headers = (), body: bytes = b"", host: bytes = b"localhost"
) -> bytes:
    """A request as it goes over the wire; a body is announced unless `headers` say something else about it."""
    said = [(name, value) for name, value in headers]
    names = {name.lower() for name, _ in said}
    if body and not names & {b"content-length", b"transfer-encoding"}:
        said.append((b"Content-Length", str(len(body)).encode()))
    if b"host" not in names and host:
        said.insert(0, (b"Host", host))
    lines = [method + b" " + target + b" HTTP/1.1", *(name + b": " + value for name, value in said), b"", b""]
    return b"\r\n".join(lines) + body


def at_once(address: str, requests: Sequence[bytes]) -> list[Answer]:
    """The answers to requests that leave within a millisecond, each on a connection of its own."""
    wires = [Wire(address) for _ in requests]
    for wire in wires:
        wire.open()
    for wire, sent in zip(wires, requests, strict=True):
        wire.send(sent)
    answers = [wire.read() for wire in wires]
    for wire in wires:
        wire.close()
    return answers


class _Incoming(io.BufferedReader):
    """What comes over a connection, for one answer after the other: whoever has read one does not close it.

    Answers may come together, so what was read ahead belongs to the next one.
    """

    def makefile(self, _mode: str) -> "_Incoming":
        """As http.client asks a socket."""
        return self

    def close(self) -> None:
        pass

    def hang_up(self) -> None:
        """Close it."""
        super().close()


class Wire:
    """A connection that is opened again when it was closed."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._place = (url.hostname or "", url.port or 0)
        self._socket: socket.socket | None = None
        self._incoming: _Incoming | None = None

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._incoming is not None:
            self._incoming.hang_up()
        if self._socket is not None:
            self._socket.close()
        self._socket = self._incoming = None

    def open(self) -> None:
        """Connect, unless connected."""
        if self._socket is None:
            self._socket = self._open()

    def send(self, sent: bytes) -> None:
        """Send without waiting for an answer."""
        assert self._socket is not None
        self._socket.sendall(sent)

    def read(self, *, head: bool = False) -> Answer:
        """The next answer."""
        return self._read(head)

    def ask(self, sent: bytes, *, head: bool = False) -> Answer:
        """The answer to `sent`; a kept connection that turned out to be closed is opened anew, once."""
        was_open = self._socket is not None
        answer = self._once(sent, head)
        if answer.status == 0 and was_open:
            answer = self._once(sent, head)
        return answer

    def alone(self, *parts: bytes, head: bool = False, answers: int = 1) -> list[Answer]:
        """The answers to `parts`, sent one after the other on a connection of their own."""
        self.close()
        self._socket = self._open()
        try:
            for part in parts:
                self._socket.sendall(part)
        except OSError:
            pass  # it said what it wants before all was sent
        found = [self._read(head) for _ in range(answers)]
        self.close()
        return found

    def _once(self, sent: bytes, head: bool) -> Answer:
        try:
            self._socket = self._socket or self._open()
            self._socket.sendall(sent)
        except OSError:
            if self._socket is None:
                raise
        return self._read(head)

    def _read(self, head: bool) -> Answer:
        if self._incoming is None:
            return Answer(0)
        response = HTTPResponse(self._incoming, method="HEAD" if head else "GET")  # type: ignore[arg-type]
        try:
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            endless = headers.get("content-type", "").startswith("text/event-stream")
            answer = Answer(response.status, headers, b"" if endless else response.read())
        except TimeoutError:
            raise
        except (OSError, HTTPException):
            self.close()
            return Answer(0)
        if response.will_close or endless:
            self.close()
        return answer

    def _open(self) -> socket.socket:
        opened = socket.create_connection(self._place, timeout=WAITS)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._incoming = _Incoming(socket.SocketIO(opened, "r"))
        return opened
