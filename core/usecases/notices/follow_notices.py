"""What was told while a page was away."""

from dataclasses import dataclass

from core.domain.notice import Notice
from core.domain.session import Session
from ports.store import Store


@dataclass(frozen=True, slots=True)
class FollowNotices:
    """The customer's notices behind a position, oldest first, so that an open page misses none (NTF-4)."""

    store: Store

    async def __call__(self, session: Session, position: int, most: int) -> tuple[Notice, ...]:
        async with self.store.reading() as shelves:
            return await shelves.notices.after(session.user, position, most)
