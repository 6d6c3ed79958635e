"""Setting the activation of an approved order going."""

from dataclasses import dataclass

from core.domain.ids import OrderId
from core.domain.order import ActivationStatus, Order, OrderStatus
from core.domain.provisioning import provision_job
from core.domain.refusals import NotApproved, NotFound
from core.domain.work import Work, WorkState
from ports.durable import DurableWork
from ports.order_book import OrderBook


@dataclass(frozen=True, slots=True)
class StartProvisioning:
    """Provision an approved order now: the signed call, also "activate now" and "try again" (FUL-1, FUL-5, FUL-7)."""

    orders: OrderBook
    work: DurableWork

    async def __call__(self, order_id: OrderId) -> Work:
        """The order's provisioning as it stands; raises NotFound or NotApproved."""
        order = await self.orders.find(order_id)
        if order is None:
            raise NotFound(order=order_id)
        latest, attempt = await self._latest(order)
        if order.status is OrderStatus.COMPLETED and latest is not None:
            return latest
        if order.status is not OrderStatus.APPROVED:
            raise NotApproved(status=order.status.value)
        if order.waits_for_shipping:
            job = provision_job(order)
            return Work(key=job.key, kind=job.kind, state=WorkState.RECEIVED, code="waits_for_shipping")
        if latest is not None and not _may_try_again(latest, order):
            return latest
        return await self.work.start(provision_job(order, attempt + 1))

    async def _latest(self, order: Order) -> tuple[Work | None, int]:
        latest, attempt = None, 0
        while (found := await self.work.outcome(provision_job(order, attempt + 1).key, wait=0)) is not None:
            latest, attempt = found, attempt + 1
        return latest, attempt


def _may_try_again(latest: Work, order: Order) -> bool:
    return latest.state.is_over and order.activation is not ActivationStatus.ACTIVATED
