"""Making good what an event should have told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from core.domain import checks, uploads
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import AnyFact, EligibilityChanged, IdentityChanged, OpportunityChanged, OrderChanged, learning
from core.domain.identity import IdStatus
from core.domain.ids import AccountId
from core.domain.japan import tokyo_date
from core.domain.notice import fact_version
from ports.alarms import Alarms
from ports.clock import Clock
from ports.durable import DurableWork
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store

T = TypeVar("T")

LOST: Final = "waiting_account_lost"
"""The alarm of an account whose customer waits for an answer, and which Salesforce does not give out any more."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Read again what is still open, and learn what changed, so that a lost event is made good (ELG-6, FUL-1, T-5).

    Answers how many facts were found. Run every minute, and more often while the stream is down. Each state found is
    learned once, however often it is seen. An account that can't be read any more keeps no other from being read.
    """

    desk: EligibilityDesk
    identity_desk: IdentityDesk
    orders: OrderBook
    opportunities: Opportunities
    work: DurableWork
    store: Store
    alarms: Alarms
    clock: Clock

    async def __call__(self) -> int:
        found = [*await self._answers(), *await self._reviews(), *await self._orders(), *await self._endings()]
        for fact in found:
            await self.work.start(learning(fact))
        return len(found)

    async def _answers(self) -> list[AnyFact]:
        now = self.clock.now()
        waiting = await self._waiting(checks.WAITING)
        if not waiting:
            return []
        # one look at what staff have open tells which of them to read
        still_open = {check.account for check in await self.desk.open_checks(now)}
        answered = [account for account in waiting if account not in still_open]
        found: list[AnyFact] = []
        for standing in await asyncio.gather(*(self._read(self.desk.standing, account) for account in answered)):
            if standing is not None and standing.status is not EligibilityStatus.PENDING:
                version = fact_version(standing.status, standing.checked_at or standing.requested_at)
                fact_id = f"poll:eligibility:{standing.account}:{version}"
                found.append(EligibilityChanged(id=fact_id, at=now, account=standing.account))
        return found

    async def _reviews(self) -> list[AnyFact]:
        now = self.clock.now()
        found: list[AnyFact] = []
        for account in await self._waiting(uploads.WAITING):
            identity = await self._read(self.identity_desk.standing, account)
            if identity is not None and identity.status is not IdStatus.SUBMITTED:
                version = fact_version(identity.status, identity.reviewed_at or identity.submitted_at)
                found.append(IdentityChanged(id=f"poll:identity:{account}:{version}", at=now, account=account))
        return found

    async def _orders(self) -> list[AnyFact]:
        now = self.clock.now()
        return [
            OrderChanged(
                id=f"poll:order:{order.id}:{fact_version(order.status, order.changed_at)}",
                at=now,
                order=order.id,
                account=order.account,
            )
            for order in await self.orders.waiting()
        ]

    async def _endings(self) -> list[AnyFact]:
        now = self.clock.now()
        return [
            # whether it is over depends on billing too, so it is looked at again each day
            OpportunityChanged(
                id=f"poll:opportunity:{ending.id}:{fact_version(ending.stage, ending.changed_at)}:{tokyo_date(now)}",
                at=now,
                opportunity=ending.id,
                account=ending.account,
            )
            for ending in await self.opportunities.cancelling(now)
        ]

    async def _read(self, read: Callable[[AccountId], Awaitable[T]], account: AccountId) -> T | None:
        try:
            return await read(account)
        except Rejected:
            await self.alarms.raise_alarm(LOST, account)
            return None

    async def _waiting(self, kind: str) -> list[AccountId]:
        async with self.store.reading() as shelves:
            return [AccountId(intent.subject) for intent in await shelves.intents.open(kind)]
