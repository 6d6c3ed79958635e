"""Marking every notice as read."""

from dataclasses import dataclass

from core.domain.session import Session
from ports.bell import Bell
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class MarkAllRead:
    """Mark all of the customer's notices as read and tell how many there were (NTF-3)."""

    store: Store
    bell: Bell
    clock: Clock

    async def __call__(self, session: Session) -> int:
        async with self.store.begin() as shelves:
            read = await shelves.notices.read_all(session.user, self.clock.now())
        if read:
            await self.bell.ring(session.user, "status")
        return read
