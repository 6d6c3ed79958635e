"""From an approved order to a running service."""

from asyncio import gather
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from core.domain.ids import OrderId, request_key
from core.domain.notice import NewNotice, NoticeType
from core.domain.order import ActivationStatus, Order, OrderStatus
from core.domain.policy import Policy
from core.domain.provisioning import (
    Billed,
    FailureCode,
    ProvisionData,
    ProvisionTarget,
    billing_failure,
    billing_order,
    check_sale,
    clear_job,
    esim_order,
    has_esim,
    is_whole,
    services_of,
    standing_failure,
)
from core.domain.refusals import ActivationFailed, MoveRefused, NotApproved
from ports.alarms import Alarms
from ports.billing import PaymentBook, Provisioner, ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import DurableWork, Steps
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected, Unavailable
from ports.identity_desk import IdentityDesk
from ports.notices import Notifier
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.partners import EsimIssuer
from ports.store import EsimRecord, Store

OUT_OF_STEP: Final = "sale_out_of_step"
"""The alarm of an approved order whose opportunity stands where no activation follows: on hold, say (OPP-1)."""


@dataclass(frozen=True, slots=True)
class Provision:
    """Make the service that an approved order is for, once, whatever happens on the way (FUL-2, FUL-3, FUL-4).

    Each step reads the order again and looks before it writes, so any of them may be done again. A fault that lasts,
    or a no, leaves the order Failed with its code; a later attempt finds what is there and goes on. What Salesforce
    itself refuses to take down is with staff, and told as calmly.
    """

    orders: OrderBook
    opportunities: Opportunities
    registry: CustomerRegistry
    eligibility: EligibilityDesk
    identity: IdentityDesk
    services: ServiceBook
    payments: PaymentBook
    provisioner: Provisioner
    issuer: EsimIssuer
    work: DurableWork
    store: Store
    notifier: Notifier
    caches: Caches
    alarms: Alarms
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, data: ProvisionData) -> None:
        try:
            target = await steps.do("check standing", ProvisionTarget | None, lambda: self._standing(data.order))
            if target is not None:
                await self._activate(steps, data.order, target)
        except ActivationFailed as failed:
            if await self._fail(steps, data, FailureCode(failed.data["failure"])):
                raise
            await steps.do("clear failed", None, lambda: self._clear(data))
        except MoveRefused:
            await steps.do("alarm", None, lambda: self.alarms.raise_alarm(OUT_OF_STEP, data.order))
            raise
        except Rejected:
            # staff put the record right; what runs, or may yet run, is not called failed meanwhile
            await steps.do("tell parked", None, lambda: self._tell_delayed(data.order, "parked"))
            raise
        except NotApproved:
            # not any more: nothing further is made, and what was made is cleared away
            await steps.do("clear", None, lambda: self._clear(data))

    async def _activate(self, steps: Steps, order: OrderId, target: ProvisionTarget) -> None:
        lasting = self.policy.lasting_after
        try:
            await steps.do("check billing", None, lambda: self._check_billing(order, target), give_up_after=lasting)
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.BILLING_UNKNOWN.value) from None
        await steps.do("activating", None, lambda: self._set_activating(order))
        if target.esim:
            await self._make_esim(steps, order)
        billed = await self._bill(steps, order, target)
        await steps.do("complete", None, lambda: self._complete(order, target, billed))

    async def _order(self, order_id: OrderId) -> Order:
        order = await self.orders.find(order_id)
        if order is None:
            raise Rejected("NOT_FOUND", "order")
        return order

    async def _approved(self, order_id: OrderId) -> Order:
        order = await self._order(order_id)
        if order.status is not OrderStatus.APPROVED:
            raise NotApproved
        return order

    # --- before anything is made -----------------------------------------------------------------------------------
    async def _standing(self, order_id: OrderId) -> ProvisionTarget | None:
        order = await self._order(order_id)
        if order.status is not OrderStatus.APPROVED or order.waits_for_shipping:
            return None
        await self._check_standing(order)
        profile = await self.registry.profile(order.account)
        if profile is None or profile.client is None:
            raise Rejected("NOT_FOUND", "billing client of the order's account")
        return ProvisionTarget(account=order.account, client=profile.client, esim=has_esim(order))

    async def _check_standing(self, order: Order) -> None:
        if order.opportunity is not None:
            check_sale(await self.opportunities.find(order.opportunity))
        eligibility, identity, orders = await gather(
            self.eligibility.standing(order.account),
            self.identity.standing(order.account),
            self.orders.of_account(order.account),
        )
        failure = standing_failure(order, eligibility=eligibility, identity=identity, orders=orders, policy=self.policy)
        if failure is not None:
            raise ActivationFailed(failure=failure.value)

    async def _check_billing(self, order_id: OrderId, target: ProvisionTarget) -> None:
        order = await self._approved(order_id)
        services, payment = await gather(
            self.services.services(target.client), self.payments.payment_methods(target.client)
        )
        failure = billing_failure(order, services=services, payment=payment)
        if failure is not None:
            raise ActivationFailed(failure=failure.value)

    async def _set_activating(self, order_id: OrderId) -> None:
        await self._move_to_activating(await self._approved(order_id))

    async def _move_to_activating(self, order: Order) -> None:
        if order.activation in (ActivationStatus.NOT_STARTED, ActivationStatus.FAILED):
            await self.orders.ensure_activation(order.id, order.activation, ActivationStatus.ACTIVATING)

    # --- making it -------------------------------------------------------------------------------------------------
    async def _make_esim(self, steps: Steps, order: OrderId) -> None:
        try:
            await steps.do("esim", None, lambda: self._issue(order), give_up_after=self.policy.lasting_after)
        except Rejected:
            raise ActivationFailed(failure=FailureCode.ESIM_REFUSED.value) from None
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.ESIM_UNKNOWN.value) from None

    async def _issue(self, order_id: OrderId) -> None:
        order = await self._approved(order_id)
        made = await self.issuer.ensure_profile(esim_order(order))
        # the activation code is the customer's key to the line: it goes to the database, never through the journal
        async with self.store.begin() as shelves:
            await shelves.things.keep_esim(EsimRecord(order=order.id, account=order.account, esim=made.id, qr=made.qr))

    async def _bill(self, steps: Steps, order: OrderId, target: ProvisionTarget) -> Billed:
        lasting = self.policy.lasting_after
        try:
            return await steps.do("bill", Billed, lambda: self._billed(order, target), give_up_after=lasting)
        except Rejected:
            raise ActivationFailed(failure=FailureCode.BILLING_REFUSED.value) from None
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.BILLING_UNKNOWN.value) from None

    async def _billed(self, order_id: OrderId, target: ProvisionTarget) -> Billed:
        order = await self._approved(order_id)
        key = request_key(order_id, "billing")
        added = await self.provisioner.ensure_billed(key, billing_order(order, target.client))
        order = await self._approved(order_id)
        await self.provisioner.ensure_accepted(target.client, added.order)
        billed = await self.provisioner.find_billed(target.client, order_id)
        if billed is None or not billed.accepted:
            raise Unavailable("billing does not show the order as accepted yet")
        if not is_whole(order, billed):
            raise Rejected("conflict", "billing order", ("services",))
        return billed

    async def _complete(self, order_id: OrderId, target: ProvisionTarget, billed: Billed) -> None:
        order = await self._order(order_id)
        if order.status is not OrderStatus.COMPLETED:
            order = await self.orders.ensure_completed(order_id, billed.order, services_of(order, billed))
        if order.status is not OrderStatus.COMPLETED:
            raise NotApproved
        await self._link_esim(order)
        await self._tell_activated(order, target)

    # --- afterwards ------------------------------------------------------------------------------------------------
    async def _link_esim(self, order: Order) -> None:
        if order.plan is None or not has_esim(order):
            return
        async with self.store.begin() as shelves:
            await shelves.alone("esim", order.id)
            esim = await shelves.things.esim_of_order(order.id)
            if esim is not None:
                await shelves.things.keep_esim(replace(esim, service=order.plan.service))

    async def _tell_activated(self, order: Order, target: ProvisionTarget) -> None:
        await self.caches.drop_account(target.account)
        await self.caches.drop_client(target.client)
        plan = order.plan
        name, service = (plan.name, str(plan.service or "")) if plan is not None else ("", "")
        await self._notice(
            order, NoticeType.ORDER_ACTIVATED, ActivationStatus.ACTIVATED.value, {"plan": name, "service": service}
        )

    async def _fail(self, steps: Steps, data: ProvisionData, failure: FailureCode) -> bool:
        # named by the failure: after a crash in here the attempt may yet succeed in this, and fail in something else
        name = failure.value
        marked = await steps.do(f"mark {name}", bool, lambda: self._mark_failed(data.order, failure))
        if marked:
            await steps.do(f"tell {name}", None, lambda: self._tell_failed(data, failure))
        return marked

    async def _mark_failed(self, order_id: OrderId, failure: FailureCode) -> bool:
        try:
            order = await self._approved(order_id)
        except NotApproved:
            return False
        if order.activation is ActivationStatus.FAILED and order.error_code == failure:
            return True  # by a try of this that was cut short, or an attempt before: the same once more says nothing
        await self._move_to_activating(order)
        await self.orders.ensure_activation(order_id, ActivationStatus.ACTIVATING, ActivationStatus.FAILED, failure)
        return True

    async def _tell_failed(self, data: ProvisionData, failure: FailureCode) -> None:
        await self.alarms.raise_alarm(f"activation_failed {failure.value}", data.order)
        await self._tell_delayed(data.order, f"{ActivationStatus.FAILED.value}:{failure.value}:{data.attempt}")

    async def _tell_delayed(self, order_id: OrderId, version: str) -> None:
        order = await self._order(order_id)
        await self._notice(order, NoticeType.ORDER_FAILED, version, {"number": order.number, "order": str(order.id)})

    async def _notice(self, order: Order, kind: NoticeType, version: str, values: dict[str, str]) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(order.account)
        if user is not None:
            now = self.clock.now()
            notice = NewNotice(
                user=user.id, type=kind, source_id=str(order.id), version=version, values=values, created_at=now
            )
            await self.notifier(notice)

    async def _clear(self, data: ProvisionData) -> None:
        order = await self._order(data.order)
        if order.status is OrderStatus.CANCELLED:
            await self.work.start(clear_job(order, f"attempt {data.attempt}"))
