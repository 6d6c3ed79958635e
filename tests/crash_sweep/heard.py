"""A life that has begun, as the sweeper hears of it."""

import json
import queue
import signal
import socket
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.crash_sweep.zygote import Zygote

PATIENCE = 60.0
"""Seconds within which all moves again (T-8)."""


class Died(Exception):
    """The portal's process ended, as it was told to."""


class Broken(Exception):
    """Something that the sweep did not bring about."""


class LifeHeard:
    """What it tells, and what it answers to whoever asks, from any thread."""

    def __init__(self, pid: int, zygote: Zygote, line: socket.socket, held: Callable[[str], None]) -> None:
        self.pid = pid
        self.passed: list[str] = []
        self.events: list[Any] = []
        self._zygote = zygote
        self._line = line
        self._held = held
        self._status: int | None = None
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self._heard = threading.Condition()
        self._over = threading.Event()
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._writing, self._ending = threading.Lock(), threading.Lock()
        for hears in (self._hear, self._look_at_held):
            threading.Thread(target=hears, daemon=True).start()

    def ask(self, what: str, seconds: float = PATIENCE) -> Any:
        """What it answers; raises Died when it dies instead."""
        try:
            self._say(what)
        except OSError:
            self.died()
        return self.answer(what, seconds)

    def answer(self, what: str, seconds: float = PATIENCE) -> Any:
        """The answer to what was asked."""
        with self._heard:
            if not self._heard.wait_for(lambda: self._answers[what] or self._over.is_set(), seconds):
                raise Broken(f"no answer to {what!r}: {self.events[-5:]}")
            if self._answers[what]:
                return self._answers[what].pop(0)
        return self.died()

    def died(self) -> Any:
        """Raise Died, or Broken where it ended in another way than by being killed at a point."""
        status = self.end()
        if status != -signal.SIGKILL:
            raise Broken(f"it ended with status {status}: {self.events[-5:]}")
        raise Died(self.passed[-1] if self.passed else "")

    def is_over(self) -> bool:
        """Whether it has ended, or does while there is patience."""
        return self._over.wait(PATIENCE)

    def end(self) -> int:
        """Wait for its end; how it ended."""
        with self._ending:
            if self._status is None:
                self._over.wait(PATIENCE)
                self._status = self._zygote.ended(self.pid)
                self._line.close()
            return self._status

    def _hear(self) -> None:
        with self._line.makefile("rb") as lines, suppress(ConnectionResetError):
            for line in lines:
                what, about = json.loads(line)
                if what == "point":
                    self.passed.append(about)
                elif what == "event":
                    self.events.append(about)
                elif what == "held":
                    self._waiting.put(about)
                else:
                    with self._heard:
                        self._answers[what].append(about)
                        self._heard.notify_all()
        with self._heard:
            self._over.set()
            self._heard.notify_all()
        self._waiting.put(None)

    def _look_at_held(self) -> None:
        while (point := self._waiting.get()) is not None:
            try:
                self._held(point)
            finally:
                with suppress(OSError):
                    self._say(point)

    def _say(self, what: str) -> None:
        with self._writing:
            self._line.sendall(what.encode() + b"\n")
