"""The counts of limits, in the database: several instances count together."""

from collections.abc import Callable, Mapping
from datetime import datetime
from math import ceil
from typing import Final

from sqlalchemy import bindparam, delete, select

from adapters.db.database import Database
from adapters.db.limit_tables import tries
from core.domain.limits import LIMITS, Limit, Limited

SWEEP_EVERY: Final = 500
"""After how many tries counted here those that are over, of whatever subject, are dropped."""
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
_SWEEP: Final = delete(tries).where(tries.c.until <= bindparam("now"))


class SqlLimits:
    """`ports.limits.Limits` over a sliding window; who is counted is kept as a fingerprint.

    In a unit of work of its own: taken inside another one it would wait for a second connection while holding the
    first, so it is not (tests/architecture/test_units_of_work.py).
    """

    def __init__(
        self, database: Database, fingerprint: Callable[[str], str], limits: Mapping[Limited, Limit] = LIMITS
    ) -> None:
        self._database = database
        self._fingerprint = fingerprint
        self._limits = limits
        self._until_sweep = SWEEP_EVERY

    async def take(self, limit: Limited, subject: str, now: datetime) -> int | None:
        rule, whose = self._limits[limit], self._fingerprint(subject)
        if rule.times == 0:
            return max(1, ceil(rule.period.total_seconds()))
        self._until_sweep -= 1
        async with self._database.writing() as transaction:
            await transaction.alone("limit", limit, whose)
            last = _COUNTED.offset(rule.times - 1)
            span = {"since": now - rule.period, "until": now + rule.period}
            at: datetime | None = await transaction.value(last, which=limit, whose=whose, **span)
            if at is not None:
                return max(1, ceil((at + rule.period - now).total_seconds()))
            counted = {"limit": limit, "subject": whose, "at": now, "until": now + rule.period}
            await transaction.add(tries, counted)
            if self._until_sweep <= 0:
                self._until_sweep = SWEEP_EVERY
                await transaction.change(_SWEEP, now=now)
        return None

    async def give_back(self, limit: Limited, subject: str, now: datetime) -> None:
        whose = self._fingerprint(subject)
        async with self._database.writing() as transaction:
            await transaction.alone("limit", limit, whose)
            await transaction.change(_GIVE_BACK, which=limit, whose=whose)
