"""Lines of the log on their way out, and the line that every request gets.

A log line for each request would cost as much as the answer itself, were each of them made by structlog and written
at once. So requests have a line of a fixed shape, and a thread writes all there are a few times a second.
"""

import atexit
import threading
import time
from collections import deque
from datetime import datetime
from typing import BinaryIO, Final

import msgspec

from adapters.http.surroundings import Answered
from adapters.system.clock import RealClock

EVERY: Final = 0.1
"""Seconds between two writes; a killed process loses what it was asked last, as its callers lose their answers."""
MOST: Final = 100_000
"""Lines kept while nobody takes them; the oldest are lost first."""


class Lines:
    """Takes lines as they come and writes them in their order: all but those of requests at once."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting: deque[bytes] = deque(maxlen=MOST)
        self._due = threading.Event()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, line: bytes) -> None:
        """Write a line soon."""
        self._waiting.append(line)
        if not self._due.is_set():
            self._due.set()
            if self._thread is None:
                self._begin()

    def write(self, text: str) -> None:
        """Write text behind the lines that wait, as a file does; `flush` sends it off."""
        self._waiting.append(text.encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Write all that waits."""
        with self._writing:
            taken = []
            while self._waiting:
                taken.append(self._waiting.popleft())
            if taken:
                self._out.write(b"".join(taken))
                self._out.flush()

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._go_on, name="log", daemon=True)
        self._thread.start()
        atexit.register(self.flush)

    def _go_on(self) -> None:
        while self._due.wait():
            time.sleep(EVERY)
            self._due.clear()
            self.flush()


class RequestLine(msgspec.Struct, frozen=True):
    """What is written of a request: of the fields that logs may hold, and no others (T-6)."""

    event: str
    level: str
    timestamp: datetime
    method: str
    route: str
    status: int
    milliseconds: float
    correlation: str


class AccessLog:
    """Writes a line for each request that was answered."""

    def __init__(self, lines: Lines) -> None:
        self._put = lines.put
        self._encode = msgspec.json.Encoder().encode
        self._now = RealClock().now

    def __call__(self, call: Answered) -> None:
        """Note the request."""
        line = RequestLine(
            "http.answered",
            "info",
            self._now(),
            call.method,
            call.route,
            call.status,
            call.milliseconds,
            call.correlation_id,
        )
        self._put(self._encode(line) + b"\n")
