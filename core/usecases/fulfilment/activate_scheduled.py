"""The day an order was scheduled for."""

from dataclasses import dataclass

from core.domain.order import ActivationStatus, Order, OrderStatus
from core.domain.provisioning import DateData, provision_job
from ports.durable import DurableWork, Steps
from ports.order_book import OrderBook


@dataclass(frozen=True, slots=True)
class ActivateScheduled:
    """Provision a scheduled order on its date, unless it was moved, cancelled or activated before (FUL-5)."""

    orders: OrderBook
    work: DurableWork

    async def __call__(self, steps: Steps, data: DateData) -> None:
        order = await steps.do("order", Order | None, lambda: self.orders.find(data.order))
        if order is None or order.activate_at != data.due or order.waits_for_shipping:
            return
        if order.status is OrderStatus.APPROVED and order.activation is ActivationStatus.NOT_STARTED:
            await steps.do("provision", None, lambda: self._provision(order))

    async def _provision(self, order: Order) -> None:
        await self.work.start(provision_job(order))
