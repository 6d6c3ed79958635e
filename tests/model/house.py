"""A portal in this process that can be cut short anywhere, as by a power cut, and opened again over what it left."""

import asyncio
import gc
import logging
import sqlite3
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import msgspec
import structlog
from sqlalchemy import event
from sqlalchemy.exc import SAWarning

from adapters.fakes.clock import FIRST_MORNING
from adapters.fakes.faults import ANY, FaultKind, Faults
from core.domain.policy import Policy
from genkan.running import Running
from genkan.settings import Durable
from tests.model.still import CountedIds, LoopClock, StillLoop, files_asked_here
from tests.model.wires import over_the_wire_here, systems_asked_here
from tests.portal import asked_from_here, prepared, warm_cleaner
from tests.streaming import scope_of
from tests.surfaces import surface_of
from tests.worlds import a_world

T = TypeVar("T")

SITE: Final = "http://127.0.0.1:8000"
NO_ANSWER: Final = 0
LOGGED_IN: Final = timedelta(days=30)
"""How long a token is good: days go by here in the blink of an eye, and logging in is an action of its own."""
LET_GO: Final = 10.0
"""Seconds that a portal that dies has to let go of what this process holds; it gets nothing more done."""
NEVER: Final = frozenset(
    {
        "http.crashed",
        "http.upstream_refused",
        "facts.broke",
        "facts.look.broke",
        "round.broke",
        "duty.ended",
        "leader.unknown",
        "work.broke",
        "work.fell",
        "work.left",
        "work.untold",
    }
)
"""What a portal says in its log when something happened that nobody foresaw."""


@dataclass(frozen=True)
class Answer:
    """One answer; status 0: the portal died before there was one."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The problem's code, or nothing."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@contextmanager
def nobody_minds_open_connections() -> Iterator[None]:
    """Whoever is killed gives no connection back to its pool."""
    pool = logging.getLogger("sqlalchemy.pool")
    before = pool.level
    pool.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(action="ignore", category=SAWarning):
            yield
    finally:
        pool.setLevel(before)


Call = tuple[str, str, Mapping[str, Any]]
"""Method, path below /api, and what httpx makes a request's headers and body of."""


