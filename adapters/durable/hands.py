"""Where work is done: in its turn, in its lane, to its end, and its end is told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

from adapters.durable.doing import Doing, Handler
from adapters.durable.going import Going
from adapters.durable.memory import CutShort, Memory, Point
from adapters.durable.plain import data_type
from adapters.durable.rests import IN_VAIN, Rests
from adapters.durable.settings import RunnerSettings
from adapters.durable.turns import Turn, Turns
from core.domain.ids import RequestKey
from core.domain.work import Failing, Work, WorkKind
from ports.clock import Clock
from ports.journal import Entry, Journal, LaneTaken

_FIRST_LOOK: Final = 0.05

Told = Callable[[Work], Awaitable[None]]
Events = Callable[..., None]


class Hands:
    """Does one piece of work at a time in a lane, so many in all; what it is made of is the runner's."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        settings: RunnerSettings,
        going: Going,
        *,
        on_end: Told,
        events: Events,
        point: Point,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._settings = settings
        self._going = going
        self._on_end = on_end
        self._events = events
        self._point = point
        self._turns = Turns(settings.at_once)
        self._handlers: dict[WorkKind, tuple[Handler, Any]] = {}
        self.rests = Rests()
        self.waited_for: WeakValueDictionary[RequestKey, asyncio.Event] = WeakValueDictionary()

    def bind(self, handlers: Mapping[WorkKind, Handler]) -> None:
        """Bind use cases to kinds of work."""
        self._handlers |= {kind: (handler, data_type(handler)) for kind, handler in handlers.items()}

    def can(self, kind: WorkKind) -> bool:
        """Whether such work is done here."""
        return kind in self._handlers

    async def attend(self, key: RequestKey, memory: Memory, entry: Entry | None = None) -> None:
        """Do the work under the key, if it is due, or tell its end (adapters/durable/engine.py, Attending)."""
        with self._going.done_here(key), left_alone(key, self._events):
            entry = entry or await self._journal.find(key)
            if entry is not None and entry.is_due(self._clock.now()) and entry.job.kind in self._handlers:
                await self._in_turn(entry, memory)
            elif entry is not None and not entry.told:
                await self.tell(entry)

    async def _in_turn(self, entry: Entry, memory: Memory) -> None:
        waits = 0
        while not self._going.stopping:
            try:
                return await self._do(entry, memory)
            except LaneTaken:
                # another process has the lane, or what a crash cut short, which waits here for the lane itself
                waits += 1
                await asyncio.sleep(min(_FIRST_LOOK * waits, 1))

    async def _do(self, entry: Entry, memory: Memory) -> None:
        async with self._turns.taken(entry.job.lane) as turn:
            if self._going.stopping:
                return
            handler, kind = self._handlers[entry.job.kind]
            doing = Doing(
                handler=handler,
                data_type=kind,
                memory=memory,
                journal=self._journal,
                clock=self._clock,
                settings=self._settings,
                events=self._events,
                point=self._point,
                rest=lambda failing, seconds: self._rest(turn, entry, failing, seconds),
            )
            if (ended := await doing(entry)) is not None:
                await self.tell(ended)

    async def tell(self, entry: Entry) -> None:
        """Tell the end of the work, first to whom the container says, then to whoever waits for it."""
        key = entry.job.key
        self._events("work.ended", key=key, kind=entry.job.kind, state=entry.state, code=entry.code)
        try:
            await self._point("tell")
            await self._on_end(entry.work)
            if not entry.told:
                await self._journal.told(key)
                await self._point("told")
        except Exception as error:
            self._events("work.untold", key=key, kind=entry.job.kind, error=type(error).__name__)
        finally:
            if (waiting := self.waited_for.get(key)) is not None:
                waiting.set()

    async def _rest(self, turn: Turn, entry: Entry, failing: Failing, seconds: float) -> None:
        if self._going.stopping:
            # what would only wait to be tried again is left for the next start
            raise asyncio.CancelledError
        turn.leave()
        if failing.times >= IN_VAIN and (waiting := self.waited_for.pop(entry.job.key, None)) is not None:
            waiting.set()  # whoever waits for its end hears how it stands
        await self.rests.rest(entry.job.key, failing.times, seconds)
        await turn.take()


@contextmanager
def left_alone(key: RequestKey, events: Events) -> Iterator[None]:
    """Where journal or engine itself fails, the work is as it was: the next sweep takes up what there is to do."""
    try:
        yield
    except CutShort as cut:
        events("work.left", key=key, error=type(cut.__cause__).__name__)
    except Exception as error:
        events("work.left", key=key, error=type(error).__name__)
