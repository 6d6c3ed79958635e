"""Cancelling an order that its customer withdrew."""

from dataclasses import dataclass

from core.domain.order import (
    CANCEL_REMEDIES,
    CancelCode,
    Order,
    OrderStatus,
    OrderTrigger,
    cancelled_notice,
    move_order,
)
from core.domain.placing import FIRST_ORDER, Withdrawal, WithdrawalData, placed_under
from core.domain.work import ASKED_UNDER
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.notices import Notifier
from ports.order_book import OrderBook
from ports.store import Store


@dataclass(frozen=True, slots=True)
class CancelWithdrawn:
    """Cancel the order and void its opportunity, unless staff approved it first; then say so (ORD-10, OPP-1)."""

    orders: OrderBook
    store: Store
    notifier: Notifier
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: WithdrawalData) -> Withdrawal:
        """The order as it stands; raises MoveRefused when it was approved meanwhile."""
        order = await steps.do("cancel", Order, lambda: self._cancel(data))
        if order.status is not OrderStatus.CANCELLED:
            move_order(order.status, OrderTrigger.WITHDRAWN)
        await steps.do("let go", None, lambda: self._let_go(order))
        await steps.do("forget", None, lambda: self.caches.drop_account(order.account))
        await steps.do("tell", None, lambda: self._tell(data, order))
        return Withdrawal(order.id, order.status)

    async def _cancel(self, data: WithdrawalData) -> Order:
        code = CancelCode.CUSTOMER_WITHDREW
        return await self.orders.ensure_cancelled(
            data.order, OrderStatus.PENDING_REVIEW, code.value, CANCEL_REMEDIES[code].en
        )

    async def _let_go(self, order: Order) -> None:
        # the same cart again is another wish now, not a repeat of the one that was taken back
        key = placed_under(order)
        async with self.store.begin() as shelves:
            placed = await shelves.requests.by_job(key) if key is not None else None
            if placed is not None:
                await shelves.intents.worked(placed.id, {FIRST_ORDER, ASKED_UNDER}, self.clock.now())

    async def _tell(self, data: WithdrawalData, order: Order) -> None:
        await self.notifier(cancelled_notice(order, data.user, self.clock.now()))
