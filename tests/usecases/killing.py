"""Kill durable work at every point where it could hurt, start again, and look at what became of the world (T-1).

    def make() -> Shop:                                   # a fresh world for every run; may be an async context manager
        return Shop()

    def handlers(shop: Shop, durable: DurableWork) -> dict[WorkKind, Handler]:
        return {WorkKind.PLACE_ORDERS: PlaceOrders(shop.book, shop.desk)}

    async def act(shop: Shop, durable: DurableWork) -> None:   # what the client does; after a crash it does it again
        await durable.start(Job(key=request_key("order", "1"), kind=WorkKind.PLACE_ORDERS, data={"cart": "c1"}))

    async def check(shop: Shop) -> None:
        assert shop.book.orders == ["1"]

    async def test_an_order_is_placed_once_wherever_the_portal_dies() -> None:
        assert await kill_at_every_point(make, handlers, act, check) > 8

The first run dies nowhere and counts the points: before and after each step, and before and after each commit of the
journal. Then one run for each point: die there, leave the runner behind, start another over the same journal, let it
run to its end, check. With `calls_of` each call of the made-up systems is such a point too, before its effect and
after. With `kills=2` the second start dies too, as many points in. The answer is the number of points,
so that a test notices when they become fewer. With `reaching` the whole run must have done these steps of such work, or
of learning such a fact: a sweep that no longer comes where it was meant to kill says so.

`make sweep` goes through all points. Any other run dies after what each step did and each effect of a call, before work
is accepted and before its end is told: at the rest nothing has happened since the point before, as between remembering
one step and beginning the next, or what has happened is the runner's own, which tests/adapters kill at every point.
"""

import inspect
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

from adapters.durable.doing import Handler
from adapters.durable.memory import nowhere
from adapters.durable.runner import Runner
from adapters.durable.settings import RunnerSettings
from adapters.fakes.journal import MemoryJournal
from adapters.fakes.world import World
from adapters.system.clock import RealClock
from core.domain.facts import Fact
from core.domain.ids import RequestKey
from core.domain.work import Work, WorkKind, WorkState
from ports.clock import Clock
from ports.durable import DurableWork
from ports.journal import Journal

W = TypeVar("W")
Reaching: TypeAlias = Mapping[WorkKind | type[Fact], Collection[str]]
"""Steps by the kind of their work; those of learning by the fact, for each is learned by another use case."""

SETTINGS: Final = RunnerSettings(
    first_wait=timedelta(milliseconds=1), longest_wait=timedelta(milliseconds=5), poll=0.02
)
PATIENCE: Final = 20.0


WHOLE: Final = os.environ.get("GENKAN_SWEEP") == "whole"
_LEFT_OUT: Final = frozenset({"accepted", "begin", "begun", "remember", "remembered", "end", "tell", "told", "call"})


class Killed(BaseException):
    """The process died here; nothing catches it."""


@dataclass
class Knife:
    """Kills whoever comes to the `at`-th point; what is dead gets no further anywhere else either."""

    at: int | None = None
    passed: list[str] = field(default_factory=list)
    dead: bool = False

    async def __call__(self, point: str) -> None:
        self.dead = self.dead or len(self.passed) == self.at
        if self.dead:
            raise Killed(point)
        self.passed.append(point)


class _Watched(MemoryJournal):
    """A journal that also tells which steps of which work were done, and of learning which fact."""

    def __init__(self) -> None:
        super().__init__()
        self.done: dict[str, set[str]] = {}

    async def remember(self, key: RequestKey, step: str, answer: Any, at: datetime) -> bool:
        entry = await self.find(key)
        assert entry is not None
        work = entry.job.data["type"] if entry.job.kind is WorkKind.LEARN_FACT else entry.job.kind
        self.done.setdefault(work, set()).add(step)
        return await super().remember(key, step, answer, at)


async def kill_at_every_point(
    make: Callable[[], Any],
    handlers: Callable[[W, DurableWork], Mapping[WorkKind, Handler]],
    act: Callable[[W, DurableWork], Awaitable[Any]],
    check: Callable[[W], Awaitable[None]],
    *,
    clock: Callable[[W], Clock] = lambda _: RealClock(),
    on_end: Callable[[W], Callable[[Work], Awaitable[None]]] | None = None,
    settings: RunnerSettings = SETTINGS,
    kills: int = 1,
    with_staff: bool = False,
    calls_of: Callable[[W], World] | None = None,
    reaching: Reaching = MappingProxyType({}),
) -> int:
    """Run once without a crash, then once for each point with a crash there; how many points there were.

    Work must be over at the end of each run, and not with staff unless `with_staff` says so.
    """

    async def run(knives: list[Knife]) -> _Watched:
        async with _opened(make()) as world:
            journal = _Watched()
            for knife in [*knives, Knife()]:
                if calls_of is not None:
                    calls_of(world).at_call = knife
                runner = Runner(
                    journal,
                    clock(world),
                    settings=settings,
                    point=knife,
                    **({"on_end": on_end(world)} if on_end else {}),
                )
                runner.bind(handlers(world, runner))
                await _live(runner, lambda runner=runner: act(world, runner), knife)
            await _is_over(journal, with_staff)
            if calls_of is not None:
                calls_of(world).at_call = nowhere
            await check(world)
            return journal

    whole = Knife()
    journal = await run([whole])
    named = {work if isinstance(work, WorkKind) else work.__name__: set(steps) for work, steps in reaching.items()}
    missed = {work: steps - journal.done.get(work, set()) for work, steps in named.items()}
    assert not any(missed.values()), f"the whole run never did {missed}"
    for at, point in enumerate(whole.passed):
        if not WHOLE and not _hurts(point):
            continue
        try:
            await run([Knife(at) for _ in range(kills)])
        except BaseException as error:
            error.add_note(f"killed at point {at} of {len(whole.passed)}: {point}")
            raise
    return len(whole.passed)


def _hurts(point: str) -> bool:
    where, _, place = point.rpartition(": ")
    # what only reads has no effect to be lost
    return ".ensure_" in where if place == "called" else place not in _LEFT_OUT


async def _live(runner: Runner, act: Callable[[], Awaitable[Any]], knife: Knife) -> None:
    """One life of the process: until all is quiet, or until it dies."""
    try:
        await runner.open()
        await act()
        quiet = await runner.quiet(PATIENCE)
        assert quiet or knife.dead, "work goes on and on"
    except Killed:
        pass
    finally:
        await runner.stop(0)


async def _is_over(journal: Journal, with_staff: bool) -> None:
    left = await journal.unsettled(None)
    # what was refused is over; operators are shown it all the same while its order wants another attempt
    expected = {WorkState.REFUSED, WorkState.WITH_STAFF} if with_staff else {WorkState.REFUSED}
    assert all(entry.state in expected for entry in left), left


@asynccontextmanager
async def _opened(world: Any) -> AsyncIterator[Any]:
    if hasattr(world, "__aenter__"):
        async with world as opened:
            yield opened
    else:
        yield await world if inspect.isawaitable(world) else world
