"""A saved checkout: what the customer wants, how far they are, and what stands in the way (ORD-7, ORD-8)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.account import Address
from core.domain.cart import Cart, Totals
from core.domain.catalog import ProductType
from core.domain.eligibility import Eligibility, EligibilityStatus, Expected
from core.domain.identifying import needs_id
from core.domain.identity import Identity, IdStatus
from core.domain.ids import CheckoutId, OpportunityId, RequestId, UserId, request_key
from core.domain.order import ActivationType
from core.domain.policy import Policy
from core.domain.refusals import FieldFault
from core.domain.work import Job, WorkKind

LONGEST_WAIT: Final = timedelta(days=180)
"""How far ahead an activation may be dated (ORD-3)."""


class CheckoutStep(StrEnum):
    """A place in the checkout that a customer can be at."""

    CART = "cart"
    ADDRESS = "address"
    AVAILABILITY = "availability"
    IDENTITY = "identity"
    PAYMENT = "payment"
    CHECK = "check"


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer chose besides the cart."""

    address_confirmed: bool = False
    activation: ActivationType = ActivationType.IMMEDIATE
    activate_at: datetime | None = None
    opportunity: OpportunityId | None = None


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """A saved checkout; anonymous until `user` claims it. `seen` is the price last shown to the customer (ORD-1)."""

    id: CheckoutId
    user: UserId | None
    cart: Cart
    step: CheckoutStep
    address: Address | None
    choices: Choices
    seen: Totals | None
    version: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    submitted_at: datetime | None = None
    request: RequestId | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether the checkout can no longer be resumed (ORD-7)."""
        return now >= self.expires_at


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A checkout as the customer sends it; `version` is the one they saw, None for whichever is kept."""

    cart: Cart
    step: CheckoutStep
    address: Address | None
    choices: Choices
    version: int | None


class StepState(StrEnum):
    """How a step of the checkout stands (ORD-8)."""

    COMPLETE = "complete"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    BLOCKED = "blocked"
    TO_DO = "to_do"


class Holder(StrEnum):
    """Who has the next step in hand (ORD-8, STA-3)."""

    YOU = "you"
    SONIXNET = "sonixnet"
    NTT = "ntt"


class StepShown(msgspec.Struct, frozen=True, kw_only=True):
    """One step with its state: waiting says for whom and until when, blocked says why."""

    step: CheckoutStep
    state: StepState
    waiting_for: Holder | None = None
    expected: Expected | None = None
    reason: str | None = None


class Standpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What the progress of a checkout is told from: the customer as they stand now.

    `id_method_open`: whether each product of the cart that asks for ID has a way of showing one today (IDV-7).
    `refusing` is the gate that would refuse although every step is done.
    """

    address: Address | None
    eligibility: Eligibility
    identity: Identity
    payment_present: bool
    id_method_open: bool = True
    refusing: str | None = None
    check_expected: Expected | None = None
    review_expected: Expected | None = None


def confirms(choices: Choices, chosen: Address | None, on_file: Address | None) -> bool:
    """Whether the address on file is the one the customer confirmed: another one chosen is none (ORD-1, ACC-11)."""
    same = chosen is None or on_file is None or chosen.place == on_file.place
    return choices.address_confirmed and same


def choice_faults(choices: Choices, now: datetime, at: str = "") -> list[FieldFault]:
    """What is wrong with when the customer wants the service to start (ORD-3)."""
    field = f"{at}activateAt"
    if choices.activation is ActivationType.IMMEDIATE:
        return [FieldFault(field, "not_for_immediate")] if choices.activate_at is not None else []
    if choices.activate_at is None:
        return [FieldFault(field, "required")]
    if choices.activate_at <= now:
        return [FieldFault(field, "in_the_past")]
    return [FieldFault(field, "too_far")] if choices.activate_at > now + LONGEST_WAIT else []


def progress(checkout: Checkout, products: Collection[ProductType], at: Standpoint, policy: Policy) -> list[StepShown]:
    """The steps of a checkout of these products, each as it stands now (ORD-8).

    Availability stands there for Internet, Identity where ID is needed. Check opens when no gate would refuse, so a
    submitted ID is enough where policy says so; it is complete once the checkout was submitted.
    """
    steps = [_address_step(checkout, at.address)]
    if ProductType.INTERNET in products:
        steps.append(_availability_step(at))
    if needs_id(products, policy):
        steps.append(_identity_step(at))
    payment = StepState.COMPLETE if at.payment_present else StepState.TO_DO
    steps.append(StepShown(step=CheckoutStep.PAYMENT, state=payment))
    return [*steps, _check_step(checkout, steps, at, policy)]


def _check_step(checkout: Checkout, steps: list[StepShown], at: Standpoint, policy: Policy) -> StepShown:
    step = CheckoutStep.CHECK
    if checkout.submitted_at is not None:
        return StepShown(step=step, state=StepState.COMPLETE)
    ready = all(_opens_check(each, policy) for each in steps)
    reason = at.refusing if ready else "steps_before"
    return StepShown(step=step, state=StepState.TO_DO if reason is None else StepState.BLOCKED, reason=reason)


def _opens_check(step: StepShown, policy: Policy) -> bool:
    waits_for_review = step.step is CheckoutStep.IDENTITY and step.state is StepState.WAITING
    return step.state is StepState.COMPLETE or (waits_for_review and policy.submitted_may_order)


def _address_step(checkout: Checkout, on_file: Address | None) -> StepShown:
    step = CheckoutStep.ADDRESS
    if on_file is None:
        state = StepState.TO_DO if checkout.address is None else StepState.IN_PROGRESS
        return StepShown(step=step, state=state)
    if confirms(checkout.choices, checkout.address, on_file):
        return StepShown(step=step, state=StepState.COMPLETE)
    another = checkout.address is not None and checkout.address.place != on_file.place
    return StepShown(step=step, state=StepState.IN_PROGRESS, reason="address_not_saved" if another else None)


def _availability_step(at: Standpoint) -> StepShown:
    step = CheckoutStep.AVAILABILITY
    if at.address is None:
        return StepShown(step=step, state=StepState.BLOCKED, reason="address_missing")
    match at.eligibility.status:
        case EligibilityStatus.ELIGIBLE if at.eligibility.is_for(at.address):
            return StepShown(step=step, state=StepState.COMPLETE)
        case EligibilityStatus.PENDING:
            return StepShown(step=step, state=StepState.WAITING, waiting_for=Holder.NTT, expected=at.check_expected)
        case EligibilityStatus.INELIGIBLE if at.eligibility.is_for(at.address):
            return StepShown(step=step, state=StepState.BLOCKED, reason="not_eligible")
        case _:
            return StepShown(step=step, state=StepState.TO_DO)


def _identity_step(at: Standpoint) -> StepShown:
    step = CheckoutStep.IDENTITY
    match at.identity.status:
        case IdStatus.VERIFIED:
            return StepShown(step=step, state=StepState.COMPLETE)
        case IdStatus.SUBMITTED:
            held_by = Holder.SONIXNET
            return StepShown(step=step, state=StepState.WAITING, waiting_for=held_by, expected=at.review_expected)
        case _ if not at.id_method_open:
            return StepShown(step=step, state=StepState.BLOCKED, reason="id_method_missing")
        case IdStatus.REJECTED:
            return StepShown(step=step, state=StepState.BLOCKED, reason="id_rejected")
        case IdStatus.NOT_SUBMITTED:
            return StepShown(step=step, state=StepState.TO_DO)


class ReminderData(msgspec.Struct, frozen=True):
    """Which checkout to remind of."""

    checkout: CheckoutId
    user: UserId


def reminder_job(checkout: CheckoutId, user: UserId) -> Job:
    """The one reminder of a checkout (ORD-7)."""
    return Job(
        key=request_key("remind", checkout),
        kind=WorkKind.REMIND_CHECKOUT,
        data=msgspec.to_builtins(ReminderData(checkout, user)),
    )
