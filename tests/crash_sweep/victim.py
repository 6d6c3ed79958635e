"""One life of a portal: the real wiring, served as `genkan serve` does, over a world of another process.

What is the sweep's own stands around it: every commit and every call of another system's port is a point that may be
the last, waits are milliseconds, and a line to the sweeper tells what is passed and whether all is quiet.
"""

import asyncio
import json
import os
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from dependency_injector import providers
from litestar import Litestar
from sqlalchemy import select

from adapters.db import tables
from adapters.db.journal import SqlJournal
from adapters.db.work_tables import work
from adapters.durable.dbos_engine import DbosEngine, DbosSettings
from adapters.durable.engine import Attending
from adapters.durable.memory import Memory
from core.domain.ids import RequestKey
from genkan.container import UPSTREAM
from genkan.handlers import STEPS_VERSION
from genkan.rounds import STREAM, GoRound
from genkan.running import Running, prepare
from genkan.serve import run
from genkan.settings import Settings
from ports.errors import Rejected, Unavailable
from ports.journal import Entry
from tests.crash_sweep.points import DOING, Fate, Knife, WatchedDatabase, WatchedPort, name_of
from tests.surfaces import surface_of

LOOKS = b"x-only-looks"
"""The header of a request by which the sweep looks: it is no part of a journey, and has no points."""
EVERY = 0.05
"""Seconds between two rounds, and between two looks for work that is due."""
QUEUE_EVERY = 0.25
"""Seconds between two looks at the queue of DBOS, each of which costs more."""
_AN_ID = re.compile(r"(?<=/)[^/]*\d[^/]*")


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What one life is told: where to serve from, whom to tell, and what becomes of it."""

    settings: Settings
    line: str
    fate: Fate


class Line:
    """To the sweeper: what happens here is a line of JSON, written before anything else does."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(address)

    def tell(self, what: str, about: Any) -> None:
        """Tell it."""
        self._socket.sendall(json.dumps([what, about]).encode() + b"\n")

    async def asked(self) -> AsyncIterator[str]:
        """What the sweeper asks, until it asks no more."""
        reader, _ = await asyncio.open_unix_connection(sock=self._socket.dup())
        while asked := await reader.readline():
            yield asked.decode().strip()


class WatchedEngine(DbosEngine):
    """The engine, whose work is known by name while it is done."""

    async def open(self, attend: Attending) -> None:
        async def attended(key: RequestKey, memory: Memory, entry: Entry | None = None) -> None:
            entry = entry or await self._journal.find(key)
            DOING.set(name_of(entry.job) if entry is not None else DOING.get())
            await attend(key, memory, entry)

        await super().open(attended)


class Rounds:
    """The portal's rounds, to be waited for."""

    def __init__(self) -> None:
        self._ended = asyncio.Event()

    def one_more(self) -> None:
        """One has ended."""
        ended, self._ended = self._ended, asyncio.Event()
        ended.set()

    async def wait_for_next(self) -> None:
        """Wait until another has ended."""
        await self._ended.wait()


