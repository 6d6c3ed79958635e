"""An order: one service, placed by the customer, approved by staff, activated by the portal (ORD, FUL)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import Address
from core.domain.cart import SimChoice, SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType
from core.domain.eligibility import Expected, expected_by
from core.domain.ids import (
    AccountId,
    BillingOrderId,
    OpportunityId,
    OrderId,
    OrderLineId,
    RequestKey,
    ServiceId,
    Sku,
    UserId,
)
from core.domain.machines import moved
from core.domain.money import Yen, total
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import Beginning
from core.domain.policy import Policy
from core.domain.words import Words


class OrderStatus(StrEnum):
    """Where an order stands, as the CRM spells it."""

    PENDING_REVIEW = "Pending Review"
    APPROVED = "Approved"
    COMPLETED = "Completed"
    CANCELLED = "Cancelled"


class OrderTrigger(StrEnum):
    """What moves an order."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled by staff"
    PROVISIONED = "provisioned"


_O, _OT = OrderStatus, OrderTrigger
ORDER_MOVES: Final = MappingProxyType(
    {
        (_O.PENDING_REVIEW, _OT.APPROVED): _O.APPROVED,
        (_O.PENDING_REVIEW, _OT.REJECTED): _O.CANCELLED,
        (_O.PENDING_REVIEW, _OT.WITHDRAWN): _O.CANCELLED,
        (_O.APPROVED, _OT.CANCELLED): _O.CANCELLED,
        (_O.APPROVED, _OT.PROVISIONED): _O.COMPLETED,
    }
)


class ActivationStatus(StrEnum):
    """How far the activation of an approved order is."""

    NOT_STARTED = "Not Started"
    ACTIVATING = "Activating"
    ACTIVATED = "Activated"
    FAILED = "Failed"


class ActivationTrigger(StrEnum):
    """What moves an activation."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETRIED = "retried"


_A, _AT = ActivationStatus, ActivationTrigger
ACTIVATION_MOVES: Final = MappingProxyType(
    {
        (_A.NOT_STARTED, _AT.STARTED): _A.ACTIVATING,
        (_A.ACTIVATING, _AT.SUCCEEDED): _A.ACTIVATED,
        (_A.ACTIVATING, _AT.FAILED): _A.FAILED,
        (_A.FAILED, _AT.RETRIED): _A.ACTIVATING,
    }
)


class ActivationType(StrEnum):
    """When an approved order is activated."""

    IMMEDIATE = "Immediate"
    SCHEDULED = "Scheduled"


class CancelCode(StrEnum):
    """Why an order was cancelled (ORD-10)."""

    CUSTOMER_WITHDREW = "CUSTOMER_WITHDREW"
    NOT_DELIVERABLE = "NOT_DELIVERABLE"
    DETAILS_WRONG = "DETAILS_WRONG"
    PAYMENT_PROBLEM = "PAYMENT_PROBLEM"
    DUPLICATE = "DUPLICATE"
    NOT_PLACED = "NOT_PLACED"
    OTHER = "OTHER"


PORTAL_CODES: Final = frozenset({CancelCode.CUSTOMER_WITHDREW, CancelCode.NOT_PLACED})
"""The codes that the portal itself cancels with; what is written beside them is for staff."""

CANCEL_REMEDIES: Final = MappingProxyType(
    {
        CancelCode.CUSTOMER_WITHDREW: Words(
            "You withdrew this order. You can order again at any time.",
            "お客様のお申し出により取り消しました。いつでも再度お申し込みいただけます。",
        ),
        CancelCode.NOT_DELIVERABLE: Words(
            "This service can't be delivered to your address. Please look at our other plans.",
            "ご住所ではこのサービスをご提供できません。ほかのプランをご覧ください。",
        ),
        CancelCode.DETAILS_WRONG: Words(
            "Please correct your details and order again.", "内容を修正して、もう一度お申し込みください。"
        ),
        CancelCode.PAYMENT_PROBLEM: Words(
            "Please check your payment method and order again.", "お支払い方法を確認し、もう一度お申し込みください。"
        ),
        CancelCode.DUPLICATE: Words(
            "The same order was already placed; that one goes on.", "同じご注文をすでに承っています。そちらを進めます。"
        ),
        CancelCode.NOT_PLACED: Words(
            "This order was never placed: another part of the same cart was refused.",
            "同じカートのほかの商品をお受けできなかったため、このお申し込みは成立していません。",
        ),
        CancelCode.OTHER: Words("Please contact us and we will help.", "お問い合わせください。ご案内します。"),
    }
)


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was when ordered: price and cycle are snapshots (ORD-3)."""

    sku: Sku
    name: str
    item_class: ItemClass
    billing_cycle: BillingCycle
    quantity: int
    unit_price: Yen
    price_entry: str
    billing_product: str
    id: OrderLineId | None = None
    service: ServiceId | None = None


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An order to be placed, all of it under one request key (ORD-3, ORD-4).

    `opportunity` is the one to use; None creates one by `beginning` in the same write.
    """

    key: RequestKey
    account: AccountId
    product_type: ProductType
    lines: tuple[OrderLine, ...]
    address: Address
    placed_at: datetime
    beginning: Beginning
    opportunity: OpportunityId | None = None
    activation_type: ActivationType = ActivationType.IMMEDIATE
    activate_at: datetime | None = None
    sim: SimChoice | None = None
    configuration: dict[str, str] = {}


class Placed(msgspec.Struct, frozen=True):
    """What placing an order made or found; `number` is the one people read."""

    order: OrderId
    opportunity: OpportunityId
    number: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the CRM holds it."""

    id: OrderId
    number: str
    key: RequestKey | None
    account: AccountId
    opportunity: OpportunityId | None
    product_type: ProductType | None
    status: OrderStatus
    activation: ActivationStatus
    activation_type: ActivationType
    activate_at: datetime | None
    lines: tuple[OrderLine, ...]
    address: Address | None
    placed_at: datetime
    changed_at: datetime
    sim: SimChoice | None = None
    shipped_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    billing_order: BillingOrderId | None = None
    cancel_code: str | None = None
    cancel_message: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the order may still become a service."""
        return self.status in (OrderStatus.PENDING_REVIEW, OrderStatus.APPROVED)

    @property
    def shows_activation(self) -> bool:
        """Whether the customer is told of the activation (ORD-6)."""
        return self.status in (OrderStatus.APPROVED, OrderStatus.COMPLETED)

    @property
    def waits_for_shipping(self) -> bool:
        """Whether a physical SIM has still to be sent (FUL-2)."""
        return self.sim is not None and self.sim.sim_type is SimType.PHYSICAL and self.shipped_at is None

    @property
    def plan(self) -> OrderLine | None:
        """The plan's line, or None in an order that staff made without one."""
        return next((line for line in self.lines if line.item_class is ItemClass.PLAN), None)

    @property
    def monthly(self) -> Yen:
        """What the service costs each month."""
        return total(*(x.quantity * x.unit_price for x in self.lines if x.billing_cycle is BillingCycle.MONTHLY))

    @property
    def one_time(self) -> Yen:
        """What the service costs once."""
        return total(*(x.quantity * x.unit_price for x in self.lines if x.billing_cycle is BillingCycle.ONE_TIME))


