"""A saved checkout: what the customer wants, how far they are, and what stands in the way (ORD-7, ORD-8)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from core.domain.account import Address
from core.domain.cart import Cart, PricedCart, Totals
from core.domain.catalog import ProductType
from core.domain.eligibility import Eligibility, EligibilityStatus, Expected
from core.domain.identity import Identity, IdStatus
from core.domain.ids import CheckoutId, OpportunityId, RequestId, UserId
from core.domain.order import ActivationType


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


def progress(
    cart: PricedCart,
    *,
    address: Address | None,
    address_confirmed: bool,
    eligibility: Eligibility,
    identity: Identity,
    payment_present: bool,
    expected: Expected | None,
    id_needed: bool,
) -> tuple[StepShown, ...]:
    """The steps of this cart's checkout, each as it stands now (ORD-8).

    `expected` is when staff's open answer is due; Availability stands there for Internet, Identity where ID is needed.
    """
    steps = [_address_step(address, address_confirmed)]
    if any(s.product_type is ProductType.INTERNET for s in cart.services):
        steps.append(_availability_step(address, eligibility, expected))
    if id_needed:
        steps.append(_identity_step(identity, expected))
    steps.append(StepShown(step=CheckoutStep.PAYMENT, state=StepState.COMPLETE if payment_present else StepState.TO_DO))
    ready = all(s.state is StepState.COMPLETE for s in steps)
    check = StepState.TO_DO if ready else StepState.BLOCKED
    steps.append(StepShown(step=CheckoutStep.CHECK, state=check, reason=None if ready else "steps_before"))
    return tuple(steps)


def _address_step(address: Address | None, confirmed: bool) -> StepShown:
    if address is None:
        return StepShown(step=CheckoutStep.ADDRESS, state=StepState.TO_DO)
    state = StepState.COMPLETE if confirmed else StepState.IN_PROGRESS
    return StepShown(step=CheckoutStep.ADDRESS, state=state)


def _availability_step(address: Address | None, eligibility: Eligibility, expected: Expected | None) -> StepShown:
    step = CheckoutStep.AVAILABILITY
    if address is None:
        return StepShown(step=step, state=StepState.BLOCKED, reason="address_missing")
    if eligibility.opens_gate(address):
        return StepShown(step=step, state=StepState.COMPLETE)
    if eligibility.status is EligibilityStatus.PENDING:
        return StepShown(step=step, state=StepState.WAITING, waiting_for=Holder.NTT, expected=expected)
    if eligibility.status is EligibilityStatus.INELIGIBLE and eligibility.is_for(address):
        return StepShown(step=step, state=StepState.BLOCKED, reason="not_eligible")
    return StepShown(step=step, state=StepState.TO_DO)


def _identity_step(identity: Identity, expected: Expected | None) -> StepShown:
    step = CheckoutStep.IDENTITY
    match identity.status:
        case IdStatus.VERIFIED:
            return StepShown(step=step, state=StepState.COMPLETE)
        case IdStatus.SUBMITTED:
            return StepShown(step=step, state=StepState.WAITING, waiting_for=Holder.SONIXNET, expected=expected)
        case IdStatus.REJECTED:
            return StepShown(step=step, state=StepState.BLOCKED, reason="id_rejected")
        case IdStatus.NOT_SUBMITTED:
            return StepShown(step=step, state=StepState.TO_DO)
