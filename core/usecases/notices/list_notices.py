"""Reading the list of notices."""

from dataclasses import dataclass

from core.domain.notice import NoticePage
from core.domain.session import Session
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ListNotices:
    """The customer's notices, newest first, a page at a time (NTF-3)."""

    store: Store

    async def __call__(self, session: Session, before: int | None, most: int) -> NoticePage:
        """At most `most` notices from before a position; None begins with the newest."""
        async with self.store.reading() as shelves:
            found = await shelves.notices.page(session.user, before, most + 1)
        items = found[:most]
        return NoticePage(items, items[-1].position if len(found) > most else None)
