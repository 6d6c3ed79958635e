"""Turning an approved order into a running service: what is checked again, and how it can fail (FUL)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.billing import PaymentMethods, Service, live_internet
from core.domain.cart import SimType
from core.domain.catalog import BillingCycle, ProductType
from core.domain.eligibility import Eligibility
from core.domain.identifying import needs_id
from core.domain.identity import Identity, IdStatus
from core.domain.ids import (
    AccountId,
    BillingOrderId,
    ClientId,
    EsimId,
    OrderId,
    OrderLineId,
    RequestKey,
    ServiceId,
    request_key,
)
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage, Trigger, move
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus
from core.domain.policy import Policy
from core.domain.work import SETTLED, Job, Work, WorkKind


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
    order: Order, *, eligibility: Eligibility, identity: Identity, orders: Iterable[Order], policy: Policy
) -> FailureCode | None:
    """What Salesforce holds against activating the order now, or None (FUL-2)."""
    is_internet = order.product_type is ProductType.INTERNET
    if is_internet and not eligibility.opens_gate(order.address):
        return FailureCode.ELIGIBILITY_REQUIRED
    if is_internet and any(o.id != order.id and o.is_open and o.product_type is ProductType.INTERNET for o in orders):
        return FailureCode.DUPLICATE_INTERNET
    asks_for_id = order.product_type is not None and needs_id((order.product_type,), policy)
    return FailureCode.ID_REQUIRED if asks_for_id and identity.status is not IdStatus.VERIFIED else None


def billing_failure(order: Order, *, services: Iterable[Service], payment: PaymentMethods) -> FailureCode | None:
    """What billing holds against activating the order now, or None (FUL-2).

    A service that already carries this order's mark is its own, not a second one.
    """
    others = (service for service in services if service.mark != order.id)
    if order.product_type is ProductType.INTERNET and live_internet(others) is not None:
        return FailureCode.DUPLICATE_INTERNET
    return None if payment.present else FailureCode.PAYMENT_REQUIRED


def check_sale(opportunity: Opportunity | None) -> None:
    """Whether the order's sale may become active; raises MoveRefused where no rule leads there, as on hold (OPP-1)."""
    if opportunity is not None and opportunity.stage is not Stage.ACTIVE:
        move(opportunity.stage, Trigger.PROVISIONED)


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


def esim_order(order: Order) -> EsimOrder:
    """What the issuer is asked for an order with an eSIM, always under the same key (FUL-3)."""
    sim, plan = order.sim, order.plan
    return EsimOrder(
        key=request_key(order.id, "esim"),
        order=order.id,
        plan=plan.sku if plan is not None else "",
        eid=sim.eid if sim is not None else None,
        porting_reservation=sim.porting.reservation if sim is not None and sim.porting is not None else None,
    )


def has_esim(order: Order) -> bool:
    """Whether the order comes with an eSIM (FUL-2)."""
    return order.sim is not None and order.sim.sim_type is SimType.ESIM


def _billed_lines(order: Order) -> tuple[OrderLine, ...]:
    return tuple(line for line in order.lines for _ in range(line.quantity))


def billing_order(order: Order, client: ClientId) -> BillingOrder:
    """The order as billing gets it: every line with its product, cycle and snapshot price (FUL-2)."""
    lines = (BillingLine(x.billing_product, x.billing_cycle, x.unit_price) for x in _billed_lines(order))
    return BillingOrder(client=client, mark=order.id, lines=tuple(lines))


def is_whole(order: Order, billed: Billed) -> bool:
    """Whether billing holds a service for each line."""
    return len(billed.services) == len(_billed_lines(order))


def services_of(order: Order, billed: Billed) -> dict[OrderLineId, ServiceId]:
    """The service that each line became; ValueError when billing holds more or fewer than the order has lines."""
    pairs = zip(_billed_lines(order), billed.services, strict=True)
    return {line.id: service for line, service in pairs if line.id is not None}


def running(order: Order, billed: Billed) -> tuple[ServiceId, ...]:
    """Which services have to be ended for the order to end: what is paid once never runs."""
    if not is_whole(order, billed):
        return billed.services
    pairs = zip(_billed_lines(order), billed.services, strict=True)
    return tuple(service for line, service in pairs if line.billing_cycle is BillingCycle.MONTHLY)


