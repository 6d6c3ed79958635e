"""Logging out."""

from dataclasses import dataclass

from core.domain.session import Session
from ports.caches import KnownSessions
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LogOut:
    """End the session that asks, its refresh token included (ACC-9)."""

    store: Store
    clock: Clock
    known: KnownSessions

    async def __call__(self, session: Session) -> None:
        async with self.store.begin() as shelves:
            await shelves.sessions.revoke(session.session, self.clock.now())
        self.known.forget(session.session)
