"""What a process does beside answering: alone all of it, among several what is its part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog

from adapters.db.executors import SqlExecutors
from adapters.db.leadership import leadership_of
from adapters.durable.leases import Leases
from genkan.settings import Durable, Settings, Wrong
from ports.leadership import Leadership

log = structlog.get_logger()

CLAIM_WITHIN: Final = 8.0
"""Seconds in which a process that died must have let go of its name."""
LOOK: Final = 3.0
"""Seconds between two looks for who leads."""


@asynccontextmanager
async def claimed(settings: Settings, database: Any, within: float = CLAIM_WITHIN) -> AsyncIterator[None]:
    """Be the one executor of this name until the block ends; raises Wrong while another process is.

    Two that share a name would do a step twice.
    """
    if settings.durable is Durable.JOURNAL:
        yield
        return
    name = settings.executor_name
    claim = leadership_of(database, f"executor-{name}")
    until = asyncio.get_running_loop().time() + within
    try:
        while not await claim.lead():
            if asyncio.get_running_loop().time() > until:
                raise Wrong([f"executor: another process is {name!r}; give each a name of its own"])
            await asyncio.sleep(0.2)
        yield
    finally:
        await claim.resign()


@asynccontextmanager
async def on_duty(it: Any, settings: Settings, *forever: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Do `forever` until the block ends: here, or among several instances wherever one leads.

    There also beat for this executor, and hand on what others left when they died.
    """
    leader = leadership_of(it.database(), "work") if settings.is_shared else None
    duties: list[Awaitable[None]] = []
    if leader is None:
        duties += [each() for each in forever]
    elif settings.works:
        duties += [_while_leading(leader, forever)]
        if settings.durable is Durable.DBOS:
            executors = SqlExecutors(it.database())
            engine = it.engine()
            leases = Leases(settings.executor_name, executors, leader, engine.take_over, engine.take_along, _told)
            duties += [leases.forever()]
    tasks = [asyncio.ensure_future(duty) for duty in duties]
    try:
        yield
    finally:
        for task in tasks:
            await _ended(task)
        if leader is not None:
            await leader.resign()


async def _while_leading(leader: Leadership, forever: tuple[Callable[[], Awaitable[None]], ...]) -> None:
    tasks: list[asyncio.Future[None]] = []
    try:
        while True:
            leads = await leader.lead()
            if leads and not tasks:
                tasks = [asyncio.ensure_future(each()) for each in forever]
            elif not leads:
                for task in tasks:
                    await _ended(task)
                tasks = []
            await asyncio.sleep(LOOK)
    finally:
        for task in tasks:
            task.cancel()


async def _ended(task: "asyncio.Future[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _told(event: str, **about: Any) -> None:
    log.warning(event, **about)
