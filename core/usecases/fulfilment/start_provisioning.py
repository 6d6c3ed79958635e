"""Asking for the activation of an approved order."""

from dataclasses import dataclass

from core.domain.ids import OrderId
from core.domain.order import OrderStatus
from core.domain.provisioning import provision_job
from core.domain.refusals import NotApproved, NotFound
from core.domain.work import Work
from ports.activation import Activation
from ports.durable import DurableWork
from ports.order_book import OrderBook


@dataclass(frozen=True, slots=True)
class StartProvisioning:
    """Provision an approved order now: the signed call, also "activate now" and "try again" (FUL-1, FUL-5, FUL-7)."""

    orders: OrderBook
    begin: Activation
    work: DurableWork

    async def __call__(self, order_id: OrderId) -> Work:
        """The order's provisioning as it stands; raises NotFound or NotApproved."""
        order = await self.orders.find(order_id)
        if order is None:
            raise NotFound(order=order_id)
        # a call that is repeated late finds the order completed: it is answered with the work that did it
        provisioned = order.status is OrderStatus.COMPLETED and await self.work.outcome(provision_job(order).key, 0)
        if order.status is not OrderStatus.APPROVED and not provisioned:
            raise NotApproved(status=order.status.value)
        return await self.begin(order, asked=True)
