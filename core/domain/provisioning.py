"""Turning an approved order into a running service: what is checked again, and how it can fail (FUL)."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.billing import PaymentMethods, Service, live_internet
from core.domain.catalog import BillingCycle, ProductType
from core.domain.eligibility import Eligibility
from core.domain.identity import Identity, IdStatus
from core.domain.ids import BillingOrderId, ClientId, EsimId, OrderId, RequestKey, ServiceId, request_key
from core.domain.money import Yen
from core.domain.order import Order
from core.domain.policy import Policy
from core.domain.work import Job, WorkKind


class FailureCode(StrEnum):
    """Why an activation failed (FUL-2)."""

    PAYMENT_REQUIRED = "PAYMENT_REQUIRED"
    ELIGIBILITY_REQUIRED = "ELIGIBILITY_REQUIRED"
    ID_REQUIRED = "ID_REQUIRED"
    DUPLICATE_INTERNET = "DUPLICATE_INTERNET"
    ESIM_REFUSED = "ESIM_REFUSED"
    ESIM_UNKNOWN = "ESIM_UNKNOWN"
    BILLING_REFUSED = "BILLING_REFUSED"
    BILLING_UNKNOWN = "BILLING_UNKNOWN"


FAILURE_MESSAGES: Final = MappingProxyType(
    {
        FailureCode.PAYMENT_REQUIRED: "The client has no payment method in billing.",
        FailureCode.ELIGIBILITY_REQUIRED: "The account is not eligible for this address any more.",
        FailureCode.ID_REQUIRED: "The account's ID is not verified.",
        FailureCode.DUPLICATE_INTERNET: "The account already has an Internet service.",
        FailureCode.ESIM_REFUSED: "The eSIM issuer refused the activation.",
        FailureCode.ESIM_UNKNOWN: "The eSIM issuer did not answer; look there before trying again.",
        FailureCode.BILLING_REFUSED: "Billing refused the order.",
        FailureCode.BILLING_UNKNOWN: "Billing did not answer; look there before trying again.",
    }
)
"""What is written beside the code for staff; no vendor's words, no personal data (FUL-4)."""


def standing_failure(
    order: Order,
    *,
    eligibility: Eligibility,
    identity: Identity,
    services: tuple[Service, ...],
    orders: tuple[Order, ...],
    payment: PaymentMethods,
    policy: Policy,
) -> FailureCode | None:
    """What stands against activating the order now, or None (FUL-2).

    A service that already carries this order's mark is its own, not a second one.
    """
    is_internet = order.product_type is ProductType.INTERNET
    if is_internet and not eligibility.opens_gate(order.address):
        return FailureCode.ELIGIBILITY_REQUIRED
    others = tuple(s for s in services if s.mark != order.id)
    rivals = any(o.id != order.id and o.is_open and o.product_type is ProductType.INTERNET for o in orders)
    if is_internet and (live_internet(others) is not None or rivals):
        return FailureCode.DUPLICATE_INTERNET
    needs_id = order.product_type is ProductType.SIM or (is_internet and policy.internet_needs_id)
    if needs_id and identity.status is not IdStatus.VERIFIED:
        return FailureCode.ID_REQUIRED
    if not payment.present:
        return FailureCode.PAYMENT_REQUIRED
    return None


class BillingLine(msgspec.Struct, frozen=True):
    """A line to be billed at its snapshot price."""

    billing_product: str
    cycle: BillingCycle
    price: Yen


class BillingOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order in billing carrying every line, marked with the CRM's order (FUL-2, FUL-3)."""

    client: ClientId
    mark: OrderId
    lines: tuple[BillingLine, ...]


class Billed(msgspec.Struct, frozen=True):
    """An order that billing holds, with a service for each line, in their order."""

    order: BillingOrderId
    services: tuple[ServiceId, ...]
    accepted: bool


class EsimProfile(msgspec.Struct, frozen=True, kw_only=True):
    """An eSIM as the issuer made it; `qr` is the activation code a phone scans (`LPA:1$…`)."""

    id: EsimId
    qr: str
    issued_at: datetime


class EsimOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the issuer is asked for, under its idempotency key."""

    key: RequestKey
    order: OrderId
    plan: str
    eid: str | None
    porting_reservation: str | None = None


class ProvisionData(msgspec.Struct, frozen=True):
    """Which order to provision, and the how manieth try this is."""

    order: OrderId
    attempt: int = 1


class DateData(msgspec.Struct, frozen=True):
    """Which order to look at on a date it was scheduled for."""

    order: OrderId
    due: datetime


def provision_job(order: Order, attempt: int = 1) -> Job:
    """The one piece of work that provisions an order; a further attempt begins only when the one before is over."""
    return Job(
        key=request_key("provision", order.id, attempt),
        kind=WorkKind.PROVISION,
        data=msgspec.to_builtins(ProvisionData(order.id, attempt)),
        lane=str(order.account),
    )


def dated_jobs(order: Order, now: datetime, policy: Policy) -> tuple[Job, ...]:
    """The work that a scheduled order waits for: the preflight and the activation (FUL-5).

    Each is unique for the order and its date, so that a date that was moved makes new work, and the old finds out when
    it looks.
    """
    due = order.activate_at
    if due is None:
        return ()
    data = msgspec.to_builtins(DateData(order.id, due))
    at = due.isoformat()
    preflight = max(due - policy.preflight_before, now)
    return (
        Job(key=request_key("preflight", order.id, at), kind=WorkKind.PREFLIGHT, data=data, due_at=preflight),
        Job(key=request_key("activate", order.id, at), kind=WorkKind.ACTIVATE_SCHEDULED, data=data, due_at=due),
    )


def billing_order(order: Order, client: ClientId) -> BillingOrder:
    """The order as billing gets it: every line with its product, cycle and snapshot price (FUL-2)."""
    return BillingOrder(
        client=client,
        mark=order.id,
        lines=tuple(
            BillingLine(line.billing_product, line.billing_cycle, line.unit_price)
            for line in order.lines
            for _ in range(line.quantity)
        ),
    )
