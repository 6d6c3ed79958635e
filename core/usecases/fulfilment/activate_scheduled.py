"""The day an order was scheduled for."""

from dataclasses import dataclass

from core.domain.provisioning import DateData, is_untouched
from ports.activation import Activation
from ports.clock import Clock
from ports.durable import Steps
from ports.order_book import OrderBook


@dataclass(frozen=True, slots=True)
class ActivateScheduled:
    """Provision a scheduled order on its date, unless it was moved, cancelled or activated before (FUL-5).

    Before its date it runs when an operator lets it, and that is "activate now".
    """

    orders: OrderBook
    begin: Activation
    clock: Clock

    async def __call__(self, steps: Steps, data: DateData) -> None:
        await steps.do("begin", None, lambda: self._begin(data))

    async def _begin(self, data: DateData) -> None:
        order = await self.orders.find(data.order)
        if order is not None and is_untouched(order):
            # where the date was moved, the order waits for another work
            early = order.activate_at == data.due and self.clock.now() < data.due
            await self.begin(order, asked=early)
