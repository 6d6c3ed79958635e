"""The sessions behind recent tokens, remembered for seconds (ports/caches.py, KnownSessions)."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from adapters.system.telling import nobody
from core.domain.ids import SessionId, UserId
from core.domain.session import Session
from ports.clock import Clock

REMEMBERED: Final = timedelta(seconds=3)
"""How long a session that another process ended may still be answered, where that one can't tell (ADR 0033)."""
MOST: Final = 4_096

ReadSession = Callable[[str], Awaitable[Session | None]]


class RememberedSessions:
    """Reads who a token speaks for, at most once in a few seconds while the session stays good (ACC-9).

    A bad token is looked up every time. Tokens themselves are not kept.
    """

    def __init__(
        self, read: ReadSession, clock: Clock, remembered: timedelta = REMEMBERED, tell: Callable[..., None] = nobody
    ) -> None:
        self._tell = tell
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
        self.hear(session=session)
        self._tell("session", session)

    def forget_all(self, user: UserId) -> None:
        self.hear(user=user)
        self._tell("sessions", user)

    def hear(self, session: str | None = None, user: str | None = None) -> None:
        """Forget here alone: that session, those of that user, or without either all."""
        everything = session is None and user is None
        self._drop(lambda known: everything or known.session == session or known.user == user)

    def _drop(self, ended: Callable[[Session], bool]) -> None:
        self._changes += 1
        self._known = {place: entry for place, entry in self._known.items() if not ended(entry[0])}
