"""What was told while a page was away."""

from dataclasses import dataclass

from core.domain.notice import Notice
from core.domain.refusals import NotLoggedIn
from core.domain.session import Session
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class FollowNotices:
    """The customer's notices behind a position, oldest first, so that an open page misses none (NTF-4).

    A page that stays open is told nothing once its session ended (ACC-9).
    """

    store: Store
    clock: Clock

    async def __call__(self, session: Session, position: int, most: int) -> tuple[Notice, ...]:
        """Raises NotLoggedIn when the session was ended, is over, or its customer barred."""
        async with self.store.reading() as shelves:
            if not await shelves.sessions.is_open(session.session, self.clock.now()):
                raise NotLoggedIn
            return await shelves.notices.after(session.user, position, most)
