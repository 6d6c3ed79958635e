"""Counting what was not read."""

from dataclasses import dataclass

from core.domain.session import Session
from ports.store import Store


@dataclass(frozen=True, slots=True)
class CountUnread:
    """How many of the customer's notices are neither read nor dismissed (NTF-3)."""

    store: Store

    async def __call__(self, session: Session) -> int:
        async with self.store.reading() as shelves:
            return await shelves.notices.unread(session.user)
