"""Putting accepted orders into Salesforce."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from core.domain.ids import CheckoutId
from core.domain.order import CancelCode, OrderDraft, OrderStatus, Placed
from core.domain.placing import Attempt, OrdersPlaced, OrdersWanted, PlacedOrder
from core.domain.refusals import OpportunityUnusable, OrderRefused
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.errors import Rejected
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store

TAKEN: Final = OpportunityUnusable.code
TAKEN_BACK: Final = "Another part of the same order was refused."


@dataclass(frozen=True, slots=True)
class WritePlacedOrders:
    """Place each order of a cart once, on its opportunity or a new one; all of them or none stay (ORD-2 to ORD-5)."""

    orders: OrderBook
    opportunities: Opportunities
    store: Store
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: OrdersWanted) -> OrdersPlaced:
        """The orders placed; raises OrderRefused or OpportunityUnusable, the checkout being open again then."""
        placed: list[Placed] = []
        last = len(data.drafts) - 1
        first_after = None
        for place, draft in enumerate(data.drafts):
            attempt = await steps.do(
                f"place {place}", Attempt, partial(self._placed, draft, data, is_last=place == last)
            )
            if attempt.placed is None:
                await self._take_back(steps, placed, data)
                if attempt.refused == TAKEN:
                    raise OpportunityUnusable
                raise OrderRefused(reason=attempt.refused)
            placed.append(attempt.placed)
            first_after = attempt.first_after
        return OrdersPlaced(
            first_after=first_after,
            orders=tuple(
                PlacedOrder(id=each.order, number=each.number, product_type=draft.product_type)
                for each, draft in zip(placed, data.drafts, strict=True)
            ),
        )

    async def _placed(self, draft: OrderDraft, data: OrdersWanted, *, is_last: bool) -> Attempt:
        attempt = await self._place(draft, data)
        if attempt.placed is None or not is_last:
            return attempt
        # in the same step: each one costs more than all of this, and all of it may be done again
        await self.caches.drop_account(data.account)
        if data.since is None:
            return attempt
        return msgspec.structs.replace(attempt, first_after=(self.clock.now() - data.since).total_seconds())

    async def _place(self, draft: OrderDraft, data: OrdersWanted) -> Attempt:
        # a refusal is an answer here, so that it is remembered: what was taken back is never placed after all
        try:
            return Attempt(await self.orders.ensure_order(draft))
        except Rejected as refused:
            if draft.opportunity is None:
                return Attempt(refused=refused.code)
            chosen = await self.opportunities.find(draft.opportunity)
            if chosen is not None and chosen.takes_order(draft.account, draft.product_type):
                return Attempt(refused=refused.code)  # it was not the opportunity
        if draft.opportunity == data.given:
            return Attempt(refused=TAKEN)
        # the one found before was taken or given up meanwhile
        newest = await self.opportunities.open_for_order(draft.account, draft.product_type)
        instead = msgspec.structs.replace(draft, opportunity=newest.id if newest is not None else None)
        try:
            return Attempt(await self.orders.ensure_order(instead))
        except Rejected as refused:
            return Attempt(refused=refused.code)

    async def _take_back(self, steps: Steps, placed: list[Placed], data: OrdersWanted) -> None:
        for place, each in enumerate(placed):
            await steps.do(f"take back {place}", None, partial(self._cancel, each))
        if data.checkout is not None:
            await steps.do("reopen", None, partial(self._reopen, data.checkout))
        await steps.do("forget", None, partial(self.caches.drop_account, data.account))

    async def _cancel(self, placed: Placed) -> None:
        code = CancelCode.NOT_PLACED
        await self.orders.ensure_cancelled(placed.order, OrderStatus.PENDING_REVIEW, code.value, TAKEN_BACK)

    async def _reopen(self, checkout: CheckoutId) -> None:
        async with self.store.begin() as shelves:
            await shelves.checkouts.reopen(checkout)
