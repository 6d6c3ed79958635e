"""Clearing a cancelled order away."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from core.domain.ids import EsimId, OrderId
from core.domain.opportunity import MOVES, Trigger
from core.domain.order import ActivationStatus, Order, OrderStatus
from core.domain.policy import Policy
from core.domain.provisioning import (
    ClearData,
    FailureCode,
    dated_keys,
    esim_order,
    has_esim,
    provision_job,
    running,
)
from ports.alarms import Alarms
from ports.billing import Provisioner, ServiceBook
from ports.customer_registry import CustomerRegistry
from ports.durable import DurableWork, Steps
from ports.errors import Rejected, Unavailable
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.partners import EsimIssuer
from ports.store import Store

RUNS_ALREADY: Final = "cancelled_after_activation"
"""The alarm of an order that was cancelled although its service runs."""


@dataclass(frozen=True, slots=True)
class ClearOrder:
    """Void the sale of a cancelled order and take back what its activation had made (FUL-4, ORD-10).

    An order that was activated is left alone, whatever its status says: its service ends by a cancellation.
    """

    orders: OrderBook
    opportunities: Opportunities
    registry: CustomerRegistry
    services: ServiceBook
    provisioner: Provisioner
    issuer: EsimIssuer
    work: DurableWork
    store: Store
    alarms: Alarms
    policy: Policy

    async def __call__(self, steps: Steps, data: ClearData) -> None:
        if not await steps.do("cancelled", bool, lambda: self._is_cancelled(data.order)):
            return
        await steps.do("work", None, lambda: self._end_work(data.order))
        await steps.do("void", None, lambda: self._void(data.order))
        await steps.do("esim", None, lambda: self._end_esim(data.order))
        await steps.do("billing", None, lambda: self._end_billing(data.order), give_up_after=self.policy.lasting_after)

    async def _order(self, order_id: OrderId) -> Order:
        order = await self.orders.find(order_id)
        if order is None:
            raise Rejected("NOT_FOUND", "order")
        return order

    async def _is_cancelled(self, order_id: OrderId) -> bool:
        order = await self._order(order_id)
        if order.status is OrderStatus.CANCELLED and order.activation is ActivationStatus.ACTIVATED:
            await self.alarms.raise_alarm(RUNS_ALREADY, order_id)
            return False
        return order.status is OrderStatus.CANCELLED

    async def _end_work(self, order_id: OrderId) -> None:
        order, attempt = await self._order(order_id), 1
        while await self.work.cancel(provision_job(order, attempt).key, stopped=True) is not None:
            attempt += 1
        for key in dated_keys(order):
            await self.work.cancel(key)

    async def _void(self, order_id: OrderId) -> None:
        order = await self._order(order_id)
        sale = await self.opportunities.find(order.opportunity) if order.opportunity is not None else None
        if sale is not None and (sale.stage, Trigger.ORDER_CANCELLED) in MOVES:
            await self.opportunities.ensure_stage(sale.id, sale.stage, MOVES[sale.stage, Trigger.ORDER_CANCELLED])

    async def _end_esim(self, order_id: OrderId) -> None:
        async with self.store.reading() as shelves:
            kept = await shelves.things.esim_of_order(order_id)
        esim = kept.esim if kept is not None else await self._unknown_esim(order_id)
        if esim is not None:
            await self.issuer.ensure_deactivated(esim)

    async def _unknown_esim(self, order_id: OrderId) -> EsimId | None:
        order = await self._order(order_id)
        begun = order.activation is not ActivationStatus.NOT_STARTED
        if not has_esim(order) or not begun or order.error_code == FailureCode.ESIM_REFUSED:
            return None
        # whatever the order says of its failure, an answer may have been lost: the same key finds what was made
        with suppress(Rejected):
            return (await self.issuer.ensure_profile(esim_order(order))).id
        return None

    async def _end_billing(self, order_id: OrderId) -> None:
        order = await self._order(order_id)
        profile = await self.registry.profile(order.account)
        if profile is None or profile.client is None:
            return
        billed = await self.provisioner.find_billed(profile.client, order_id)
        if billed is not None and billed.accepted:
            for service in running(order, billed):
                await self.services.ensure_terminated(profile.client, service)
            await self.provisioner.ensure_written_off(profile.client, order_id)
        try:
            await self.provisioner.ensure_dropped(profile.client, order_id)
        except Rejected:
            raise Unavailable("billing's order moved on meanwhile") from None