@dataclass(frozen=True)
class Victim(Running):
    """A portal that is watched, and asked over the line."""

    line: Line
    knife: Knife
    rounds: Rounds = field(default_factory=Rounds)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with super().open():
            answering = asyncio.ensure_future(self._answer())
            try:
                yield
            finally:
                answering.cancel()

    @property
    def round(self) -> GoRound:
        usual = super().round

        async def look() -> None:
            await usual.look()
            self.rounds.one_more()

        return replace(usual, every=EVERY, look=look)

    async def _answer(self) -> None:
        DOING.set(None)
        answers: dict[str, Callable[[], Awaitable[Any]]] = {"begin": self._begin, "quiet": self._quiet}
        answers |= {"still": self._still, "books": self._books, "requests": self._requests}

        async def answer(asked: str) -> None:
            self.line.tell(asked, await answers[asked]())

        async with asyncio.TaskGroup() as answering:
            async for asked in self.line.asked():
                if asked in answers:
                    answering.create_task(answer(asked))  # what is asked next may be what this one waits for
                else:
                    self.knife.let_go(asked)
            os._exit(1)  # whoever began it is gone

    async def _begin(self) -> None:
        self.knife.counts = True

    async def _still(self) -> bool:
        """Whether nothing is left to be done, begun or taken in, and a round began and ended since it was asked."""
        it = self.container
        assert self.world is not None
        await self.world.control.now()  # time may have been moved there, of which nobody is told over other protocols
        for _ in range(2):
            await self.rounds.wait_for_next()
        async with it.store().reading() as shelves:
            position = await shelves.facts.position(STREAM)
        try:
            untold = await it.fact_stream().after(position, 0)
        except (Rejected, Unavailable):
            return False  # its place was lost, or the stream is not there yet
        return not untold.facts and await it.work().quiet(EVERY)

    async def _quiet(self) -> bool:
        """Whether it is still, and no request waits for its work to begin either."""
        async with self.container.store().reading() as shelves:
            waiting = await shelves.requests.unstarted(self.container.clock().now())
        return not waiting and await self._still()

    async def _requests(self) -> list[str]:
        """The id of every request."""
        async with self.container.database().reading() as transaction:
            return [row.id for row in await transaction.rows(select(tables.requests.c.id))]

    async def _books(self) -> dict[str, list[Any]]:
        """What the portal keeps of its own, for comparing."""
        async with self.container.database().reading() as transaction:
            return {name: [[*row] for row in await transaction.rows(kept)] for name, kept in BOOKS.items()}


BOOKS = {
    "work": select(work.c.kind, work.c.state, work.c.code).where(
        work.c.kind.not_in(["learn_fact", "complete_cancellation"])
    ),
    "requests": select(tables.requests.c.about),
    "intents": select(tables.intents.c.kind, tables.intents.c.worked_at.is_(None)),
    "notices": select(tables.notices.c.type),
    "audit": select(tables.audit.c.deed),
    "users": select(tables.users.c.state, tables.users.c.language),
}
"""What the portal keeps of its own and nobody is shown.

Facts are learned as often as they are told, and as often is looked whether what they tell of completes a cancellation;
what such a look does is among the effects and the notices.
"""


def made_of(life: Life, line: Line) -> Victim:
    """The portal put together, watched wherever it can die."""
    plain = prepare(life.settings, lambda event, **about: line.tell("event", [event, repr(about)]))
    it = plain.container
    knife = Knife(line.tell, life.fate)
    it.database.override(providers.Singleton(WatchedDatabase, life.settings.database_url, knife))
    for name, role in UPSTREAM.items():
        it.providers[name].override(providers.Object(WatchedPort(it.providers[name](), role, knife)))
    it.engine.override(providers.Singleton(_engine, life.settings, it.database, it.clock, knife))
    it.work.add_kwargs(settings=msgspec.structs.replace(it.work.kwargs["settings"], poll=EVERY))
    return Victim(plain.settings, it, plain.world, line, knife, links=plain.links)


def _engine(settings: Settings, database: WatchedDatabase, clock: Any, knife: Knife) -> DbosEngine:
    dbos = DbosSettings(
        url=settings.work_database_url,
        version=STEPS_VERSION,
        executor=settings.executor_name,
        poll=QUEUE_EVERY,
        listens=settings.works,
        hands_on=settings.is_one_of_several,
    )
    return WatchedEngine(dbos, SqlJournal(database), clock, knife.step)


def known_by_name(app: Litestar) -> None:
    """Have each request of the application known by its name while it is answered."""
    door = app.asgi_handler

    async def named(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            looks = any(name == LOOKS for name, _ in scope["headers"])
            DOING.set(None if looks else f"{scope['method']} {_AN_ID.sub('…', scope['path'])}")
        await door(scope, receive, send)

    app.asgi_handler = named


def live(life: Life) -> None:
    """Serve until asked to stop, or until the point where it dies."""
    line = Line(life.line)
    with surface_of(made_of(life, line), known_by_name) as app:
        run(lambda _: app, "127.0.0.1", 0, on_ready=lambda address: line.tell("ready", address))
