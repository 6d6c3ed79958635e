"""Marking one notice as read."""

from dataclasses import dataclass

from core.domain.ids import NoticeId
from core.domain.refusals import NotFound
from core.domain.session import Session
from ports.bell import Bell
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Mark one of the customer's notices as read; twice is well too (NTF-3). Another's is NotFound (T-7)."""

    store: Store
    bell: Bell
    clock: Clock

    async def __call__(self, session: Session, notice: NoticeId) -> None:
        async with self.store.begin() as shelves:
            found = await shelves.notices.read(session.user, notice, self.clock.now())
        if not found:
            raise NotFound
        await self.bell.ring(session.user, "status")
