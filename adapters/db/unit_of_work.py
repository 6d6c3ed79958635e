"""The store: units of work over the database."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.db.database import Database
from adapters.db.limits import Fingerprint, SqlTries, hashed
from adapters.db.shelves.answers import SqlAnswers, SqlNonces
from adapters.db.shelves.checkouts import SqlCheckouts
from adapters.db.shelves.notices import SqlNotices
from adapters.db.shelves.records import Correlation, SqlAudit, SqlFacts, SqlFlags, SqlNumbers, nothing
from adapters.db.shelves.requests import SqlIntents, SqlRequests
from adapters.db.shelves.sessions import SqlResets, SqlSessions
from adapters.db.shelves.sign_ups import SqlSignUps
from adapters.db.shelves.things import SqlThings
from adapters.db.shelves.users import SqlUsers
from adapters.db.transaction import Transaction
from core.domain.limits import LIMITS, Limit, Limited
from ports.store import (
    AnswerShelf,
    AuditTrail,
    CheckoutShelf,
    FactShelf,
    FlagShelf,
    IntentShelf,
    NonceShelf,
    NoticeShelf,
    NumberSequence,
    RequestShelf,
    ResetShelf,
    SessionShelf,
    Shelves,
    SignUpShelf,
    ThingShelf,
    TryShelf,
    UserShelf,
)


class SqlShelves:
    """Every shelf, inside one transaction."""

    def __init__(
        self, transaction: Transaction, correlation: Correlation, tries: TryShelf, holder: str | None = None
    ) -> None:
        self._transaction = transaction
        self.users: UserShelf = SqlUsers(transaction)
        self.sign_ups: SignUpShelf = SqlSignUps(transaction)
        self.sessions: SessionShelf = SqlSessions(transaction)
        self.resets: ResetShelf = SqlResets(transaction)
        self.checkouts: CheckoutShelf = SqlCheckouts(transaction)
        self.intents: IntentShelf = SqlIntents(transaction)
        self.requests: RequestShelf = SqlRequests(transaction)
        self.answers: AnswerShelf = SqlAnswers(transaction, holder)
        self.notices: NoticeShelf = SqlNotices(transaction)
        self.nonces: NonceShelf = SqlNonces(transaction)
        self.audit: AuditTrail = SqlAudit(transaction, correlation)
        self.numbers: NumberSequence = SqlNumbers(transaction)
        self.flags: FlagShelf = SqlFlags(transaction)
        self.facts: FactShelf = SqlFacts(transaction)
        self.things: ThingShelf = SqlThings(transaction)
        self.tries: TryShelf = tries

    async def alone(self, *what: str) -> None:
        await self._transaction.alone(*what)


@dataclass(frozen=True, slots=True)
class SqlStore:
    """The portal's database as its use cases see it; `correlation` tells which call a line of audit belongs to.

    `limits` hold for what is counted in a unit of work, by the subject's `fingerprint`. `holder` is what this process
    is called among those that answer.
    """

    database: Database
    correlation: Correlation = nothing
    limits: Mapping[Limited, Limit] = field(default_factory=lambda: LIMITS)
    fingerprint: Fingerprint = hashed
    holder: str | None = None

    @asynccontextmanager
    async def begin(self, *, durable: bool = False) -> AsyncIterator[Shelves]:
        async with self.database.writing(durable=durable) as transaction:
            yield self._shelves(transaction)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Shelves]:
        async with self.database.reading() as transaction:
            yield self._shelves(transaction)

    def _shelves(self, transaction: Transaction) -> Shelves:
        return SqlShelves(
            transaction, self.correlation, SqlTries(transaction, self.limits, self.fingerprint), self.holder
        )
