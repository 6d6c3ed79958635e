"""Idempotency keys with their answers, and the nonces of signed calls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, or_, select, update

from adapters.db.tables import answers, nonces
from adapters.db.transaction import Transaction
from ports.store import KeptAnswer, KeyState

_WHICH: Final = (answers.c.owner == bindparam("whose"), answers.c.key == bindparam("which"))
_FIND: Final = select(answers).where(*_WHICH)
_KEEP: Final = (
    update(answers)
    .where(*_WHICH)
    .values(status=bindparam("as_status"), body=bindparam("as_body"), headers=bindparam("as_headers"))
)
_OPEN: Final = 102
"""The status of a request whose work goes on; HTTP's own word for it."""
_UNANSWERED: Final = or_(answers.c.status.is_(None), answers.c.status == _OPEN)
_GIVE_BACK: Final = delete(answers).where(*_WHICH, _UNANSWERED)
_LEAVE_OPEN: Final = update(answers).where(*_WHICH, answers.c.status.is_(None)).values(status=_OPEN)
_LEAVE: Final = update(answers).where(answers.c.status.is_(None), answers.c.taken_at > bindparam("at"))
_HOLDER: Final = answers.c.holder == bindparam("who")
_FORGET: Final = delete(answers).where(answers.c.taken_at < bindparam("at"))
_FORGET_NONCES: Final = delete(nonces).where(nonces.c.seen_at < bindparam("at"))


@dataclass(frozen=True, slots=True)
class SqlAnswers:
    """Idempotency keys in the database: one row for each customer and key (T-2). `holder` is who takes them here."""

    transaction: Transaction
    holder: str | None = None

    async def take(self, owner: str, key: str, digest: str, now: datetime) -> KeptAnswer:
        fresh = {"owner": owner, "key": key, "digest": digest, "taken_at": now, "holder": self.holder}
        row = None
        while row is None:  # given back between the two statements, it is there to be taken
            if await self.transaction.add(answers, fresh):
                return KeptAnswer(state=KeyState.FRESH, taken_at=now)
            row = await self.transaction.row(_FIND, whose=owner, which=key)
        if row.digest != digest:
            return KeptAnswer(state=KeyState.DIFFERENT)
        if row.status is None:
            return KeptAnswer(state=KeyState.RUNNING, taken_at=row.taken_at)
        if row.status == _OPEN:
            return KeptAnswer(state=KeyState.OPEN, taken_at=row.taken_at)
        return KeptAnswer(
            state=KeyState.ANSWERED, status=row.status, body=row.body, headers=row.headers, taken_at=row.taken_at
        )

    async def keep(self, owner: str, key: str, status: int, body: bytes, headers: dict[str, str]) -> None:
        said = {"as_status": status, "as_body": body, "as_headers": headers}
        await self.transaction.change(_KEEP, whose=owner, which=key, **said)

    async def leave_open(self, owner: str, key: str) -> None:
        await self.transaction.change(_LEAVE_OPEN, whose=owner, which=key)

    async def give_back(self, owner: str, key: str) -> None:
        await self.transaction.change(_GIVE_BACK, whose=owner, which=key)

    async def leave_running(self, at: datetime, holder: str | None = None) -> int:
        left = _LEAVE.values(taken_at=at)
        if holder is None:
            return await self.transaction.change(left, at=at)
        return await self.transaction.change(left.where(_HOLDER), at=at, who=holder)

    async def forget_before(self, at: datetime) -> int:
        return await self.transaction.change(_FORGET, at=at)


@dataclass(frozen=True, slots=True)
class SqlNonces:
    """Nonces in the database: each is spent once (T-4)."""

    transaction: Transaction

    async def spend(self, key_id: str, nonce: str, now: datetime) -> bool:
        return await self.transaction.add(nonces, {"key_id": key_id, "nonce": nonce, "seen_at": now})

    async def forget_before(self, at: datetime) -> int:
        return await self.transaction.change(_FORGET_NONCES, at=at)
