"""Every story of one customer, told from what the systems hold (STA-3)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.billing import Service
from core.domain.cancellation import Cancellation
from core.domain.catalog import ProductType
from core.domain.eligibility import Eligibility, EligibilityStatus, expected_answer
from core.domain.identity import Identity, IdStatus, expected_review
from core.domain.ids import OpportunityId, OrderId, ServiceId
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import Order, expected_activation, expected_approval
from core.domain.policy import Policy
from core.domain.timeline import (
    Entry,
    by_case_entries,
    eligibility_entries,
    ended_entries,
    identity_entries,
    in_order,
    order_entries,
    service_entries,
    started_entries,
)

APPROVAL_SEEN: Final = "approval seen"
"""The deed, in the audit trail, of learning that staff approved an order: Salesforce does not keep when."""
LINES_READ: Final = 50
"""How many of the latest lines about one subject are looked at."""


class JourneyKind(StrEnum):
    """What a journey leads to."""

    INTERNET = "internet"
    SIM = "sim"
    VPN = "vpn"
    IDENTITY = "identity"
    OTHER = "other"


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """One story: its entries in order; `order` is the order it is about, None before there is one."""

    kind: JourneyKind
    order: str | None
    number: str | None
    entries: tuple[Entry, ...]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is still open."""
        return not any(entry.open for entry in self.entries)


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What the stories of one customer are made of.

    `reviews` are how long recent ones of each kind took. `endings` are those that only a case tells of. `approved` and
    `moved` are when the portal learned of an order's approval and of a sale's stage, where it did.
    """

    eligibility: Eligibility
    identity: Identity
    orders: tuple[Order, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    check_reviews: tuple[timedelta, ...] = ()
    id_reviews: tuple[timedelta, ...] = ()
    order_reviews: tuple[timedelta, ...] = ()
    services: tuple[Service, ...] = ()
    endings: Mapping[ServiceId, Cancellation] = {}
    approved: Mapping[OrderId, datetime] = {}
    moved: Mapping[tuple[OpportunityId, Stage], datetime] = {}


def journeys(past: Past, now: datetime, policy: Policy) -> tuple[Journey, ...]:
    """The customer's journeys: those with something open first, then the latest first (STA-3).

    The availability check is told with the Internet order it led to, the ID review with the latest SIM order; by
    itself where there is none. A service, or its end, that no order tells of has a journey of its own.
    """
    check = eligibility_entries(past.eligibility, expected_answer(past.eligibility, past.check_reviews, policy), now)
    review = identity_entries(past.identity, expected_review(past.identity, policy, past.id_reviews), now)
    checked, reviewed = _led_to(past.orders, ProductType.INTERNET, past.eligibility), _latest_sim(past.orders)
    told = [
        _of_order(
            order, past, now, policy, [*(check if order is checked else ()), *(review if order is reviewed else ())]
        )
        for order in past.orders
    ]
    if check and checked is None and past.eligibility.status is not EligibilityStatus.NOT_REQUESTED:
        told.append(Journey(kind=JourneyKind.INTERNET, order=None, number=None, entries=in_order(check)))
    if review and reviewed is None and past.identity.status is not IdStatus.NOT_SUBMITTED:
        told.append(Journey(kind=JourneyKind.IDENTITY, order=None, number=None, entries=in_order(review)))
    told += _without_order(past, now)
    return tuple(sorted(told, key=lambda journey: (journey.is_over, -_latest(journey))))


def _of_order(order: Order, past: Past, now: datetime, policy: Policy, before: Iterable[Entry]) -> Journey:
    approval = expected_approval(order, past.order_reviews, policy)
    story = order_entries(order, approval, now, expected_activation(order, policy), past.approved.get(order.id))
    opportunity = next((o for o in past.opportunities if o.id == order.opportunity), None)
    plan = order.plan
    service = next((s for s in past.services if plan is not None and s.id == plan.service), None)
    if opportunity is not None:
        story += service_entries(opportunity, now, service, past.moved.get((opportunity.id, opportunity.stage)))
    return Journey(
        kind=_kind(order.product_type), order=str(order.id), number=order.number, entries=in_order([*before, *story])
    )


def _without_order(past: Past, now: datetime) -> list[Journey]:
    orders = {order.id for order in past.orders}
    ordered = {order.opportunity for order in past.orders}
    lines = {line.service for order in past.orders for line in order.lines}
    # the newest sale of a service counts
    sales = {sale.service or sale.id: sale for sale in reversed(past.opportunities) if sale.id not in ordered}
    told = []
    for service in past.services:
        sale = sales.pop(service.id, None)
        if service.mark in orders or service.id in lines:
            continue
        ending = past.endings.get(service.id)
        end = ended_entries(service)
        if sale is not None:
            end = service_entries(sale, now, service, past.moved.get((sale.id, sale.stage)))
        elif ending is not None:
            end = by_case_entries(service.id, ending, now)
        told.append(_of_service(service.product_type, [*started_entries(service), *end]))
    told += [
        _of_service(sale.product_type, service_entries(sale, now, None, past.moved.get((sale.id, sale.stage))))
        for sale in sales.values()
    ]
    return [journey for journey in told if journey.entries]


def _of_service(product_type: ProductType | None, entries: list[Entry]) -> Journey:
    return Journey(kind=_kind(product_type), order=None, number=None, entries=in_order(entries))


def _kind(product_type: ProductType | None) -> JourneyKind:
    return JourneyKind(product_type.value) if product_type is not None else JourneyKind.OTHER


def _led_to(orders: Iterable[Order], product_type: ProductType, eligibility: Eligibility) -> Order | None:
    asked_at = eligibility.requested_at
    return next(
        (o for o in orders if o.product_type is product_type and (asked_at is None or o.placed_at >= asked_at)), None
    )


def _latest_sim(orders: Iterable[Order]) -> Order | None:
    return next((order for order in orders if order.product_type is ProductType.SIM), None)


def _latest(journey: Journey) -> float:
    return max((entry.at.timestamp() for entry in journey.entries if entry.at is not None), default=0.0)
