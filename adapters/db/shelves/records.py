"""What the portal keeps for its own running: the audit trail, customer numbers, flags, what was learned."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import bindparam, select, update

from adapters.db.tables import audit, flags, learned, sequences, streams
from adapters.db.transaction import Transaction
from core.domain.changes import outruns
from ports.store import AuditEntry, Flag

_CUSTOMERS: Final = "customer_number"
_WRITE: Final = audit.insert()
_ABOUT: Final = (
    select(*(audit.c[name] for name in AuditEntry.__struct_fields__))
    .where(audit.c.subject == bindparam("about"))
    .order_by(audit.c.id.desc())
    .limit(bindparam("most"))
)
_LAST: Final = select(sequences.c.last).where(sequences.c.name == _CUSTOMERS)
_NEXT: Final = (
    update(sequences)
    .where(sequences.c.name == _CUSTOMERS)
    .values(last=sequences.c.last + 1)
    .returning(sequences.c.last)
)
_FLAGS: Final = select(flags.c.name, flags.c.percentage, flags.c.accounts).order_by(flags.c.name)
_POSITION: Final = select(streams.c.position).where(streams.c.stream == bindparam("which"))
_LEARNED: Final = select(learned.c.subject, learned.c.version).where(
    learned.c.subject.in_(bindparam("about", expanding=True))
)


Correlation = Callable[[], str | None]
"""Tells the id of the call being answered, for the log and the audit trail alike."""


def nothing() -> None:
    """No call is being answered."""


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """The audit trail in the database; lines are only ever added, each with the call it was written in."""

    transaction: Transaction
    correlation: Correlation

    async def write(self, entry: AuditEntry) -> None:
        line = msgspec.structs.asdict(entry)
        line["correlation"] = entry.correlation or self.correlation()
        await self.transaction.change(_WRITE, **line)

    async def of_subject(self, subject: str, most: int) -> tuple[AuditEntry, ...]:
        return await self.transaction.structs(AuditEntry, _ABOUT, about=subject, most=most)


@dataclass(frozen=True, slots=True)
class SqlNumbers:
    """Customer numbers from the database; one that was taken in an undone unit of work is taken again (ACC-2)."""

    transaction: Transaction

    async def begin_above(self, highest: int) -> None:
        await self.transaction.add(sequences, {"name": _CUSTOMERS, "last": highest})

    async def has_begun(self) -> bool:
        return await self.transaction.value(_LAST) is not None

    async def next(self) -> int:
        number = await self.transaction.value(_NEXT)
        if number is None:
            raise LookupError("customer numbers have no beginning yet")
        return int(number)


@dataclass(frozen=True, slots=True)
class SqlFlags:
    """Feature flags in the database (OPS-3)."""

    transaction: Transaction

    async def all(self) -> tuple[Flag, ...]:
        return await self.transaction.structs(Flag, _FLAGS)

    async def set(self, flag: Flag) -> None:
        await self.transaction.put(flags, msgspec.structs.asdict(flag))


@dataclass(frozen=True, slots=True)
class SqlFacts:
    """What was learned, and places in streams, in the database (T-5)."""

    transaction: Transaction

    async def position(self, stream: str) -> str | None:
        position: str | None = await self.transaction.value(_POSITION, which=stream)
        return position

    async def set_position(self, stream: str, position: str) -> None:
        await self.transaction.put(streams, {"stream": stream, "position": position})

    async def learned(self, subjects: Collection[str]) -> Mapping[str, str]:
        rows = await self.transaction.rows(_LEARNED, about=[*subjects])
        return {row.subject: row.version for row in rows}

    async def learn(self, subject: str, version: str) -> None:
        await self.transaction.put(learned, {"subject": subject, "version": version})

    async def learn_written(self, subject: str, version: str) -> None:
        if not outruns((await self.learned([subject])).get(subject), version):
            await self.learn(subject, version)
