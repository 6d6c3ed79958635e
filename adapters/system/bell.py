"""The bell of one process: whoever listens here hears what was rung here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.system.remembered import Generations
from core.domain.ids import UserId


class InProcessBell:
    """`ports.bell.Bell` in memory; several processes need one that they share (NTF-4)."""

    def __init__(self) -> None:
        self._listeners: dict[UserId, set[_Listener]] = {}
        self._rings: Generations[UserId] = Generations()

    async def ring(self, user: UserId, what: str) -> None:
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
