"""Requests that durable work answers, and the intents they hold."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import CompoundSelect, and_, bindparam, delete, literal, null, or_, select, type_coerce, update

from adapters.db.tables import intents, requests
from adapters.db.transaction import Transaction
from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.work import ASKED_UNDER
from ports.store import JOB, Held, Intent, Request

_FIELDS: Final = tuple(requests.c[name] for name in Request.__struct_fields__)
_BY_ID: Final = select(*_FIELDS).where(
    requests.c.id == bindparam("request"), or_(requests.c.owner == bindparam("whose"), requests.c.owner.is_(None))
)
_ADD: Final = requests.insert()
_BY_JOB: Final = select(*_FIELDS).where(requests.c.key == bindparam("key"))
_ANSWERED: Final = select(intents.c.request).where(
    intents.c.kind == ASKED_UNDER, intents.c.subject == bindparam("asked_under")
)
_ANSWERING: Final = (
    select(*_FIELDS)
    .where(or_(requests.c.key == bindparam("key"), requests.c.id.in_(_ANSWERED)))
    .order_by(requests.c.key != bindparam("key"))
    .limit(1)
)
_STARTED: Final = (
    update(requests)
    .where(requests.c.id == bindparam("request"), requests.c.started_at.is_(None))
    .values(started_at=bindparam("at"))
)
_UNSTARTED: Final = (
    select(*_FIELDS)
    .where(requests.c.started_at.is_(None), requests.c.created_at < bindparam("before"))
    .order_by(requests.c.created_at, requests.c.id)
)


@dataclass(frozen=True, slots=True)
class SqlRequests:
    """Requests in the database (T-3)."""

    transaction: Transaction

    async def add(self, request: Request) -> None:
        await self.transaction.change(_ADD, **msgspec.structs.asdict(request), key=request.job.key)

    async def find(self, request: RequestId, owner: UserId | None) -> Request | None:
        return await self.transaction.struct(Request, _BY_ID, request=request, whose=owner)

    async def by_job(self, key: RequestKey) -> Request | None:
        return await self.transaction.struct(Request, _BY_JOB, key=key)

    async def answering(self, key: RequestKey, asked_under: RequestKey) -> Request | None:
        return await self.transaction.struct(Request, _ANSWERING, key=key, asked_under=asked_under)

    async def started(self, request: RequestId, at: datetime) -> None:
        await self.transaction.change(_STARTED, request=request, at=at)

    async def unstarted(self, created_before: datetime) -> tuple[Request, ...]:
        return await self.transaction.structs(Request, _UNSTARTED, before=created_before)


_HOLDER: Final = select(intents.c.request, intents.c.worked_at).where(
    intents.c.kind == bindparam("kind"), intents.c.subject == bindparam("subject")
)


_OF_JOB: Final = select(literal(JOB).label("kind"), requests.c.id, type_coerce(null(), intents.c.worked_at.type)).where(
    requests.c.key == bindparam("job")
)


@cache
def _held(kinds: int) -> CompoundSelect[Any]:
    each = (
        and_(intents.c.kind == bindparam(f"kind{place}"), intents.c.subject == bindparam(f"subject{place}"))
        for place in range(kinds)
    )
    held = select(intents.c.kind, intents.c.request, intents.c.worked_at).where(or_(*each))
    return held.union_all(_OF_JOB)


_OPEN: Final = (
    select(*(intents.c[name] for name in Intent.__struct_fields__))
    .where(intents.c.kind == bindparam("kind"))
    .order_by(intents.c.taken_at, intents.c.subject)
)
_CLOSE: Final = delete(intents).where(intents.c.kind == bindparam("kind"), intents.c.subject == bindparam("subject"))
_HELD: Final = intents.c.request == bindparam("by")
_LET_GO: Final = delete(intents).where(_HELD, intents.c.kind.not_in(bindparam("kept", expanding=True)))
_WORKED: Final = update(intents).where(_HELD, intents.c.worked_at.is_(None)).values(worked_at=bindparam("at"))
_CLOSE_BEFORE: Final = delete(intents).where(intents.c.kind == bindparam("kind"), intents.c.worked_at < bindparam("at"))


@dataclass(frozen=True, slots=True)
class SqlIntents:
    """Open intents in the database; the primary key lets one of each be open (T-2)."""

    transaction: Transaction

    async def take(self, intent: Intent, at: datetime) -> RequestId | None:
        holder = None
        while holder is None:  # closed between the two statements, it is there to be taken
            if await self.transaction.add(intents, msgspec.structs.asdict(intent) | {"taken_at": at}):
                return None
            holder = await self.holder(intent.kind, intent.subject)
        return holder

    async def holder(self, kind: str, subject: str, since: datetime | None = None) -> RequestId | None:
        row = await self.transaction.row(_HOLDER, kind=kind, subject=subject)
        return Held(row.request, row.worked_at).since(since) if row is not None else None

    async def held(self, subjects: Mapping[str, str], job: RequestKey) -> dict[str, Held]:
        pairs: dict[str, str] = {"job": job}
        for place, (kind, subject) in enumerate(subjects.items()):
            pairs |= {f"kind{place}": kind, f"subject{place}": subject}
        rows = await self.transaction.rows(_held(len(subjects)), **pairs)
        return {row.kind: Held(row.request, row.worked_at) for row in rows}

    async def open(self, kind: str) -> tuple[Intent, ...]:
        return await self.transaction.structs(Intent, _OPEN, kind=kind)

    async def close(self, kind: str, subject: str, request: RequestId | None = None) -> None:
        held = _CLOSE if request is None else _CLOSE.where(intents.c.request == request)
        await self.transaction.change(held, kind=kind, subject=subject)

    async def worked(self, request: RequestId, lasting: Set[str], at: datetime) -> None:
        kinds = sorted(lasting)
        await self.transaction.change(_LET_GO, by=request, kept=kinds)
        if kinds:
            await self.transaction.change(_WORKED, by=request, at=at)

    async def close_before(self, kind: str, at: datetime) -> int:
        return await self.transaction.change(_CLOSE_BEFORE, kind=kind, at=at)
