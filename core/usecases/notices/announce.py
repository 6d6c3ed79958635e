"""Telling every customer something."""

from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final

import msgspec

from core.domain.announcement import Announcement
from core.domain.ids import UserId
from core.domain.notice import NewNotice, NoticeType
from ports.clock import Clock
from ports.durable import Steps
from ports.notices import Notifier
from ports.store import Store

CHUNK: Final = 200


class Told(msgspec.Struct, frozen=True):
    """How many were told in one step, and the last of them; None when there was nobody left."""

    many: int
    last: UserId | None


@dataclass(frozen=True, slots=True)
class Announce:
    """Give a system announcement to every active customer, a few hundred in a step (FUL-8, NTF-1).

    Answers how many were told. A step that is done again tells nobody twice.
    """

    store: Store
    notifier: Notifier
    clock: Clock

    async def __call__(self, steps: Steps, data: Announcement) -> int:
        told, after = 0, None
        for chunk in count(1):
            done = await steps.do(f"chunk {chunk}", Told, partial(self._tell, data, after))
            told, after = told + done.many, done.last
            if after is None:
                break
        return told

    async def _tell(self, announcement: Announcement, after: UserId | None) -> Told:
        now = self.clock.now()
        async with self.store.reading() as shelves:
            users = await shelves.users.everyone(after, CHUNK)
        for user in users:
            await self.notifier(
                NewNotice(
                    user=user.id,
                    type=NoticeType.SYSTEM_ANNOUNCEMENT,
                    source_id=announcement.id,
                    version="1",
                    values=announcement.values,
                    created_at=now,
                )
            )
        return Told(len(users), users[-1].id if len(users) == CHUNK else None)
