"""What goes on by itself beside the requests: facts are taken in, days begin, what was lost is looked for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.domain.attention import attention
from core.domain.facts import EventUnreadable, learning, newest
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.support import OpenCheck
from genkan.days import BeginDays, reconciling
from ports.clock import Clock
from ports.durable import DurableWork
from ports.errors import Rejected, Unavailable
from ports.facts import FactStream
from ports.store import Store

log = structlog.get_logger()

STREAM = "upstream"
LONG_POLL = 10.0
PAUSE = 1.0
PAUSE_AMONG_SEVERAL = 5.0
"""Seconds between rounds; on a server each costs a few readings."""
DOWN_PAUSE = 10.0
"""Seconds until a stream that is down is tried again; each time what is open is read, and Salesforce counts calls."""
CATCH_UP_EVERY = timedelta(minutes=1)
HURRY_EVERY = timedelta(minutes=5)
"""How often it is looked for late checks: a customer who reads that theirs is hurried is not told so for long."""
JUST_ACCEPTED = timedelta(seconds=10)
TELL_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TakeInFacts:
    """Turn what upstream tells into durable work, then remember how far was read: in this order, so none is lost."""

    stream: FactStream
    work: DurableWork
    store: Store
    catch_up: Callable[[], Awaitable[object]]
    clock: Clock

    async def forever(self) -> None:
        """Read until cancelled; what nobody foresaw is logged, and the reading goes on."""
        while True:
            pause = await self._turn()
            await asyncio.sleep(pause)

    async def _turn(self) -> float:
        """Take in a batch; answers how long to wait before the next one."""
        try:
            await self.once(LONG_POLL)
        except Unavailable as down:
            log.warning("facts.stream.down", operation=down.what)
            await self._look()
            return DOWN_PAUSE
        except Exception as error:
            log.error("facts.broke", exc_info=error)
            return PAUSE
        return 0

    async def once(self, wait: float) -> int:
        """Take in one batch; answers how many facts it held."""
        async with self.store.reading() as shelves:
            position = await shelves.facts.position(STREAM)
        try:
            batch = await self.stream.after(position, wait)
        except Rejected:
            # what was told meanwhile can't be had any more: look at everything, then go on from the oldest kept
            log.warning("facts.position.lost", stream=STREAM)
            await self.work.start(reconciling(str(position), tokyo_date(self.clock.now())))
            await self._look()
            batch = await self.stream.after(None, 0)
        if any(isinstance(fact, EventUnreadable) for fact in batch.facts):
            await self.work.start(reconciling(batch.position, tokyo_date(self.clock.now())))
        for fact in newest(batch.facts):
            await self.work.start(learning(fact))
        if batch.position != position:
            async with self.store.begin() as shelves:
                await shelves.facts.set_position(STREAM, batch.position)
        return len(batch.facts)

    async def _look(self) -> None:
        """Look for what was lost; a look that fails is made good by the next one, and keeps nobody from reading on."""
        try:
            await self.catch_up()
        except Unavailable as down:
            log.warning("facts.look.down", operation=down.what)
        except Exception as error:
            code = error.code if isinstance(error, Rejected) else None
            log.error("facts.look.broke", code=code, exc_info=error)


class EachMinute:
    """Look for something once a minute of the portal's clock, also when the clock was moved; else do nothing."""

    def __init__(self, look: Callable[[], Awaitable[object]], clock: Clock) -> None:
        self._look = look
        self._clock = clock
        self._looked = clock.now()

    async def __call__(self) -> None:
        """Look, if it is time; raises Unavailable when it can't, and then waits a minute too."""
        now = self._clock.now()
        if now - self._looked >= CATCH_UP_EVERY:
            self._looked = now
            await self._look()


class HurryLate:
    """Raise late checks every few minutes of the portal's clock, and list them in the log (ELG-11)."""

    def __init__(self, raise_late: Callable[[], Awaitable[Sequence[OpenCheck]]], clock: Clock) -> None:
        self._raise_late = raise_late
        self._clock = clock
        self._looked = clock.now()
        self._looking = asyncio.Lock()

    async def __call__(self) -> None:
        """Raise and list them, if it is time; raises Unavailable when they can't be read."""
        async with self._looking:  # who comes while they are being raised finds them raised
            now = self._clock.now()
            if now - self._looked < HURRY_EVERY:
                return
            self._looked = now
            late = await self._raise_late()
        for check in late:
            state = "open" if check.is_open else "closed without an answer"
            since = check.asked_at.isoformat(timespec="seconds")
            log.warning("check.late", subject=check.case, account=check.account, since=since, state=state)


class TellOfWork:
    """Write into the log what work needs a person, and what to do, every few minutes of the portal's clock (OPS-6)."""

    def __init__(self, work: DurableWork, clock: Clock, policy: Policy) -> None:
        self._work = work
        self._clock = clock
        self._policy = policy
        self._told = clock.now()

    async def __call__(self) -> None:
        """Tell of it, if it is time."""
        now = self._clock.now()
        if now - self._told < TELL_EVERY:
            return
        self._told = now
        for each in await self._work.unsettled():
            need = attention(each, now, self._policy)
            if need is not None:
                step = each.failing.step if each.failing is not None else None
                about = {"work": each.key, "kind": each.kind, "state": need.need.value, "step": step, "code": need.code}
                log.warning("work.needs_somebody", **about, advice=need.advice)


@dataclass(frozen=True, slots=True)
class GoRound:
    """Every little while: begin days, start requests again whose work never began, look for what was lost, tell.

    Also remind of checkouts that were left.
    """

    begin_days: BeginDays
    restart_requests: Callable[[timedelta], Awaitable[object]]
    look: Callable[[], Awaitable[object]]
    tell: Callable[[], Awaitable[object]]
    remind: Callable[[], Awaitable[object]]
    every: float = PAUSE

    async def forever(self) -> None:
        """Go round until cancelled; what nobody foresaw is logged, and the next round comes all the same."""
        while True:
            try:
                await self.once()
            except Unavailable as down:
                log.warning("round.upstream.down", operation=down.what)
            except Exception as error:
                log.error("round.broke", exc_info=error)
            await asyncio.sleep(self.every)

    async def once(self) -> None:
        """One round."""
        await self.begin_days()
        await self.restart_requests(JUST_ACCEPTED)
        await self.tell()
        await self.remind()
        await self.look()
