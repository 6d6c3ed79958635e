"""From an approved order to a running service."""

from asyncio import gather
from dataclasses import dataclass

from core.domain.cart import SimType
from core.domain.ids import BillingOrderId, ClientId, EsimId, OrderId, ServiceId, UserId, request_key
from core.domain.notice import NewNotice, NoticeType
from core.domain.order import ActivationStatus, Order, OrderStatus
from core.domain.policy import Policy
from core.domain.provisioning import (
    Billed,
    EsimOrder,
    FailureCode,
    ProvisionData,
    billing_order,
    standing_failure,
)
from core.domain.refusals import ActivationFailed
from ports.billing import PaymentBook, Provisioner, ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import Steps
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected, Unavailable
from ports.identity_desk import IdentityDesk
from ports.notices import Notifier
from ports.order_book import OrderBook
from ports.partners import EsimIssuer
from ports.store import EsimRecord, Store


@dataclass(frozen=True, slots=True)
class Provision:
    """Make the service that an approved order is for, once, whatever happens on the way (FUL-2, FUL-3, FUL-4).

    Each step looks before it writes, so any of them may be done again. A fault that lasts, or a no, leaves the order
    Failed with its code; a later attempt finds what is there and goes on.
    """

    orders: OrderBook
    registry: CustomerRegistry
    eligibility: EligibilityDesk
    identity: IdentityDesk
    services: ServiceBook
    payments: PaymentBook
    provisioner: Provisioner
    issuer: EsimIssuer
    store: Store
    notifier: Notifier
    caches: Caches
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, data: ProvisionData) -> None:
        order = await steps.do("order", Order, lambda: self._order(data.order))
        client = await steps.do("client", ClientId, lambda: self._client(order))
        if order.status is not OrderStatus.APPROVED or order.waits_for_shipping:
            return
        try:
            await steps.do("check", None, lambda: self._check(order, client))
            await steps.do("activating", None, lambda: self._activating(order.id))
            if order.sim is not None and order.sim.sim_type is SimType.ESIM:
                await self._esim(steps, order)
            billed = await self._bill(steps, order, client)
        except ActivationFailed as failed:
            await self._fail(steps, order, FailureCode(failed.data["failure"]), data.attempt)
            raise
        await self._complete(steps, order, client, billed)

    async def _order(self, order_id: OrderId) -> Order:
        order = await self.orders.find(order_id)
        if order is None:
            raise Rejected("NOT_FOUND", "order")
        return order

    async def _client(self, order: Order) -> ClientId:
        profile = await self.registry.profile(order.account)
        if profile is None or profile.client is None:
            raise Rejected("NOT_FOUND", "billing client of the order's account")
        return profile.client

    async def _check(self, order: Order, client: ClientId) -> None:
        eligibility, identity, services, orders, payment = await gather(
            self.eligibility.standing(order.account),
            self.identity.standing(order.account),
            self.services.services(client),
            self.orders.of_account(order.account),
            self.payments.payment_methods(client),
        )
        failure = standing_failure(
            order,
            eligibility=eligibility,
            identity=identity,
            services=services,
            orders=orders,
            payment=payment,
            policy=self.policy,
        )
        if failure is not None:
            raise ActivationFailed(failure=failure.value)

    async def _activating(self, order_id: OrderId) -> None:
        order = await self._order(order_id)
        if order.activation in (ActivationStatus.NOT_STARTED, ActivationStatus.FAILED):
            await self.orders.ensure_activation(order_id, order.activation, ActivationStatus.ACTIVATING)

    async def _esim(self, steps: Steps, order: Order) -> None:
        try:
            await steps.do("esim", EsimId, lambda: self._issue(order), give_up_after=self.policy.lasting_after)
        except Rejected:
            raise ActivationFailed(failure=FailureCode.ESIM_REFUSED.value) from None
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.ESIM_UNKNOWN.value) from None

    async def _issue(self, order: Order) -> EsimId:
        sim, plan = order.sim, order.plan
        made = await self.issuer.ensure_profile(
            EsimOrder(
                key=request_key(order.id, "esim"),
                order=order.id,
                plan=plan.sku if plan else "",
                eid=sim.eid if sim else None,
                porting_reservation=sim.porting.reservation if sim and sim.porting else None,
            )
        )
        # the activation code is the customer's key to the line: it goes to the database, never through the journal
        async with self.store.begin() as shelves:
            await shelves.things.keep_esim(EsimRecord(order=order.id, account=order.account, esim=made.id, qr=made.qr))
        return made.id

    async def _bill(self, steps: Steps, order: Order, client: ClientId) -> Billed:
        lasting = self.policy.lasting_after
        try:
            await steps.do("bill", BillingOrderId, lambda: self._add(order, client), give_up_after=lasting)
            await steps.do("accept", None, lambda: self._accept(order, client), give_up_after=lasting)
            return await steps.do("read back", Billed, lambda: self._billed(order, client), give_up_after=lasting)
        except Rejected:
            raise ActivationFailed(failure=FailureCode.BILLING_REFUSED.value) from None
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.BILLING_UNKNOWN.value) from None

    async def _add(self, order: Order, client: ClientId) -> BillingOrderId:
        billed = await self.provisioner.ensure_billed(request_key(order.id, "billing"), billing_order(order, client))
        return billed.order

    async def _accept(self, order: Order, client: ClientId) -> None:
        now = await self._order(order.id)
        if now.status is OrderStatus.APPROVED:  # cancelled meanwhile: nothing is made to run any more
            billed = await self.provisioner.find_billed(client, order.id)
            if billed is not None:
                await self.provisioner.ensure_accepted(client, billed.order)

    async def _billed(self, order: Order, client: ClientId) -> Billed:
        billed = await self.provisioner.find_billed(client, order.id)
        if billed is None:
            raise Unavailable("billing does not show the order yet")
        return billed

    async def _complete(self, steps: Steps, order: Order, client: ClientId, billed: Billed) -> None:
        lines = [line.id for line in order.lines for _ in range(line.quantity) if line.id is not None]
        services = dict(zip(lines, billed.services, strict=True))
        after = await steps.do(
            "complete", Order, lambda: self.orders.ensure_completed(order.id, billed.order, services)
        )
        if after.status is not OrderStatus.COMPLETED:
            await steps.do("undo", None, lambda: self._undo(order, client, billed))
            return
        plan = after.plan
        service = plan.service if plan is not None else None
        await steps.do("link esim", None, lambda: self._link_esim(order, service))
        await steps.do("tell", None, lambda: self._tell(after, client, service))

    async def _undo(self, order: Order, client: ClientId, billed: Billed) -> None:
        if not billed.accepted:
            await self.provisioner.ensure_dropped(client, order.id)
        else:
            for service in billed.services:
                await self.services.ensure_terminated(client, service)
        async with self.store.reading() as shelves:
            esim = await shelves.things.esim_of_order(order.id)
        if esim is not None:
            await self.issuer.ensure_deactivated(esim.esim)

    async def _link_esim(self, order: Order, service: ServiceId | None) -> None:
        async with self.store.begin() as shelves:
            esim = await shelves.things.esim_of_order(order.id)
            if esim is not None:
                linked = EsimRecord(order=esim.order, account=esim.account, esim=esim.esim, qr=esim.qr, service=service)
                await shelves.things.keep_esim(linked)

    async def _tell(self, order: Order, client: ClientId, service: ServiceId | None) -> None:
        await self.caches.drop_account(order.account)
        await self.caches.drop_client(client)
        values = {"plan": order.plan.name if order.plan else "", "service": str(service or "")}
        await self._notice(order, NoticeType.ORDER_ACTIVATED, "Activated", values)

    async def _fail(self, steps: Steps, order: Order, failure: FailureCode, attempt: int) -> None:
        await steps.do("mark failed", None, lambda: self._mark_failed(order.id, failure))
        version = f"Failed:{failure.value}:{attempt}"
        values = {"number": order.number, "order": str(order.id)}
        await steps.do("tell failed", None, lambda: self._notice(order, NoticeType.ORDER_FAILED, version, values))

    async def _mark_failed(self, order_id: OrderId, failure: FailureCode) -> None:
        await self._activating(order_id)
        await self.orders.ensure_activation(order_id, ActivationStatus.ACTIVATING, ActivationStatus.FAILED, failure)

    async def _notice(self, order: Order, kind: NoticeType, version: str, values: dict[str, str]) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(order.account)
        if user is not None:
            await self.notifier(_notice(user.id, kind, order, version, values, self.clock))


def _notice(
    user: UserId, kind: NoticeType, order: Order, version: str, values: dict[str, str], clock: Clock
) -> NewNotice:
    return NewNotice(
        user=user, type=kind, source_id=str(order.id), version=version, values=values, created_at=clock.now()
    )