# --- when, and how often -----------------------------------------------------------------------------------------
WHEN_SENT: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""The date of work that waits for staff to send the SIM card: it is begun by hand then, never by the clock."""


class ProvisionData(msgspec.Struct, frozen=True):
    """Which order of whose to provision, and the how manieth try this is; work of old does not say whose it is."""

    order: OrderId
    attempt: int = 1
    account: AccountId | None = None


class ProvisionTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What provisioning goes by from step to step; the order itself is read again by each, and never kept."""

    account: AccountId
    client: ClientId
    esim: bool


class DateData(msgspec.Struct, frozen=True):
    """Which order to look at on a date it was scheduled for."""

    order: OrderId
    due: datetime


class ClearData(msgspec.Struct, frozen=True):
    """Which cancelled order to clear away."""

    order: OrderId


def waits_for_date(order: Order, now: datetime) -> bool:
    """Whether the order's day has not come; one that is to be scheduled but has no date waits for one (FUL-5)."""
    if order.activate_at is None:
        return order.activation_type is ActivationType.SCHEDULED
    return order.activate_at > now


def is_untouched(order: Order) -> bool:
    """Whether the order is approved and no attempt has left its trace, so that one begins by itself (FUL-1)."""
    return order.status is OrderStatus.APPROVED and order.activation is ActivationStatus.NOT_STARTED


def goes_again(latest: Work, order: Order, *, asked: bool) -> bool:
    """Whether another attempt follows the latest one.

    By itself only one that came to nothing before it touched anything; when somebody asks, any that is over while the
    order is not activated (FUL-4). Work that is with staff is taken up where it stopped, not begun again.
    """
    if latest.state not in SETTLED:
        return False
    untouched = order.activation is ActivationStatus.NOT_STARTED
    return untouched or (asked and order.activation is not ActivationStatus.ACTIVATED)


def provision_job(order: Order, attempt: int = 1) -> Job:
    """The one piece of work that provisions an order; a further attempt begins only when the one before is over.

    Asked for while a SIM card has still to be sent, it waits for that.
    """
    return Job(
        key=request_key("provision", order.id, attempt),
        kind=WorkKind.PROVISION,
        data=msgspec.to_builtins(ProvisionData(order.id, attempt, order.account)),
        lane=str(order.account),
        due_at=WHEN_SENT if order.waits_for_shipping else None,
    )


def next_attempt(job: Job) -> Job:
    """The attempt after this one, begun at once: new work, which finds what is there (FUL-4)."""
    data = msgspec.convert(job.data, ProvisionData)
    return msgspec.structs.replace(
        job,
        key=request_key("provision", data.order, data.attempt + 1),
        data=msgspec.to_builtins(msgspec.structs.replace(data, attempt=data.attempt + 1)),
        due_at=None,
    )


def clear_job(order: Order, found_by: str) -> Job:
    """The work that clears a cancelled order away, once for each way of finding it so (FUL-4)."""
    return Job(
        key=request_key("clear", order.id, found_by),
        kind=WorkKind.CLEAR_ORDER,
        data=msgspec.to_builtins(ClearData(order.id)),
        lane=str(order.account),
    )


def dated_jobs(order: Order, now: datetime, policy: Policy) -> tuple[Job, ...]:
    """The work that a scheduled order waits for: the preflight and the activation (FUL-5).

    Each is unique for the order and its date, so that a date that was moved makes new work, and the old finds out when
    it looks. A preflight that is made up for, because the date is near, is another than the one on its day.
    """
    due = order.activate_at
    if due is None or due <= now:
        return ()
    data = msgspec.to_builtins(DateData(order.id, due))
    ahead, (look_ahead, look_near, activate) = due - policy.preflight_before, dated_keys(order)
    look = look_ahead if ahead > now else look_near
    return (
        Job(key=look, kind=WorkKind.PREFLIGHT, data=data, due_at=max(ahead, now)),
        Job(key=activate, kind=WorkKind.ACTIVATE_SCHEDULED, data=data, due_at=due),
    )


def dated_keys(order: Order) -> tuple[RequestKey, ...]:
    """The keys of work that waits for the order's date: preflight, in time or made up for, and activation (FUL-5)."""
    if order.activate_at is None:
        return ()
    at = order.activate_at.isoformat()
    looks = (request_key("preflight", order.id, at, when) for when in ("ahead", "near"))
    return (*looks, request_key("activate", order.id, at))
