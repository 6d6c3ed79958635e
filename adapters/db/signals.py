"""What the instances on one PostgreSQL tell each other at once, by LISTEN and NOTIFY (ADR 0033)."""

import asyncio
import json
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from asyncpg import connect

from adapters.db.database import Database
from adapters.db.postgresql import LOST, plain_url
from adapters.db.telling import Heard, Missed

CHANNEL: Final = "genkan"
EVERYTHING: Final = ("everything",)
"""Said in place of what was too much to say: whatever is remembered is to be read again."""
HEARTBEAT: Final = 10.0
"""Seconds between two looks at a connection on which nothing happens: one that is lost says nothing of it."""
_WITHIN: Final = 5.0
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0
_MOST_AT_ONCE: Final = 50
"""With ids of the length ours have, well beneath the 8,000 bytes that a notification may be long."""
_MOST_WAITING: Final = 10_000


class Signals:
    """One connection that listens, and tells what is said here to all the others, in order and ids only.

    A lost connection is opened again. What was said meanwhile is told then; what others said is lost, so `missed` is
    called each time listening begins.
    """

    def __init__(self, database: Database) -> None:
        self._url = plain_url(database.url)
        # a dictionary, so that the same waits but once to be told
        self._unsaid: dict[tuple[str, ...], None] = {}
        self._all_said = asyncio.Event()
        self._all_said.set()
        self._something = asyncio.Event()
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._heard: Heard = _nobody
        self._missed: Missed = _nobody

    def tell(self, *said: str) -> None:
        """Tell every other instance soon; never waits for them."""
        if len(self._unsaid) >= _MOST_WAITING:
            self._unsaid.clear()
            said = EVERYTHING
        self._unsaid[said] = None
        self._all_said.clear()
        self._something.set()

    async def open(self, heard: Heard, missed: Missed) -> None:
        """Listen from here on, as soon as the server answers."""
        self._heard, self._missed = heard, missed
        self._task = asyncio.create_task(self._forever())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), _WITHIN)

    async def close(self) -> None:
        """Tell what is left to be told, and stop."""
        if self._task is None:
            return
        with suppress(TimeoutError):
            if self._listening.is_set():
                await asyncio.wait_for(self._all_said.wait(), 1)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _forever(self) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                async with asyncio.timeout(_WITHIN):
                    connection = await connect(self._url, server_settings={"application_name": "genkan"})
            except LOST:
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            wait = _FIRST_WAIT
            try:
                connection.add_termination_listener(self._look)
                await connection.add_listener(CHANNEL, self._hear)
                self._missed()
                self._listening.set()
                await self._go_on(connection)
            except LOST:
                continue
            finally:
                self._listening.clear()
                connection.terminate()

    async def _go_on(self, connection: Any) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), HEARTBEAT)
            self._something.clear()
            async with asyncio.timeout(_WITHIN):
                if not self._unsaid:
                    await connection.execute("SELECT 1")
                while self._unsaid:
                    await self._say(connection, [*islice(self._unsaid, _MOST_AT_ONCE)])
            self._all_said.set()

    async def _say(self, connection: Any, saying: list[tuple[str, ...]]) -> None:
        for said in saying:
            del self._unsaid[said]  # what is said again from here on happened later, and is told again
        try:
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, json.dumps(saying))
        except BaseException:
            self._unsaid = dict.fromkeys(saying) | self._unsaid
            raise

    def _look(self, _connection: Any) -> None:
        self._something.set()

    def _hear(self, connection: Any, process: int, _channel: str, payload: str) -> None:
        if process == connection.get_server_pid():
            return
        for said in json.loads(payload):
            self._heard(*said)


def _nobody(*_said: str) -> None:
    pass
