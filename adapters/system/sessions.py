"""The sessions behind recent tokens, remembered for seconds (ports/caches.py, KnownSessions)."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from core.domain.ids import SessionId, UserId
from core.domain.session import Session
from ports.clock import Clock

REMEMBERED: Final = timedelta(seconds=3)
"""How long a session that was ended by another process may still be answered."""
MOST: Final = 4_096

ReadSession = Callable[[str], Awaitable[Session | None]]


class RememberedSessions:
    """Reads who a token speaks for, at most once in a few seconds while the session stays good (ACC-9).

    A bad token is looked up every time. Tokens themselves are not kept.
    """

    def __init__(self, read: ReadSession, clock: Clock, remembered: timedelta = REMEMBERED) -> None:
        self._read = read
        self._clock = clock
        self._remembered = remembered
        self._known: dict[bytes, tuple[Session, datetime]] = {}
        self._changes = 0

    async def __call__(self, token: str) -> Session | None:
        now = self._clock.now()
        place = hashlib.sha256(token.encode()).digest()
        known = self._known.get(place)
        if known is not None and known[1] <= now < known[1] + self._remembered:
            return known[0]
        changes = self._changes
        session = await self._read(token)
        if session is None:
            self._known.pop(place, None)
        elif changes == self._changes:  # else the session may have ended while it was being read
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[place] = (session, now)
        return session

    def forget(self, session: SessionId) -> None:
        self._drop(lambda known: known.session == session)

    def forget_all(self, user: UserId) -> None:
        self._drop(lambda known: known.user == user)

    def _drop(self, ended: Callable[[Session], bool]) -> None:
        self._changes += 1
        self._known = {place: entry for place, entry in self._known.items() if not ended(entry[0])}
