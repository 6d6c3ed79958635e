"""Every story of one customer, told from what the systems hold (STA-3)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from core.domain.catalog import ProductType
from core.domain.eligibility import Eligibility, EligibilityStatus, expected_answer
from core.domain.identity import Identity, IdStatus, expected_review
from core.domain.opportunity import Opportunity
from core.domain.order import Order, expected_activation, expected_approval
from core.domain.policy import Policy
from core.domain.timeline import (
    Entry,
    eligibility_entries,
    identity_entries,
    in_order,
    order_entries,
    service_entries,
)


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
    """What the stories of one customer are made of; the last three are how long recent reviews of each kind took."""

    eligibility: Eligibility
    identity: Identity
    orders: tuple[Order, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    check_reviews: tuple[timedelta, ...] = ()
    id_reviews: tuple[timedelta, ...] = ()
    order_reviews: tuple[timedelta, ...] = ()


def journeys(past: Past, now: datetime, policy: Policy) -> tuple[Journey, ...]:
    """The customer's journeys: those with something open first, then the latest first (STA-3).

    The availability check is told with the Internet order it led to, the ID review with the latest SIM order; by
    itself where there is none.
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
    return tuple(sorted(told, key=lambda journey: (journey.is_over, -_latest(journey))))


def order_story(
    order: Order, opportunity: Opportunity | None, reviews: Sequence[timedelta], now: datetime, policy: Policy
) -> list[Entry]:
    """What happened with one order and the service it became, and what is expected next (ORD-6, STA-3)."""
    entries = order_entries(order, expected_approval(order, reviews, policy), now, expected_activation(order, policy))
    return entries + (service_entries(opportunity) if opportunity is not None else [])


def _of_order(order: Order, past: Past, now: datetime, policy: Policy, before: Iterable[Entry]) -> Journey:
    opportunity = next((o for o in past.opportunities if o.id == order.opportunity), None)
    story = order_story(order, opportunity, past.order_reviews, now, policy)
    kind = JourneyKind(order.product_type.value) if order.product_type is not None else JourneyKind.OTHER
    return Journey(kind=kind, order=str(order.id), number=order.number, entries=in_order([*before, *story]))


def _led_to(orders: Iterable[Order], product_type: ProductType, eligibility: Eligibility) -> Order | None:
    asked_at = eligibility.requested_at
    return next(
        (o for o in orders if o.product_type is product_type and (asked_at is None or o.placed_at >= asked_at)), None
    )


def _latest_sim(orders: Iterable[Order]) -> Order | None:
    return next((order for order in orders if order.product_type is ProductType.SIM), None)


def _latest(journey: Journey) -> float:
    return max((entry.at.timestamp() for entry in journey.entries if entry.at is not None), default=0.0)
