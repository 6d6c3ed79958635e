"""Taking an order back."""

from dataclasses import dataclass

from core.domain.ids import OrderId
from core.domain.order import CancelCode, OrderStatus, OrderTrigger, may_withdraw, move_order
from core.domain.placing import withdrawing_job
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.domain.work import Reply
from ports.durable import Reception
from ports.order_book import OrderBook


@dataclass(frozen=True, slots=True)
class WithdrawOrder:
    """Let the customer withdraw an order before it is approved; asking again is answered as it stands (ORD-10)."""

    orders: OrderBook
    reception: Reception

    async def __call__(self, session: Session, order_id: OrderId) -> Reply:
        """How the withdrawal stands; raises NotFound, and MoveRefused once the order is approved or cancelled."""
        order = await self.orders.find(order_id, session.account)
        if order is None:
            raise NotFound
        withdrawn = order.status is OrderStatus.CANCELLED and order.cancel_code == CancelCode.CUSTOMER_WITHDREW
        if not withdrawn and not may_withdraw(order):
            move_order(order.status, OrderTrigger.WITHDRAWN)
        # an order is withdrawn at most once, so it names the work
        return await self.reception(session.user, "orders", withdrawing_job(session.user, order))
