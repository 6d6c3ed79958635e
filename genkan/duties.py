"""What a process does beside answering: alone all of it, among several what is its part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
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
"""Seconds between two looks for who leads, and for whether the name is still this process's."""

ANY_LEASE: Final = timedelta(hours=1)
"""Longer than anybody answering a request is believed to be at it."""

Duty = Callable[[], Awaitable[None]]


@asynccontextmanager
async def claimed(
    settings: Settings, database: Any, lost: Callable[[], object], within: float = CLAIM_WITHIN
) -> AsyncIterator[None]:
    """Be the one executor of this name until the block ends; raises Wrong while another process is.

    Two that share a name would do a step twice, and so would any two over the journal alone. `lost` is called when the
    name went to another process meanwhile, as after the server that kept it was away.
    """
    name = "journal" if settings.durable is Durable.JOURNAL else settings.executor_name
    claim = leadership_of(database, f"executor-{name}")
    until = asyncio.get_running_loop().time() + within
    try:
        while not await claim.lead():
            if asyncio.get_running_loop().time() > until:
                raise Wrong([f"executor: another process is {name!r}; give each a name of its own"])
            await asyncio.sleep(0.2)
        async with _doing(lambda: _holding(claim, name, lost)):
            yield
    finally:
        await claim.resign()


async def _holding(claim: Leadership, name: str, lost: Callable[[], object]) -> None:
    since = asyncio.get_running_loop().time()
    while True:
        await asyncio.sleep(LOOK)
        now = asyncio.get_running_loop().time()
        if await _leads(claim):
            since = now
        elif now - since > CLAIM_WITHIN:
            log.error("executor.lost", executor=name)
            lost()
            return


@asynccontextmanager
async def on_duty(it: Any, settings: Settings, *forever: Duty) -> AsyncIterator[None]:
    """Do `forever` until the block ends: here, or among several instances wherever one that works leads.

    There every one beats, and the leader hands on what others left when they died.
    """
    if not settings.is_one_of_several:
        async with _doing(*forever):
            yield
        return
    leader = leadership_of(it.database(), "work") if settings.works else None
    engine, executors = it.engine(), SqlExecutors(it.database())

    async def take_over(executor: str) -> int:
        await leave_running(it, executor)
        return int(await engine.take_over(executor))

    leases = Leases(settings.executor_name, executors, leader, take_over, engine.take_along, _told)
    leading = [lambda: _while_leading(leader, forever)] if leader is not None else []
    try:
        async with _doing(leases.forever, *leading):
            yield
    finally:
        if leader is not None:
            await leader.resign()


async def leave_running(it: Any, executor: str | None) -> None:
    """Have nobody wait for answers that the executor, or any that was, will not give any more (T-2, T-8)."""
    async with it.store().begin() as shelves:
        await shelves.answers.leave_running(it.clock().now() - ANY_LEASE, executor)


async def _while_leading(leader: Leadership, forever: tuple[Duty, ...]) -> None:
    while True:
        if await _leads(leader):
            async with _doing(*forever):
                while await _leads(leader):  # noqa: ASYNC110 - whoever takes it over tells nobody
                    await asyncio.sleep(LOOK)
        await asyncio.sleep(LOOK)


async def _leads(leader: Leadership) -> bool:
    """Whether it leads; not while that can't be known, whatever the reason."""
    try:
        return await leader.lead()
    except Exception as error:
        log.error("leader.unknown", exc_info=error)
        return False


@asynccontextmanager
async def _doing(*duties: Duty) -> AsyncIterator[None]:
    """Do each of them until the block ends, whatever any of them meets."""
    tasks = [asyncio.ensure_future(_kept_up(duty)) for duty in duties]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kept_up(duty: Duty) -> None:
    """Do it until cancelled, or until it is over; ended by what nobody foresaw, it is told of and begun again."""
    while True:
        try:
            await duty()
        except asyncio.CancelledError as cancelled:
            # what it waited for may have been cancelled, which this task was not
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            log.error("duty.ended", exc_info=cancelled)
        except Exception as error:
            log.error("duty.ended", exc_info=error)
        else:
            return
        await asyncio.sleep(LOOK)


def _told(event: str, **about: Any) -> None:
    log.warning(event, **about)
