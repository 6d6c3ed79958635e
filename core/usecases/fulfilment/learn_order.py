"""What follows when an order changed in Salesforce."""

from dataclasses import dataclass

from core.domain.facts import OrderChanged
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import MOVES, Stage, Trigger
from core.domain.order import ActivationStatus, Order, OrderStatus, cancelled_notice
from core.domain.policy import Policy
from core.domain.provisioning import dated_jobs, provision_job
from core.domain.session import PortalUser
from ports.billing import Provisioner
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import DurableWork, Steps
from ports.notices import Notifier
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.partners import EsimIssuer
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnOrder:
    """Follow an order: approved, it goes to activation, at once or on its date; cancelled, its traces are removed.

    Deliveries in any order and number end the same (FUL-1, FUL-5, FUL-6, ORD-10): the order is read again, and
    everything that follows is keyed by it.
    """

    orders: OrderBook
    opportunities: Opportunities
    provisioner: Provisioner
    issuer: EsimIssuer
    work: DurableWork
    store: Store
    notifier: Notifier
    caches: Caches
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, fact: OrderChanged) -> None:
        order = await steps.do("order", Order | None, lambda: self.orders.find(fact.order))
        if order is None:
            return
        await steps.do("forget", None, lambda: self.caches.drop_account(order.account))
        if order.status is OrderStatus.APPROVED:
            await steps.do("tell approved", None, lambda: self._tell_approved(order))
            await steps.do("go on", None, lambda: self._go_on(order))
        elif order.status is OrderStatus.CANCELLED:
            await steps.do("void", None, lambda: self._void(order))
            await steps.do("esim", None, lambda: self._end_esim(order))
            await steps.do("billing", None, lambda: self._drop_billing(order))
            await steps.do("tell cancelled", None, lambda: self._tell_cancelled(order))

    async def _go_on(self, order: Order) -> None:
        if order.activation is not ActivationStatus.NOT_STARTED or order.waits_for_shipping:
            return
        now = self.clock.now()
        scheduled = order.activate_at is not None and order.activate_at > now
        for job in dated_jobs(order, now, self.policy) if scheduled else (provision_job(order),):
            await self.work.start(job)

    async def _void(self, order: Order) -> None:
        opportunity = await self.opportunities.find(order.opportunity) if order.opportunity else None
        if opportunity is not None and (opportunity.stage, Trigger.ORDER_CANCELLED) in MOVES:
            await self.opportunities.ensure_stage(opportunity.id, opportunity.stage, Stage.VOID)

    async def _end_esim(self, order: Order) -> None:
        async with self.store.reading() as shelves:
            esim = await shelves.things.esim_of_order(order.id)
        if esim is not None:
            await self.issuer.ensure_deactivated(esim.esim)

    async def _drop_billing(self, order: Order) -> None:
        user = await self._user(order)
        if user is not None:
            await self.provisioner.ensure_dropped(user.client, order.id)

    async def _tell_approved(self, order: Order) -> None:
        user = await self._user(order)
        if user is not None:
            notice = NewNotice(
                user=user.id,
                type=NoticeType.ORDER_APPROVED,
                source_id=str(order.id),
                version=order.status.value,
                values={"number": order.number, "order": str(order.id)},
                created_at=self.clock.now(),
            )
            await self.notifier(notice)

    async def _tell_cancelled(self, order: Order) -> None:
        user = await self._user(order)
        if user is not None:
            await self.notifier(cancelled_notice(order, user.id, self.clock.now()))

    async def _user(self, order: Order) -> PortalUser | None:
        async with self.store.reading() as shelves:
            return await shelves.users.by_account(order.account)
