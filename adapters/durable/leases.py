"""Who lives of those that do work, and what becomes of the work of those that don't (T-8)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from ports.leadership import Leadership


class Executors(Protocol):
    """The executors that are known, each with a number that grows for as long as it lives."""

    async def beat(self, name: str) -> None:
        """Say that it lives."""

    async def beats(self) -> Mapping[str, int]:
        """How often each was heard of."""

    async def forget(self, name: str) -> None:
        """It is not there any more."""


class Pace(msgspec.Struct, frozen=True):
    """Seconds between beats, and how long one may be silent until it is taken for dead.

    `along` is after how many beats the leader looks for what older versions left. Together with the queue's own look
    silence and beat stay below half a minute, also when the leader's process died as well; the lock of a leader whose
    whole machine vanished takes as long again.
    """

    beat: float = 3.0
    silence: float = 12.0
    along: int = 5


class Leases:
    """Beats for this executor; who leads hands on what silent ones left, and takes along what older versions did.

    Without `leadership` it only beats: what it begins is handed on like anybody's, and it hands nothing on itself.

    Silence is reckoned by the leader's own clock since it last saw the number grow, so that no two machines need the
    same time. One that was only held up finds its work taken when it goes on, and stops.
    """

    def __init__(
        self,
        name: str,
        executors: Executors,
        leadership: Leadership | None,
        take_over: Callable[[str], Awaitable[int]],
        take_along: Callable[[], Awaitable[int]],
        events: Callable[..., None],
        pace: Pace | None = None,
    ) -> None:
        self._name = name
        self._executors = executors
        self._leadership = leadership
        self._take_over = take_over
        self._take_along = take_along
        self._events = events
        self._pace = pace or Pace()
        self._heard: dict[str, tuple[int, float]] = {}
        self._led = 0
        """Beats since it leads."""

    async def forever(self) -> None:
        """Go on until cancelled; a database that does not answer is asked again."""
        while True:
            try:
                await self.once()
            except Exception as error:
                self._events("leases.failed", error=type(error).__name__)
            await asyncio.sleep(self._pace.beat)

    async def once(self) -> None:
        """One beat, and one look at the others."""
        await self._executors.beat(self._name)
        if self._leadership is None or not await self._leadership.lead():
            self._heard.clear()  # whoever leads next reckons from what it sees itself
            self._led = 0
            return
        if self._led % self._pace.along == 0:
            await self._take_along()
        self._led += 1
        now = asyncio.get_running_loop().time()
        beats = await self._executors.beats()
        for name, beat in beats.items():
            if (heard := self._heard.get(name)) is None or heard[0] != beat:
                self._heard[name] = (beat, now)
            elif name != self._name and now - heard[1] >= self._pace.silence:
                await self._hand_on(name)
        self._heard = {name: heard for name, heard in self._heard.items() if name in beats}

    async def _hand_on(self, name: str) -> None:
        taken = await self._take_over(name)
        self._events("leases.taken_over", executor=name, pieces=taken)
        await self._executors.forget(name)
