"""Saved checkouts, as callers send them and as they are shown (ORD-7, ORD-8, ORD-9)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec

from adapters.http.body import Answer, Ask
from adapters.http.carts import CartAsk, PriceShown
from adapters.http.choosing import CrmId, Moment, Start, choices
from adapters.http.dates import ExpectedShown
from adapters.http.people import AddressAsk, AddressShown
from adapters.http.problems import FieldProblem, field_problem
from adapters.http.texts.saying import filled
from adapters.http.texts.shop import STEP_REASONS
from core.domain.billing import Page, PaymentMethod
from core.domain.checkout import CheckoutStep, StepShown, Wish
from core.domain.words import Language
from core.usecases.checkout.read_checkout import ShownCheckout
from core.usecases.checkout.read_payment_status import PaymentStatus

POLL_AFTER: Final = 3
"""Seconds that a page waits before it asks for the payment status again (ORD-9)."""


class ChoicesAsk(Ask, frozen=True):
    """What the customer chose besides the cart."""

    address_confirmed: bool = False
    activation: Start = "immediate"
    activate_at: Moment | None = None
    opportunity_id: CrmId | None = None

    example: ClassVar[Any] = {"addressConfirmed": True}


class CheckoutAsk(Ask, frozen=True):
    """A checkout to be saved; `version` is the one that was read, to be told of changes made elsewhere.

    An address that is not the one on file stays with the checkout; to order there, save it with PATCH /me.
    """

    cart: CartAsk
    step: CheckoutStep = CheckoutStep.CART
    address: AddressAsk | None = None
    choices: ChoicesAsk = ChoicesAsk()
    version: Annotated[int, msgspec.Meta(ge=0)] | None = None

    example: ClassVar[Any] = {"cart": CartAsk.example, "step": "address", "choices": ChoicesAsk.example}

    @property
    def wish(self) -> Wish:
        """As the core knows it."""
        it = self.choices
        return Wish(
            cart=self.cart.cart,
            step=self.step,
            address=self.address.address if self.address is not None else None,
            choices=choices(it.address_confirmed, it.activation, it.activate_at, it.opportunity_id, "choices."),
            version=self.version,
        )


class SubmitAsk(Ask, frozen=True):
    """Nothing to say: what is submitted is the saved checkout."""

    example: ClassVar[Any] = {}


class ChoicesShown(Answer, frozen=True):
    """What the customer chose besides the cart."""

    address_confirmed: bool
    activation: str
    activate_at: datetime | None
    opportunity_id: str | None

    example: ClassVar[Any] = {
        "addressConfirmed": True,
        "activation": "immediate",
        "activateAt": None,
        "opportunityId": None,
    }


class ProgressShown(Answer, frozen=True):
    """One step: complete, in_progress, waiting (for whom, until when), blocked (why) or to_do."""

    step: str
    state: str
    waiting_for: str | None
    expected: ExpectedShown | None
    reason: str | None
    message: str | None

    example: ClassVar[Any] = {
        "step": "availability",
        "state": "waiting",
        "waitingFor": "ntt",
        "expected": ExpectedShown.example,
        "reason": None,
        "message": None,
    }

    @classmethod
    def of(cls, step: StepShown, language: Language) -> "ProgressShown":
        """The step in the customer's words."""
        return cls(
            step=step.step.value,
            state=step.state.value,
            waiting_for=step.waiting_for.value if step.waiting_for is not None else None,
            expected=ExpectedShown.of(step.expected),
            reason=step.reason,
            message=filled(STEP_REASONS[step.reason], language, {}) if step.reason is not None else None,
        )


class CheckoutShown(Answer, frozen=True):
    """A saved checkout with today's price; `errors` say what in the cart can't be ordered any more.

    `progress` is null without an account, and while it can't be told. `token` is given once, with the first save of
    a checkout without an account: send it as X-Checkout-Token.
    """

    id: str
    step: str
    cart: CartAsk
    address: AddressShown | None
    choices: ChoicesShown
    price: PriceShown | None
    errors: tuple[FieldProblem, ...]
    progress: tuple[ProgressShown, ...] | None
    version: int
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    submitted_at: datetime | None
    request_id: str | None
    token: str | None = None

    example: ClassVar[Any] = {
        "id": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
        "step": "address",
        "cart": CartAsk.example,
        "address": AddressAsk.example,
        "choices": ChoicesShown.example,
        "price": PriceShown.example,
        "errors": [],
        "progress": [ProgressShown.example],
        "version": 1,
        "createdAt": "2026-01-20T01:00:00Z",
        "changedAt": "2026-01-20T01:00:00Z",
        "expiresAt": "2026-02-19T01:00:00Z",
        "submittedAt": None,
        "requestId": None,
        "token": None,
    }

    @classmethod
    def of(cls, shown: ShownCheckout, language: Language, token: str | None = None) -> "CheckoutShown":
        """The checkout in the customer's words."""
        it, chosen = shown.checkout, shown.checkout.choices
        price = None
        if shown.priced is not None and shown.first_bill is not None:
            price = PriceShown.of(shown.priced, shown.first_bill, shown.stale, language)
        return cls(
            id=it.id,
            step=it.step.value,
            cart=CartAsk.of(it.cart),
            address=AddressShown.of(it.address),
            choices=ChoicesShown(
                address_confirmed=chosen.address_confirmed,
                activation=chosen.activation.name.lower(),
                activate_at=chosen.activate_at,
                opportunity_id=chosen.opportunity,
            ),
            price=price,
            errors=tuple(field_problem(fault, language) for fault in shown.faults),
            progress=tuple(ProgressShown.of(step, language) for step in shown.progress)
            if shown.progress is not None
            else None,
            version=it.version,
            created_at=it.created_at,
            changed_at=it.changed_at,
            expires_at=it.expires_at,
            submitted_at=it.submitted_at,
            request_id=it.request,
            token=token,
        )


class MethodShown(Answer, frozen=True):
    """A payment method, with never more than its last four digits."""

    kind: str
    label: str
    last_four: str | None
    expires: str | None

    example: ClassVar[Any] = {"kind": "card", "label": "Visa", "lastFour": "4242", "expires": "2030-12"}

    @classmethod
    def of(cls, method: PaymentMethod) -> "MethodShown":
        """The payment method."""
        return cls(kind=method.kind, label=method.label, last_four=method.last_four, expires=method.expires)


class PaymentShown(Answer, frozen=True):
    """Whether there is a payment method. Ask again after `pollAfter` seconds.

    One is added on the page that `destination` names; `/auth/sso-link` gives the link.
    """

    present: bool
    count: int
    method: MethodShown | None
    destination: str
    poll_after: int
    asked_at: datetime

    example: ClassVar[Any] = {
        "present": True,
        "count": 1,
        "method": MethodShown.example,
        "destination": Page.PAYMENT_METHODS.value,
        "pollAfter": POLL_AFTER,
        "askedAt": "2026-01-20T01:00:00Z",
    }

    @classmethod
    def of(cls, status: PaymentStatus) -> "PaymentShown":
        """The status; the first payment method is the one that is charged."""
        methods = status.methods.methods
        return cls(
            present=status.methods.present,
            count=len(methods),
            method=MethodShown.of(methods[0]) if methods else None,
            destination=Page.PAYMENT_METHODS.value,
            poll_after=POLL_AFTER,
            asked_at=status.asked_at,
        )