class House:
    """The portal, its database in `folder`, and the world, which outlives it.

    Nothing goes on but what a call here lets go on.
    """

    def __init__(self, folder: Path, like: "House | None" = None) -> None:
        self.folder = folder
        self.fuse: int | None = None
        """After so many turns of the loop the portal dies."""
        self.deaths = 0
        self.heard: Counter[str] = Counter()
        self.loop: asyncio.AbstractEventLoop = StillLoop()
        start = like.world.clock.now() if like is not None else FIRST_MORNING
        clock = LoopClock(self.loop, start)
        self.world = like.world.twin(start, clock) if like is not None else a_world(clock)
        self.ids = CountedIds(like.ids.last if like is not None else 0)
        self._wires: list[Any] = []
        self._dying = False
        self._block = ExitStack()
        self._served: asyncio.Task[None] | None = None

    # --- beginning and end -----------------------------------------------------------------------------------------
    def open(self, migrated: Path) -> None:
        """Open the portal, as a process that starts over what is in the folder."""
        self._migrated = migrated
        self._block = ExitStack()
        self._block.enter_context(files_asked_here())
        self._block.enter_context(systems_asked_here(lambda: not self._dying))
        self._block.enter_context(self._listening())
        self._block.enter_context(nobody_minds_open_connections())
        self.running = self._prepared()
        self._app: Any = self._block.enter_context(surface_of(self.running, asked_from_here))
        self._closing = asyncio.Event()
        opened = self.loop.create_future()
        self._served = self.loop.create_task(self._serve(opened))
        self.loop.run_until_complete(asyncio.wait({self._served, opened}, return_when=asyncio.FIRST_COMPLETED))
        if self._served.done():
            self._served.result()

    def close(self) -> None:
        """Stop as a process does that is asked to."""
        assert self._served is not None
        self._closing.set()
        self.loop.run_until_complete(self._served)
        self._served = None
        self._wires.clear()
        self._block.close()

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self._served is not None:
            self._die()
        with nobody_minds_open_connections():
            gc.collect()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    def _prepared(self) -> Running:
        running = prepared(
            self.folder,
            self._migrated,
            self.world,
            warm_cleaner(),
            self._hear,
            policy=Policy(access_life=LOGGED_IN),
            durable=Durable.JOURNAL,
            first_retry=0.2,
            longest_retry=60.0,
            **over_the_wire_here(),
        )
        running.container.ids.override(self.ids)
        database = running.container.database()
        for engine in (database.engine.sync_engine, database.readers):
            event.listen(engine, "connect", self._connected)
        return running

    def _connected(self, wire: Any, _: Any) -> None:
        self._wires.append(getattr(wire, "driver_connection", wire))
        if self._dying:
            self._cut_wires()
            raise ConnectionError("nobody who is dead opens a database")

    def _cut_wires(self) -> list[Any]:
        gone = [_cut(wire) for wire in self._wires]
        self._wires.clear()
        return [each for each in gone if each is not None]

    async def _serve(self, opened: "asyncio.Future[None]") -> None:
        async with self.running.open():
            opened.set_result(None)
            await self._closing.wait()

    # --- asking ----------------------------------------------------------------------------------------------------
    def ask(self, method: str, path: str, **more: Any) -> Answer:
        """The answer to one request."""
        return self.at_once([(method, path, more)])[0]

    def at_once(self, calls: Sequence[Call]) -> list[Answer]:
        """The answers to requests that are there at one moment."""
        requests = [httpx.Request(method, f"{SITE}/api{path}", **more) for method, path, more in calls]

        async def ask() -> list[Answer]:
            return list(await asyncio.gather(*(self._answer(request) for request in requests)))

        answers = self.do(ask)
        return answers if answers is not None else [Answer(NO_ANSWER) for _ in calls]

    def do(self, what: Callable[..., Awaitable[T]], *given: Any, **named: Any) -> T | None:
        """What that answers, done inside the portal's loop; None where the portal died meanwhile."""
        task: asyncio.Task[T] = self.loop.create_task(what(*given, **named))  # type: ignore[arg-type]
        self.loop.run_until_complete(self._until_done_or_dead(task))
        if self.fuse == 0:
            self.fuse = None
            self._die()
            self.open(self._migrated)
            return None
        return task.result()

    def go_on(self, seconds: float) -> None:
        """Let what goes on by itself go on for so long."""
        self.do(asyncio.sleep, seconds)

    def settle(self) -> bool:
        """Let everything happen that is due; whether all was quiet then."""
        return bool(self.do(self.running.settle, 10.0))

    async def _until_done_or_dead(self, task: "asyncio.Task[Any]") -> None:
        while not task.done() and self.fuse != 0:
            if self.fuse is None:
                await asyncio.wait({task})
            else:
                self.fuse -= 1
                await asyncio.sleep(0)

    async def _answer(self, request: httpx.Request) -> Answer:
        said: list[Any] = []
        body: list[Any] = [{"type": "http.request", "body": request.read(), "more_body": False}]

        async def receive() -> Any:
            if body:
                return body.pop()
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope_of(request), receive, send)
        content = b"".join(message.get("body", b"") for message in said[1:])
        headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return Answer(said[0]["status"], msgspec.json.decode(content) if content else None, headers)

    # --- dying -----------------------------------------------------------------------------------------------------
    def _die(self) -> None:
        """End as a process does that is killed: nothing more is written anywhere, nothing is handed over."""
        self.deaths += 1
        self._dying = True
        alive, self.world.faults = self.world.faults, Faults()
        self.world.faults.switch(ANY, ANY, FaultKind.UNAVAILABLE)
        asyncio.set_event_loop(self.loop)
        if gone := self._cut_wires():
            self.loop.run_until_complete(asyncio.wait(gone, timeout=LET_GO))
        living = asyncio.all_tasks(self.loop)
        while living:
            for each in living:
                each.cancel()
            # what they begin in order to let go of things may end by itself
            self.loop.run_until_complete(self._let_go(living))
            living = asyncio.all_tasks(self.loop)
        asyncio.set_event_loop(None)
        self._dying = False
        self._served = None
        self._block.close()
        self.world.faults = alive
        self.heard.clear()

    async def _let_go(self, living: "set[asyncio.Task[Any]]") -> None:
        me = asyncio.current_task()
        while living:
            done, _ = await asyncio.wait(living, timeout=LET_GO)
            for task in done:
                task.cancelled() or task.exception()
            if not done:
                return
            living = {*asyncio.all_tasks()} - {me}

    # --- listening -------------------------------------------------------------------------------------------------
    def _hear(self, event: str, **about: Any) -> None:
        if event in NEVER:
            self.heard[f"{event} {about}"] += 1

    @contextmanager
    def _listening(self) -> Iterator[None]:
        def note(_: Any, __: str, said: Any) -> Any:
            if said["event"] in NEVER:
                self.heard[f"{said['event']} {said}"] += 1
            raise structlog.DropEvent

        before = structlog.get_config()
        structlog.configure(processors=[note], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        try:
            yield
        finally:
            structlog.configure(**before)


def _cut(wire: Any) -> Any:
    if isinstance(wire, sqlite3.Connection):  # one that is only read
        return wire.close()
    return (getattr(wire, "terminate", None) or wire.stop)()
