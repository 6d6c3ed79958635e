"""A look ahead, before a scheduled activation."""

from dataclasses import dataclass

from core.domain.notice import NewNotice, NoticeType
from core.domain.provisioning import DateData, is_untouched
from ports.billing import PaymentBook
from ports.clock import Clock
from ports.durable import Steps
from ports.notices import Notifier
from ports.order_book import OrderBook
from ports.store import Store


@dataclass(frozen=True, slots=True)
class Preflight:
    """Tell the customer in time when a scheduled order has no payment method (FUL-5)."""

    orders: OrderBook
    payments: PaymentBook
    store: Store
    notifier: Notifier
    clock: Clock

    async def __call__(self, steps: Steps, data: DateData) -> None:
        await steps.do("look", None, lambda: self._look(data))

    async def _look(self, data: DateData) -> None:
        order = await self.orders.find(data.order)
        if order is None or not is_untouched(order) or order.activate_at != data.due:
            return
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(order.account)
        if user is None or (await self.payments.payment_methods(user.client)).present:
            return
        await self.notifier(
            NewNotice(
                user=user.id,
                type=NoticeType.PAYMENT_METHOD_MISSING,
                source_id=str(order.id),
                version=data.due.isoformat(),
                values={"order": str(order.id)},
                created_at=self.clock.now(),
            )
        )
