"""The counts of limits, in the database: several instances count together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil
from typing import Final

from sqlalchemy import bindparam, delete, select

from adapters.db.database import Database
from adapters.db.limit_tables import tries
from adapters.db.transaction import Transaction
from core.domain.limits import LIMITS, Limit, Limited

_WHICH: Final = (tries.c.limit == bindparam("which"), tries.c.subject == bindparam("whose"))
_COUNTED: Final = (
    select(tries.c.at)
    # those of a time to come are from before an offline clock was moved back
    .where(*_WHICH, tries.c.at > bindparam("since"), tries.c.at <= bindparam("until"))
    .order_by(tries.c.at.desc(), tries.c.id.desc())
    .limit(1)
)
_LATEST: Final = select(tries.c.id).where(*_WHICH).order_by(tries.c.at.desc(), tries.c.id.desc()).limit(1)
_GIVE_BACK: Final = delete(tries).where(tries.c.id == _LATEST.scalar_subquery())
_OVER: Final = delete(tries).where(tries.c.until <= bindparam("now"))


Fingerprint = Callable[[str], str]


def hashed(subject: str) -> str:
    """What is kept of a subject that is an id of ours, and nobody's address."""
    return sha256(subject.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SqlTries:
    """Tries in the database, inside a transaction: whoever counts the same waits for its end (`ports.store.TryShelf`).

    Who is counted is kept as a fingerprint.
    """

    transaction: Transaction
    limits: Mapping[Limited, Limit]
    fingerprint: Fingerprint

    async def take(self, limit: Limited, subject: str, now: datetime) -> int | None:
        rule, whose = self.limits[limit], self.fingerprint(subject)
        if rule.times == 0:
            return max(1, ceil(rule.period.total_seconds()))
        await self.transaction.alone("limit", limit, whose)
        span = {"since": now - rule.period, "until": now + rule.period}
        last = _COUNTED.offset(rule.times - 1)
        at: datetime | None = await self.transaction.value(last, which=limit, whose=whose, **span)
        if at is not None:
            return max(1, ceil((at + rule.period - now).total_seconds()))
        counted = {"limit": limit, "subject": whose, "at": now, "until": now + rule.period}
        await self.transaction.add(tries, counted)
        return None

    async def give_back(self, limit: Limited, subject: str) -> None:
        """Take the latest try off the count."""
        whose = self.fingerprint(subject)
        await self.transaction.alone("limit", limit, whose)
        await self.transaction.change(_GIVE_BACK, which=limit, whose=whose)

    async def forget_before(self, at: datetime) -> int:
        return await self.transaction.change(_OVER, now=at)


class SqlLimits:
    """`ports.limits.Limits` in the database: several instances count together, each try in a transaction of its own."""

    def __init__(
        self, database: Database, fingerprint: Fingerprint = hashed, limits: Mapping[Limited, Limit] = LIMITS
    ) -> None:
        self._database = database
        self._fingerprint = fingerprint
        self._limits = limits

    async def take(self, limit: Limited, subject: str, now: datetime) -> int | None:
        async with self._database.writing() as transaction:
            return await SqlTries(transaction, self._limits, self._fingerprint).take(limit, subject, now)

    async def give_back(self, limit: Limited, subject: str, now: datetime) -> None:
        async with self._database.writing() as transaction:
            await SqlTries(transaction, self._limits, self._fingerprint).give_back(limit, subject)