def move_order(status: OrderStatus, trigger: OrderTrigger) -> OrderStatus:
    """Where `trigger` takes an order; raises MoveRefused."""
    return moved("order", ORDER_MOVES, status, trigger)


def move_activation(status: ActivationStatus, trigger: ActivationTrigger) -> ActivationStatus:
    """Where `trigger` takes an activation; raises MoveRefused."""
    return moved("activation", ACTIVATION_MOVES, status, trigger)


def may_cancel(order: Order) -> bool:
    """Whether staff may still cancel the order: not once it is activated."""
    return order.is_open and order.activation is not ActivationStatus.ACTIVATED


def may_withdraw(order: Order) -> bool:
    """Whether the customer may still withdraw the order: before approval (ORD-10)."""
    return (order.status, OrderTrigger.WITHDRAWN) in ORDER_MOVES


def cancel_words(order: Order) -> Words:
    """Why the order was cancelled, as the customer reads it: staff's own words, else the code's remedy (ORD-10)."""
    code = CancelCode.__members__.get(order.cancel_code or "", CancelCode.OTHER)
    written = (order.cancel_message or "").strip()
    if written and code not in PORTAL_CODES:
        return Words(written, written)
    return CANCEL_REMEDIES[code]


def cancelled_notice(order: Order, user: UserId, now: datetime) -> NewNotice:
    """What the customer is told of a cancelled order, however the portal learns of it (ORD-10, NTF-2).

    An order is cancelled once and for good, so the status alone is the fact's version.
    """
    words = cancel_words(order)
    return NewNotice(
        user=user,
        type=NoticeType.ORDER_CANCELLED,
        source_id=order.id,
        version=OrderStatus.CANCELLED.value,
        values={"order": order.id, "number": order.number, "message_en": words.en, "message_ja": words.ja},
        created_at=now,
    )


def expected_approval(order: Order, reviews: Sequence[timedelta], policy: Policy) -> Expected | None:
    """When staff are expected to have looked at the order; None when it does not wait for them (STA-3)."""
    if order.status is not OrderStatus.PENDING_REVIEW:
        return None
    return expected_by(order.placed_at, reviews, policy.review_business_days, policy.samples_needed)


def expected_activation(order: Order, policy: Policy) -> Expected | None:
    """When what follows approval is expected to be done; None before it and after (STA-3)."""
    if order.status is not OrderStatus.APPROVED:
        return None
    return expected_by(order.changed_at, (), policy.review_business_days, policy.samples_needed)
