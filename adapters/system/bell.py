"""The bell: whoever listens in this process hears what was rung here, and what other instances tell of."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from adapters.system.remembered import Generations
from adapters.system.telling import nobody
from core.domain.ids import UserId


class InProcessBell:
    """`ports.bell.Bell` in memory; `tell` has it ring in the other instances too (NTF-4)."""

    def __init__(self, tell: Callable[..., None] = nobody) -> None:
        self._tell = tell
        self._listeners: dict[UserId, set[_Listener]] = {}
        self._rings: Generations[UserId] = Generations()

    async def ring(self, user: UserId, what: str) -> None:
        self.hear(user, what)
        self._tell("ring", user, what)

    def hear(self, user: UserId, what: str) -> None:
        """Ring here alone."""
        self._rings.grow(user)
        for listener in self._listeners.get(user, ()):
            listener.hear(what)

    @asynccontextmanager
    async def listen(self, user: UserId) -> AsyncIterator[AsyncIterator[str]]:
        listener = _Listener()
        self._listeners.setdefault(user, set()).add(listener)
        try:
            yield listener.rings()
        finally:
            listeners = self._listeners[user]
            listeners.discard(listener)
            if not listeners:
                del self._listeners[user]

    def hear_all(self, what: str) -> None:
        """Ring here for everybody: what rang elsewhere may have been missed."""
        self._rings.grow_all()
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.hear(what)

    def rung(self, user: UserId) -> int:
        return self._rings.of(user)


class _Listener:
    def __init__(self) -> None:
        # a dictionary, so that several rings of one kind wait as one, in the order they first came
        self._waiting: dict[str, None] = {}
        self._rang = asyncio.Event()

    def hear(self, what: str) -> None:
        self._waiting[what] = None
        self._rang.set()

    async def rings(self) -> AsyncIterator[str]:
        while True:
            await self._rang.wait()
            self._rang.clear()
            waiting, self._waiting = self._waiting, {}
            for what in waiting:
                yield what
