"""Notices of customers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import bindparam, func, select, update

from adapters.db.tables import notices
from adapters.db.transaction import Transaction
from core.domain.ids import NoticeId, UserId
from core.domain.notice import NewNotice, Notice

_FIELDS: Final = tuple(notices.c[name] for name in Notice.__struct_fields__)
_BY_ID: Final = select(*_FIELDS).where(notices.c.id == bindparam("notice"))
_LISTED: Final = (
    notices.c.user == bindparam("whose"),
    notices.c.dismissed_at.is_(None),
    notices.c.expired.is_(False),
)
_NEWEST: Final = select(*_FIELDS).where(*_LISTED).order_by(notices.c.position.desc()).limit(bindparam("most"))
_AFTER: Final = (
    select(*_FIELDS)
    .where(*_LISTED, notices.c.position > bindparam("after"))
    .order_by(notices.c.position)
    .limit(bindparam("most"))
)
_UNREAD: Final = select(func.count()).select_from(notices).where(*_LISTED, notices.c.read_at.is_(None))
_ONE: Final = update(notices).where(
    notices.c.id == bindparam("notice"), notices.c.user == bindparam("whose"), notices.c.expired.is_(False)
)
_READ: Final = _ONE.values(read_at=func.coalesce(notices.c.read_at, bindparam("at", type_=notices.c.read_at.type)))
_READ_ALL: Final = update(notices).where(*_LISTED, notices.c.read_at.is_(None)).values(read_at=bindparam("at"))
_DISMISS: Final = _ONE.values(
    dismissed_at=func.coalesce(notices.c.dismissed_at, bindparam("at", type_=notices.c.dismissed_at.type))
)
_EXPIRE: Final = (
    update(notices)
    .where(notices.c.created_at < bindparam("before"), notices.c.expired.is_(False))
    .values({"expired": True, "values": {}})
)


@dataclass(frozen=True, slots=True)
class SqlNotices:
    """Notices in the database; an expired one is emptied, and known so that it is not told again (NTF-2, NTF-3)."""

    transaction: Transaction

    async def add(self, notice: NewNotice, id: NoticeId) -> Notice | None:
        # one after the other for each customer: a page resumes behind a position, and none before it may come later
        await self.transaction.alone("notices", notice.user)
        row = msgspec.structs.asdict(notice) | {"id": id, "expired": False}
        if not await self.transaction.add(notices, row):
            return None
        return await self.transaction.struct(Notice, _BY_ID, notice=id)

    async def page(self, user: UserId, before: int | None, most: int) -> tuple[Notice, ...]:
        older = _NEWEST if before is None else _NEWEST.where(notices.c.position < before)
        return await self.transaction.structs(Notice, older, whose=user, most=most)

    async def after(self, user: UserId, position: int, most: int) -> tuple[Notice, ...]:
        return await self.transaction.structs(Notice, _AFTER, whose=user, after=position, most=most)

    async def unread(self, user: UserId) -> int:
        return int(await self.transaction.value(_UNREAD, whose=user))

    async def read(self, user: UserId, notice: NoticeId, at: datetime) -> bool:
        return bool(await self.transaction.change(_READ, whose=user, notice=notice, at=at))

    async def read_all(self, user: UserId, at: datetime) -> int:
        return await self.transaction.change(_READ_ALL, whose=user, at=at)

    async def dismiss(self, user: UserId, notice: NoticeId, at: datetime) -> bool:
        return bool(await self.transaction.change(_DISMISS, whose=user, notice=notice, at=at))

    async def expire(self, created_before: datetime) -> int:
        return await self.transaction.change(_EXPIRE, before=created_before)
