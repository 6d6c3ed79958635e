"""The points where a portal can die, told by the code as it runs: each commit and each call of another system's port.

A point stands before something or after it, and has the name of the work or the request that came by:
`provision: Provisioner.ensure_billed, after`; the second time, `provision: Provisioner.ensure_billed, after (2nd)`.
"""

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any, Final

import msgspec

from adapters.db import unit_of_work
from adapters.db.database import Database
from adapters.db.transaction import Transaction
from core.domain.work import Job, WorkKind
from ports.errors import Rejected, Unavailable
from tests.architecture.test_remote_writes import READS

ITSELF: Final = "by itself"
"""What does neither work nor a request: rounds, and the taking in of facts."""
BEFORE, AFTER = "before", "after"
OF_ITSELF: Final = 2
"""How often a point is one where the portal goes round by itself: from then on nothing is new there."""
_POINT: Final = re.compile(r"(?P<doing>.+?): (?P<what>.+), (?P<side>before|after)(?: \(\d+(st|nd|rd|th)\))?")
_READS: Final = frozenset(f"{port}.{method}" for port, methods in READS.items() for method in methods) | {
    "FactStream.after"
}
_COMMIT: Final = "commit of "
_CATALOG: Final = "CatalogShelf."

DOING: ContextVar[str | None] = ContextVar("doing", default=ITSELF)
"""What is being done: a kind of work, a request; None where somebody only looks, and nothing counts."""


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a life: where it dies, by a point's name or as the so-manieth; or that it waits at some.

    Points count when the sweeper says so, or `from_start`. It waits, where it `holds`, until it is let go on.
    """

    name: str | None = None
    place: int | None = None
    from_start: bool = False
    holds: frozenset[str] = frozenset()


class Knife:
    """Tells of each point that the process comes by, and dies or waits there if that is its fate."""

    def __init__(self, tell: Callable[[str, Any], None], fate: Fate) -> None:
        self._tell = tell
        self._fate = fate
        self._passed: Counter[str] = Counter()
        self._met = 0
        self._held: dict[str, asyncio.Event] = {}
        self.counts = fate.from_start

    async def __call__(self, what: str, side: str) -> None:
        """Come by, before something or after it."""
        doing = DOING.get()
        if doing is None or not self.counts:
            return
        point = f"{doing}: {what}, {side}"
        self._passed[point] += 1
        times = self._passed[point]
        if doing == ITSELF and times > OF_ITSELF:
            return
        point += f" ({ordinal(times)})" if times > 1 else ""
        self._tell("point", point)
        if point == self._fate.name or self._met == self._fate.place:
            os.kill(os.getpid(), signal.SIGKILL)
        self._met += 1
        if point in self._fate.holds:
            self._held[point] = asyncio.Event()
            self._tell("held", point)
            await self._held[point].wait()

    def let_go(self, point: str) -> None:
        """Let what is held at the point go on."""
        self._held[point].set()

    async def step(self, name: str) -> None:
        """A point of the engine: what a step answered is about to be remembered, or was."""
        step, _, what = name.rpartition(": ")
        await self(f"step {step!r} remembered", BEFORE if what == "remember" else AFTER)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th and so on."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def parts_of(point: str) -> tuple[str, str, str]:
    """The work or request that a point belongs to, what it stands at, and on which side."""
    found = _POINT.fullmatch(point)
    assert found is not None, point
    return found["doing"], found["what"], found["side"]


def can_be_held(point: str) -> bool:
    """Whether others can go on while somebody waits there.

    Before a commit nobody else can write; and who needs the catalog waits for the reading that is under way.
    """
    _, what, side = parts_of(point)
    return not (side == BEFORE and what.startswith((_COMMIT, _CATALOG)))


def moments(passed: Sequence[str], answered: int) -> list[str]:
    """The first point of each moment: between two of them something was written, or the customer was answered.

    Points with nothing between them but reading are one moment for whoever starts anew. What is being written at the
    same time may be written or not, so that is another moment too. `answered` is the number of points before the
    answer.
    """
    written, under_way, met, found = 0, Counter[str](), set[Any](), []
    for place, point in enumerate(passed):
        doing, what, side = parts_of(point)
        writes, one = what not in _READS, f"{doing}: {what}"
        if writes and side == AFTER:
            under_way -= Counter([one])
            written += 1
        moment = (written, frozenset(under_way.items()), place >= answered)
        if moment not in met:
            met.add(moment)
            found.append(point)
        if writes and side == BEFORE:
            under_way[one] += 1
    return found


def name_of(job: Job) -> str:
    """What work is called in points: its kind, with the fact that is learned or the day's job that is done."""
    match job.kind:
        case WorkKind.LEARN_FACT:
            return f"{job.kind} {job.data['type']}"
        case WorkKind.DAILY | WorkKind.NIGHTLY:
            return f"{job.kind} {job.data['job']}"
        case _:
            return job.kind.value


def kind_of(doing: str) -> WorkKind | None:
    """The kind of work of that name; None for requests and what goes round by itself."""
    word = doing.partition(" ")[0]
    return WorkKind(word) if word in [*WorkKind] else None


class WatchedPort:
    """A port of another system: each call of it is a point before and after it, also where it refused or was silent."""

    def __init__(self, port: Any, role: type, knife: Knife) -> None:
        self._port = port
        self._role = role.__name__
        self._knife = knife

    def __getattr__(self, name: str) -> Any:
        method, what = getattr(self._port, name), f"{self._role}.{name}"

        async def called(*given: Any, **named: Any) -> Any:
            await self._knife(what, BEFORE)
            try:
                answer = await method(*given, **named)
            except (Rejected, Unavailable):
                await self._knife(what, AFTER)
                raise
            await self._knife(what, AFTER)
            return answer

        return called


class WatchedDatabase(Database):
    """The portal's database: each commit is a point before and after it."""

    def __init__(self, url: str, knife: Knife) -> None:
        super().__init__(url)
        self._knife = knife

    @asynccontextmanager
    async def writing(self, *, durable: bool = False) -> AsyncIterator[Transaction]:
        what = f"{_COMMIT}{_whose(sys._getframe())}"
        async with super().writing(durable=durable) as transaction:
            yield transaction
            await self._knife(what, BEFORE)
        await self._knife(what, AFTER)


_WAYS: Final = frozenset({__file__, unit_of_work.__file__})


def _whose(frame: FrameType | None) -> str:
    """Who opened the unit of work: the first on the way here that is no way itself."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file not in _WAYS and Path(file).stem != "contextlib":
            return frame.f_code.co_qualname.removesuffix(".__call__").replace(".<locals>", "")
        frame = frame.f_back
    return "nobody"
