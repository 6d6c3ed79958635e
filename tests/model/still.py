"""A loop in which time goes by steps alone, so that a run depends on what was drawn and on nothing else.

Whoever waits for a date is there at once where nothing else is left to do; whatever threads would do is done on the
spot. Clock and ids of a portal in such a loop are counted, too.
"""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.db import sqlite
from adapters.db.modes import Mode

TURN: Final = 0.0005
"""Seconds that go by with each turn of the loop: about what one takes."""


class _Waiting(selectors.DefaultSelector):
    """Waits for nothing: what would be waited for is gone by."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.gone += TURN if timeout is None else max(timeout, TURN)
        return super().select(0)


class StillLoop(asyncio.SelectorEventLoop):
    """A loop whose time stands still while nobody runs it, and jumps where everybody waits."""

    def __init__(self) -> None:
        self._waiting = _Waiting()
        super().__init__(self._waiting)

    def time(self) -> float:
        return self._waiting.gone

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class LoopClock:
    """`ports.clock.Clock` by a loop's time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time())


class CountedIds:
    """`ports.ids.Ids`, one after the other; they go on when a portal is opened again."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def new(self) -> str:
        self.last += 1
        return f"{self.last:032d}"


class FileHere(sqlite.File):
    """A connection to the embedded database that is asked on the loop's own thread, one statement a turn.

    It never waits for the disk: what dies here is the portal, not the machine.
    """

    def __await__(self) -> Any:
        return self._opened().__await__()

    async def _opened(self) -> "FileHere":
        self._connection = self._connector()
        self._connection.execute("PRAGMA synchronous=OFF")
        return self

    def begin(self, mode: Mode) -> None:
        self._mode = mode
        super().begin(mode)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **named: Any) -> Any:
        await asyncio.sleep(0)
        return fn(*args, **named)

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:  # type: ignore[override]
        """Let go of the file at once; what was not committed is undone."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def files_asked_here() -> Iterator[None]:
    """Embedded databases that are opened in this block are asked on the loop's own thread."""
    before, sqlite.File = sqlite.File, FileHere  # type: ignore[misc]
    try:
        yield
    finally:
        sqlite.File = before  # type: ignore[misc]
