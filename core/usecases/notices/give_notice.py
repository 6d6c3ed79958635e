"""Telling a customer something, once."""

from dataclasses import dataclass

import msgspec

from core.domain.ids import NoticeId, request_key
from core.domain.notice import NOTICES, MailedBy, NewNotice
from core.domain.work import Job, WorkKind
from ports.bell import Bell
from ports.durable import DurableWork
from ports.ids import Ids
from ports.store import Store


@dataclass(frozen=True, slots=True)
class GiveNotice:
    """Put a fact on the customer's list once, ring open pages, and mail it where the table says so (NTF-1, NTF-2).

    Binds `ports.notices.Notifier`. Safe to repeat: a crash after the list and before the mail loses neither.
    """

    store: Store
    work: DurableWork
    bell: Bell
    ids: Ids

    async def __call__(self, notice: NewNotice) -> None:
        row = NOTICES[notice.type]
        if row.bell:
            async with self.store.begin() as shelves:
                kept = await shelves.notices.add(notice, NoticeId(self.ids.new()))
            if kept is not None:
                await self.bell.ring(notice.user, "notice")
        if row.mailed_by is MailedBy.PORTAL:
            await self.work.start(_mail(notice))


def _mail(notice: NewNotice) -> Job:
    key = request_key("mail", notice.user, notice.type, notice.source_id, notice.version)
    return Job(key=key, kind=WorkKind.SEND_MAIL, data=msgspec.to_builtins(notice))
