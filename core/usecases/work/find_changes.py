"""Looking for what changed in Salesforce without the portal having learned it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.domain.changes import AnyState, subjects, untold
from core.domain.facts import AnyFact
from core.domain.ids import AccountId, OpportunityId, OrderId
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store

PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class FindChanges:
    """Compare what Salesforce lists as changed with what was learned of it; binds `ports.changes.Changes` (T-5).

    One call for 200 records, and none for a record that was learned as it stands: of accounts the portal status,
    eligibility and ID verification, of opportunities and orders whatever changed (ACC-8, ELG-6, OPP-1, FUL-1).
    """

    registry: CustomerRegistry
    opportunities: Opportunities
    orders: OrderBook
    store: Store
    clock: Clock

    async def __call__(self, since: datetime) -> tuple[AnyFact, ...]:
        found: list[AnyFact] = []
        # sales before orders: an order goes on once its sale is known to
        for pages in (self._accounts(since), self._sales(since), self._orders(since)):
            async for page in pages:
                found += await self._untold(page)
        return tuple(found)

    async def _untold(self, page: Sequence[AnyState]) -> list[AnyFact]:
        now = self.clock.now()
        async with self.store.reading() as shelves:
            learned = await shelves.facts.learned([subject for state in page for subject in subjects(state)])
            users = {account: await shelves.users.by_account(account) for account in {state.account for state in page}}
        known = ((state, users[state.account]) for state in page)
        return [fact for state, user in known if user is not None for fact in untold(state, user, learned, now)]

    async def _accounts(self, since: datetime) -> AsyncIterator[Sequence[AnyState]]:
        after: AccountId | None = None
        while page := await self.registry.changed(since, after, PAGE):
            yield page
            after = page[-1].account

    async def _sales(self, since: datetime) -> AsyncIterator[Sequence[AnyState]]:
        after: OpportunityId | None = None
        while page := await self.opportunities.changed(since, after, PAGE):
            yield page
            after = page[-1].opportunity

    async def _orders(self, since: datetime) -> AsyncIterator[Sequence[AnyState]]:
        after: OrderId | None = None
        while page := await self.orders.changed(since, after, PAGE):
            yield page
            after = page[-1].order
