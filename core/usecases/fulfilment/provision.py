"""From an approved order to a running service."""

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from msgspec.structs import replace

from core.domain.billing import Service
from core.domain.fresh import Fresh
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

Seen = Fresh[tuple[Service, ...]]
OUT_OF_STEP: Final = "sale_out_of_step"
"""The alarm of an approved order whose opportunity stands where no activation follows: on hold, say (OPP-1)."""


@dataclass(frozen=True, slots=True)
class Provision:
    """Make the service that an approved order is for, once, whatever happens on the way (FUL-2, FUL-3, FUL-4).

    Each step goes by the order as it was read just now and looks before it writes, so any may be done again. A fault
    that lasts, or a no, leaves the order Failed with its code; a later attempt finds what is there and goes on. What
    Salesforce itself refuses to take down is with staff, and told as calmly.
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
        fresh: Fresh[Order] = Fresh()
        try:
            target = await steps.do("check standing", ProvisionTarget | None, lambda: self._standing(data, fresh))
            if target is not None:
                await self._activate(steps, data.order, target, fresh)
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

    async def _activate(self, steps: Steps, order: OrderId, target: ProvisionTarget, fresh: Fresh[Order]) -> None:
        lasting = self.policy.lasting_after
        seen: Seen = Fresh()
        try:
            checked = partial(self._check_billing, order, target, fresh, seen)
            await steps.do("check billing", None, checked, give_up_after=lasting)
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.BILLING_UNKNOWN.value) from None
        await steps.do("activating", None, lambda: self._set_activating(order, fresh))
        if target.esim:
            await self._make_esim(steps, order, fresh)
        billed = await self._bill(steps, order, target, fresh, seen)
        await steps.do("complete", None, lambda: self._complete(order, target, billed, fresh))

    async def _order(self, order_id: OrderId) -> Order:
        order = await self.orders.find(order_id)
        if order is None:
            raise Rejected("NOT_FOUND", "order")
        return order

    async def _approved(self, order_id: OrderId) -> Order:
        return _sure_approved(await self._order(order_id))

    @asynccontextmanager
    async def _still_approved(self, order_id: OrderId, fresh: Fresh[Order]) -> AsyncIterator[Order]:
        async with fresh.of(self.clock.now(), lambda: self._order(order_id)) as order:
            yield _sure_approved(order)

    # --- before anything is made -----------------------------------------------------------------------------------
    async def _standing(self, data: ProvisionData, fresh: Fresh[Order]) -> ProvisionTarget | None:
        read_at = self.clock.now()
        account = data.account or (await self._order(data.order)).account
        orders, sales, eligibility, identity, profile = await gather(
            self.orders.of_account(account),
            self.opportunities.of_account(account),
            self.eligibility.standing(account),
            self.identity.standing(account),
            self.registry.profile(account),
        )
        order = next((each for each in orders if each.id == data.order), None)
        if order is None:
            raise Rejected("NOT_FOUND", "order")
        if order.status is not OrderStatus.APPROVED or order.waits_for_shipping:
            return None
        check_sale(next((sale for sale in sales if sale.id == order.opportunity), None))
        failure = standing_failure(order, eligibility=eligibility, identity=identity, orders=orders, policy=self.policy)
        if failure is not None:
            raise ActivationFailed(failure=failure.value)
        if profile is None or profile.client is None:
            raise Rejected("NOT_FOUND", "billing client of the order's account")
        fresh.keep(order, read_at)
        return ProvisionTarget(account=order.account, client=profile.client, esim=has_esim(order))

    async def _check_billing(self, order_id: OrderId, target: ProvisionTarget, fresh: Fresh[Order], seen: Seen) -> None:
        async with self._still_approved(order_id, fresh) as order:
            read_at = self.clock.now()
            services, payment = await gather(
                self.services.services(target.client), self.payments.payment_methods(target.client)
            )
            failure = billing_failure(order, services=services, payment=payment)
            if failure is not None:
                raise ActivationFailed(failure=failure.value)
            seen.keep(services, read_at)

    async def _set_activating(self, order_id: OrderId, fresh: Fresh[Order]) -> None:
        async with self._still_approved(order_id, fresh) as order:
            at, after = self.clock.now(), await self._move_to_activating(order)
            if after is not None:
                fresh.keep(_sure_approved(after), at)

    async def _move_to_activating(self, order: Order) -> Order | None:
        if order.activation not in (ActivationStatus.NOT_STARTED, ActivationStatus.FAILED):
            return None
        return await self.orders.ensure_activation(order.id, order.activation, ActivationStatus.ACTIVATING)

    # --- making it -------------------------------------------------------------------------------------------------
    async def _make_esim(self, steps: Steps, order: OrderId, fresh: Fresh[Order]) -> None:
        try:
            await steps.do("esim", None, lambda: self._issue(order, fresh), give_up_after=self.policy.lasting_after)
        except Rejected:
            raise ActivationFailed(failure=FailureCode.ESIM_REFUSED.value) from None
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.ESIM_UNKNOWN.value) from None

    async def _issue(self, order_id: OrderId, fresh: Fresh[Order]) -> None:
        async with self._still_approved(order_id, fresh) as order:
            made = await self.issuer.ensure_profile(esim_order(order))
            # the activation code is the customer's key to the line: it goes to the database, never through the journal
            kept = EsimRecord(order=order.id, account=order.account, esim=made.id, qr=made.qr)
            async with self.store.begin() as shelves:
                await shelves.things.keep_esim(kept)

    async def _bill(
        self, steps: Steps, order: OrderId, target: ProvisionTarget, fresh: Fresh[Order], seen: Seen
    ) -> Billed:
        lasting = self.policy.lasting_after
        try:
            billed = partial(self._billed, order, target, fresh, seen)
            return await steps.do("bill", Billed, billed, give_up_after=lasting)
        except Rejected:
            raise ActivationFailed(failure=FailureCode.BILLING_REFUSED.value) from None
        except Unavailable:
            raise ActivationFailed(failure=FailureCode.BILLING_UNKNOWN.value) from None

    async def _billed(self, order_id: OrderId, target: ProvisionTarget, fresh: Fresh[Order], seen: Seen) -> Billed:
        async with self._still_approved(order_id, fresh) as order:
            # a try of this attempt may have been cut short after it had said Failed
            await self._move_to_activating(order)
            key = request_key(order_id, "billing")
            # seen in this very run, and for one try alone: another process that died after its add left none of it
            looked = seen.take_recent(self.clock.now())
            added = await self.provisioner.ensure_billed(key, billing_order(order, target.client), looked)
        async with self._still_approved(order_id, fresh) as order:
            return await self._accepted(order, target, added)

    async def _accepted(self, order: Order, target: ProvisionTarget, added: Billed) -> Billed:
        await self.provisioner.ensure_accepted(target.client, added.order)
        billed = await self.provisioner.find_billed(target.client, order.id)
        if billed is None or not billed.accepted:
            raise Unavailable("billing does not show the order as accepted yet")
        if not is_whole(order, billed):
            raise Rejected("conflict", "billing order", ("services",))
        return billed

    async def _complete(self, order_id: OrderId, target: ProvisionTarget, billed: Billed, fresh: Fresh[Order]) -> None:
        # its lines stay its own, and all else is looked at as it is written
        order = fresh.take() or await self._order(order_id)
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
            now, about = self.clock.now(), str(order.id)
            await self.notifier(
                NewNotice(user=user.id, type=kind, source_id=about, version=version, values=values, created_at=now)
            )

    async def _clear(self, data: ProvisionData) -> None:
        order = await self._order(data.order)
        if order.status is OrderStatus.CANCELLED:
            await self.work.start(clear_job(order, f"attempt {data.attempt}"))


def _sure_approved(order: Order) -> Order:
    if order.status is not OrderStatus.APPROVED:
        raise NotApproved
    return order
