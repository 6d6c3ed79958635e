"""A runner of durable work over a journal, in the process that accepted it (T-1, T-3, T-8)."""

import asyncio
from collections.abc import Collection, Mapping, Set
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from adapters.durable.doing import Handler
from adapters.durable.engine import Engine
from adapters.durable.going import Going
from adapters.durable.hands import Events, Hands, Told, left_alone
from adapters.durable.in_process import InProcess
from adapters.durable.memory import Point, nowhere
from adapters.durable.plain import to_plain
from adapters.durable.settings import RunnerSettings
from core.domain.attention import PARKED
from core.domain.ids import RequestKey
from core.domain.work import STOPPED, Job, Work, WorkKind, WorkState
from ports.clock import Clock
from ports.journal import Entry, Journal

_MOST_DUE: Final = 200
_LOOK_AGAIN: Final = 0.05
_A_MOMENT: Final = 1.0
_PARKED: Final = frozenset({WorkState.WITH_STAFF})


async def _nobody(_work: Work) -> None:
    return


def _silence(_event: str, **_about: Any) -> None:
    return


class Runner:
    """Does durable work as tasks of this process; what a crash cut short is taken up again by the engine.

    Where `does_all` is False, only what a customer waits for is done here, and the rest is left to the engine's queue.
    `handlers` bind a use case, `(steps, data)`, to each kind of work. `on_end` is told of work that is over, again
    after a crash if it answers a customer's request, before whoever waits for it. `events` gets the names of what
    happened with ids, never data. `point` is called at every place where a crash could hurt, for tests to crash there.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        handlers: Mapping[WorkKind, Handler] = MappingProxyType({}),
        settings: RunnerSettings | None = None,
        *,
        engine: Engine | None = None,
        does_all: bool = True,
        on_end: Told = _nobody,
        events: Events = _silence,
        point: Point = nowhere,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._settings = settings or RunnerSettings()
        self._does_all = does_all
        self._events = events
        self._point = point
        self._going = Going(self._fell, self._look_again)
        self._hands = Hands(journal, clock, self._settings, self._going, on_end=on_end, events=events, point=point)
        self._engine = engine or InProcess(self._hands.attend, journal, clock, point)
        self._poller: asyncio.Task[None] | None = None
        self.bind(handlers)

    def bind(self, handlers: Mapping[WorkKind, Handler]) -> None:
        """Bind use cases to kinds of work, before `open`; they may need the runner themselves."""
        self._hands.bind(handlers)

    async def open(self) -> None:
        """Take up what was left unfinished, and look for due work from now on."""
        try:
            await self._engine.open(self._hands.attend)
            if self._does_all:
                await self._take_up()
        except BaseException:
            await self._engine.close()
            raise
        self._poller = asyncio.create_task(self._poll(), name="due work")

    def give_up(self) -> None:
        """Begin nothing more, at once: somebody else does what is done here. `is_going` says so, for a restart."""
        self._going.stopping = True
        for task in self._going.all_tasks():
            task.cancel()

    async def stop(self, drain: float) -> None:
        """Begin nothing more, give what runs `drain` seconds, leave the rest for the next start."""
        self._going.stopping = True
        if self._poller is not None:
            self._poller.cancel()
        for key in self._hands.rests:
            self._going.cancel(key)
        running = self._going.all_tasks()
        if running and drain > 0:
            await asyncio.wait(running, timeout=drain)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, *([self._poller] if self._poller else []), return_exceptions=True)
        if self._poller is not None:
            await self._engine.close()

    @property
    def is_going(self) -> bool:
        """Whether work is done here: false before `open`, after `stop`, and once something ended that must not end."""
        return not self._going.stopping and self._poller is not None and not self._poller.done()

    # --- ports/durable.py: DurableWork ---------------------------------------------------------------------------
    async def start(self, job: Job) -> Work:
        if not self._hands.can(job.kind):
            raise LookupError(f"nobody does {job.kind}")
        now = self._clock.now()
        await self._point("accept")
        entry = await self._journal.accept(replace(job, data=to_plain(job.data)), now)
        await self._point("accepted")
        await self._take_or_delay(entry, now, self._going.end_of_this())
        return entry.work

    async def outcome(self, key: RequestKey, wait: float) -> Work | None:
        ended = self._hands.waited_for.setdefault(key, asyncio.Event())
        entry = await self._journal.find(key)
        over = entry is not None and entry.state.is_over and not self._going.is_done(key)
        if entry is None or wait <= 0 or over or self._hands.rests.is_in_vain(key):
            return None if entry is None else entry.work
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self._going.stopping else wait):
                await (self._ended_anywhere(key, ended) if self._engine.shared else ended.wait())
        if self._going.stopping:
            await self._point("outcome")
        entry = await self._journal.find(key)
        return None if entry is None else entry.work

    async def redate(self, key: RequestKey, due_at: datetime) -> Work | None:
        return await self._taken(await self._journal.redate(key, due_at, self._clock.now()))

    async def cancel(self, key: RequestKey, *, stopped: bool = False) -> Work | None:
        entry = await self._journal.cancel(key, self._clock.now(), stopped=stopped)
        if entry is not None and not entry.told and not self._going.is_done(key):
            await self._hands.tell(entry)
            with left_alone(key, self._events):
                await self._engine.forget(entry)
        return None if entry is None else entry.work

    async def park(self, key: RequestKey) -> Work | None:
        entry = await self._journal.park(key, PARKED, self._clock.now())
        self._hands.rests.wake(key)
        return None if entry is None else entry.work

    async def run_now(self, key: RequestKey) -> Work | None:
        self._hands.rests.wake(key)
        now = self._clock.now()
        if (entry := await self._journal.find(key)) is not None:
            # due whatever the clock says by which others go: one that was moved may be behind this one
            await self._journal.redate(key, min(now, entry.accepted_at), now)
        return await self._taken(await self._journal.reopen(key, _PARKED, now))

    async def retry(self, key: RequestKey) -> Work | None:
        return await self._taken(await self._journal.reopen(key, STOPPED, self._clock.now()))

    async def release_due(self, now: datetime) -> int:
        self._hands.rests.wake_all()
        due = await self._journal.due(now, _MOST_DUE + len(self._going))
        waiting = [entry for entry in due if entry.job.key not in self._going]
        for entry in waiting:
            await self._take_or_delay(entry, now)
        return len(waiting)

    async def quiet(self, wait: float) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        woken: Set[RequestKey] = set()
        while True:
            await self._take_due()
            # once each, also who was in the middle of a try: whoever waits may have put right what was in the way
            woken |= self._hands.rests.wake_in_vain(but=woken)
            here = self._going.tasks
            going = [task for key, task in here.items() if not self._hands.rests.is_in_vain(key)]
            left = until - loop.time()
            elsewhere = self._engine.queues and not going and await self._is_elsewhere(here)
            if left <= 0 or not (going or elsewhere):
                return not here and not elsewhere
            await (asyncio.wait(going, timeout=min(left, _LOOK_AGAIN)) if going else asyncio.sleep(_LOOK_AGAIN))

    async def unsettled(self, kind: WorkKind | None = None) -> tuple[Work, ...]:
        return tuple(entry.work for entry in await self._journal.unsettled(kind))

    # --- taking work up ------------------------------------------------------------------------------------------
    async def _taken(self, entry: Entry | None) -> Work | None:
        if entry is None:
            return None
        await self._take_or_delay(entry, self._clock.now())
        return entry.work

    async def _take_or_delay(self, entry: Entry, now: datetime, after: asyncio.Event | None = None) -> None:
        if entry.state is WorkState.RECEIVED and entry.due_at is not None and entry.due_at > now:
            await self._delay(entry, (entry.due_at - now).total_seconds())
        elif self._does_all or entry.job.request is not None:
            self._take(entry, now, after)
        elif entry.is_due(now):
            await self._delay(entry, 0)

    def _take(self, entry: Entry, now: datetime, after: asyncio.Event | None = None) -> bool:
        if not entry.is_due(now) or not self._hands.can(entry.job.kind):
            return False
        return self._going.begin(entry.job.key, self._begin(entry, after))

    def _fell(self, key: RequestKey, error: BaseException) -> None:
        self._events("work.fell", key=key, error=type(error).__name__)
        for waiting in self._hands.waited_for.values():
            waiting.set()

    async def _begin(self, entry: Entry, after: asyncio.Event | None = None) -> None:
        if after is not None:
            # what follows from work does not get into its way; nor does it wait while that is tried again
            with suppress(TimeoutError):
                async with asyncio.timeout(_A_MOMENT):
                    await after.wait()
        with left_alone(entry.job.key, self._events):
            await self._engine.begin(entry)

    async def _delay(self, entry: Entry, seconds: float) -> None:
        with left_alone(entry.job.key, self._events):
            await self._engine.delay(entry, seconds)

    async def _is_elsewhere(self, here: Collection[RequestKey]) -> bool:
        """Whether something is under way that nobody here attends to: in the engine's queue, or in another process."""
        now = self._clock.now()
        under_way = (*await self._journal.unfinished(), *await self._journal.due(now, _MOST_DUE))
        return any(entry.job.key not in here for entry in under_way)

    async def _ended_anywhere(self, key: RequestKey, ended: asyncio.Event) -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN):
                    await ended.wait()
            entry = await self._journal.find(key)
            if entry is None or (entry.state.is_over and entry.told and not self._going.is_done(key)):
                return

    async def _look_again(self, key: RequestKey) -> None:
        with left_alone(key, self._events):
            entry = await self._journal.find(key)
            if entry is not None and entry.is_due(self._clock.now()):
                await self._engine.begin(entry)

    async def _take_up(self) -> None:
        now = self._clock.now()
        unfinished = await self._journal.unfinished()
        for entry in await self._engine.unattended([each for each in unfinished if not each.state.is_over]):
            self._take(entry, now)
        for entry in unfinished:
            if entry.state.is_over:
                self._going.begin(entry.job.key, self._hands.tell(entry))
        await self._take_due()

    async def _take_due(self) -> None:
        now = self._clock.now()
        due = await self._journal.due(now, _MOST_DUE + len(self._going))
        for entry in await self._engine.unattended([each for each in due if each.job.key not in self._going]):
            self._take(entry, now)

    async def _poll(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(self._settings.poll)
            if not self._does_all:
                continue
            looks += 1
            try:
                await (self._take_due() if looks % self._settings.sweep_every else self._take_up())
            except Exception as error:
                self._events("work.look_failed", error=type(error).__name__)
