"""Where a customer stands, in one look, and what is best done next (STA-1, STA-2)."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

import msgspec

from core.domain.billing import LIVE, Invoice, InvoiceStatus, PaymentMethods, Service, live_internet
from core.domain.catalog import ProductType
from core.domain.checkout import Checkout
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.identity import Identity, IdStatus
from core.domain.order import ActivationStatus, Order
from core.domain.words import Words

T = TypeVar("T")


class Part(msgspec.Struct, Generic[T], frozen=True):
    """One part of the picture; without a value where it could not be read (STA-1).

    `read_at`: when it was, where another system holds it; a while ago while that does not answer (T-10).
    """

    value: T | None = None
    available: bool = False
    read_at: datetime | None = None

    @classmethod
    def of(cls, value: T, read_at: datetime | None = None) -> "Part[T]":
        """A part that was read."""
        return cls(value, True, read_at)


class NextAction(StrEnum):
    """What the customer can best do next."""

    SEND_ID_AGAIN = "send_id_again"
    ADD_PAYMENT_METHOD = "add_payment_method"
    PAY_INVOICE = "pay_invoice"
    FINISH_CHECKOUT = "finish_checkout"
    CHOOSE_INTERNET_PLAN = "choose_internet_plan"
    SEND_ID = "send_id"
    WAIT_FOR_CHECK = "wait_for_check"
    WAIT_FOR_ID_REVIEW = "wait_for_id_review"
    WAIT_FOR_ORDER = "wait_for_order"
    BROWSE_PLANS = "browse_plans"
    NOTHING = "nothing"


class ActionText(msgspec.Struct, frozen=True):
    """A next action in the customer's words, and where it is done."""

    words: Words
    path: str


ACTIONS: Final = {
    NextAction.SEND_ID_AGAIN: ActionText(
        Words("Send your ID again", "本人確認書類を再提出する"), "/account/settings#id"
    ),
    NextAction.ADD_PAYMENT_METHOD: ActionText(
        Words("Add a payment method", "お支払い方法を登録する"), "/account/billing"
    ),
    NextAction.PAY_INVOICE: ActionText(Words("Pay your invoice", "請求書を支払う"), "/account/billing"),
    NextAction.FINISH_CHECKOUT: ActionText(Words("Finish your order", "お申し込みを完了する"), "/account/order"),
    NextAction.CHOOSE_INTERNET_PLAN: ActionText(
        Words("Choose your internet plan", "インターネットのプランを選ぶ"), "/shop/internet"
    ),
    NextAction.SEND_ID: ActionText(Words("Send your residence card", "在留カードを提出する"), "/account/settings#id"),
    NextAction.WAIT_FOR_CHECK: ActionText(
        Words("We are checking your address; nothing to do now", "ご住所を確認中です。お待ちください"), "/account"
    ),
    NextAction.WAIT_FOR_ID_REVIEW: ActionText(
        Words("We are looking at your ID; nothing to do now", "書類を確認中です。お待ちください"), "/account"
    ),
    NextAction.WAIT_FOR_ORDER: ActionText(
        Words("We are working on your order; nothing to do now", "お申し込みを進めています。お待ちください"),
        "/account/orders",
    ),
    NextAction.BROWSE_PLANS: ActionText(Words("See our plans", "プランを見る"), "/shop"),
    NextAction.NOTHING: ActionText(Words("All is well", "お手続きはありません"), "/account"),
}


OWED: Final = frozenset({InvoiceStatus.UNPAID, InvoiceStatus.COLLECTIONS})
"""Invoices in these states wait for the customer's payment."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The whole picture, each part read on its own (STA-1); `invoices` are those that are owed."""

    eligibility: Part[Eligibility]
    identity: Part[Identity]
    payment: Part[PaymentMethods]
    checkout: Part[Checkout | None]
    orders: Part[tuple[Order, ...]]
    services: Part[tuple[Service, ...]]
    invoices: Part[tuple[Invoice, ...]]
    unread: Part[int]
    read_at: datetime

    @property
    def open_orders(self) -> tuple[Order, ...]:
        """The orders that may still become a service."""
        return tuple(order for order in self.orders.value or () if order.is_open)

    @property
    def live_services(self) -> tuple[Service, ...]:
        """The services that run, wait or are suspended."""
        return tuple(service for service in self.services.value or () if service.status in LIVE)


class StandingShown(msgspec.Struct, frozen=True, kw_only=True):
    """The picture with what follows from it: the tasks, most pressing first; the first is the next best action."""

    standing: Standing
    tasks: tuple[NextAction, ...]


def tasks(standing: Standing, *, id_needed: bool) -> tuple[NextAction, ...]:
    """Everything the customer may do or is waiting for, most pressing first (STA-2).

    `id_needed`: whether a product in the saved checkout asks for a verified ID.
    """
    found: list[NextAction] = []
    identity, eligibility, checkout = standing.identity.value, standing.eligibility.value, standing.checkout.value
    has_checkout = checkout is not None and checkout.submitted_at is None
    failed = any(order.activation is ActivationStatus.FAILED for order in standing.open_orders)
    no_payment = standing.payment.value is not None and not standing.payment.value.present
    if identity is not None and identity.status is IdStatus.REJECTED:
        found.append(NextAction.SEND_ID_AGAIN)
    if no_payment and (has_checkout or failed or standing.open_orders):
        found.append(NextAction.ADD_PAYMENT_METHOD)
    if standing.invoices.value:
        found.append(NextAction.PAY_INVOICE)
    if has_checkout and id_needed and identity is not None and identity.status is IdStatus.NOT_SUBMITTED:
        found.append(NextAction.SEND_ID)
    if eligibility is not None and _may_choose_internet(standing, eligibility) and not has_checkout:
        found.append(NextAction.CHOOSE_INTERNET_PLAN)
    waits = _waits(standing)
    if has_checkout and not (NextAction.WAIT_FOR_CHECK in waits or NextAction.WAIT_FOR_ID_REVIEW in waits):
        found.append(NextAction.FINISH_CHECKOUT)
    found += waits
    if not found:
        found.append(NextAction.NOTHING if standing.live_services else NextAction.BROWSE_PLANS)
    return tuple(found)


def _may_choose_internet(standing: Standing, eligibility: Eligibility) -> bool:
    if standing.services.value is None or standing.orders.value is None:
        return False  # there may be Internet already, or an order for it
    ordered = any(order.product_type is ProductType.INTERNET for order in standing.open_orders)
    running = live_internet(standing.services.value) is not None
    return eligibility.status is EligibilityStatus.ELIGIBLE and not ordered and not running


def _waits(standing: Standing) -> list[NextAction]:
    waits = []
    if standing.eligibility.value and standing.eligibility.value.status is EligibilityStatus.PENDING:
        waits.append(NextAction.WAIT_FOR_CHECK)
    if standing.identity.value and standing.identity.value.status is IdStatus.SUBMITTED:
        waits.append(NextAction.WAIT_FOR_ID_REVIEW)
    if standing.open_orders:
        waits.append(NextAction.WAIT_FOR_ORDER)
    return waits
