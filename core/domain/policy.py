"""What an operator may decide without changing the rules: one value, handed to the use cases that need it."""

from datetime import timedelta

import msgspec

from core.domain.cancellation import UNDO_DAYS
from core.domain.id_methods import ID_METHODS, MethodRule
from core.domain.words import Words


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's switches and periods, with the defaults the rules name."""

    terms_version: str = "2026-01"
    """The terms a customer must have accepted to order (ORD-1)."""
    submitted_may_order: bool = False
    """Whether a submitted, not yet verified ID opens the gate (ORD-1)."""
    internet_needs_id: bool = False
    """Whether Internet needs a verified ID too (section 1)."""
    auto_terminate: bool = False
    """Whether the portal ends a cancelled service in WHMCS itself on its date (CAN-4)."""
    ask_again_after: timedelta = timedelta(days=90)
    """How long the same address stays ineligible before it may be asked again (ELG-2)."""
    check_business_days: tuple[int, int] = (1, 2)
    """When an availability answer is expected: from, until, in Japanese business days (ELG-4)."""
    review_business_days: tuple[int, int] = (1, 2)
    """When the review of an ID or an order is expected (STA-3)."""
    samples_needed: int = 20
    """From how many recent reviews on their 90th percentile is used instead (ELG-4)."""
    sign_up_code_life: timedelta = timedelta(minutes=30)
    reset_link_life: timedelta = timedelta(minutes=30)
    code_attempts: int = 5
    access_life: timedelta = timedelta(minutes=15)
    refresh_life: timedelta = timedelta(days=30)
    checkout_life: timedelta = timedelta(days=30)
    abandoned_after: timedelta = timedelta(hours=24)
    notice_life: timedelta = timedelta(days=30)
    key_life: timedelta = timedelta(days=30)
    nonce_life: timedelta = timedelta(hours=1)
    """How long the nonce of a signed call is known; calls older than five minutes are refused anyway (T-4)."""
    fact_life: timedelta = timedelta(days=7)
    """How long it is known that a fact was dealt with; upstream tells nothing older than three days (T-5)."""
    sign_up_life: timedelta = timedelta(days=7)
    """How long a sign-up that nobody confirmed is kept after its code is over (ACC-1)."""
    given_up_after: timedelta = timedelta(days=90)
    """When an opportunity without a step is given up (section 10)."""
    parked_after: timedelta = timedelta(hours=24)
    """How long a sign-up goes on failing before staff take it over (ACC-4)."""
    lasting_after: timedelta = timedelta(minutes=10)
    """How long activation goes on failing before it is set Failed and staff are told (FUL-4)."""
    unknown_visible_after: timedelta = timedelta(minutes=5)
    """How long a step goes without an answer before operators are told of it (OPS-6)."""
    preflight_before: timedelta = timedelta(days=3)
    undo_until_days: int = UNDO_DAYS
    invoice_due_days: int = 3
    card_expiring_days: int = 30
    same_intent_for: timedelta = timedelta(minutes=2)
    """How long an order without a saved checkout equals a second one sent with another key (T-2)."""
    id_methods: tuple[MethodRule, ...] = ID_METHODS
    """How a customer may be identified, by product line and date (IDV-7)."""
    support_copy: str = "support@sonixnet.example"
    operator: Words = Words("SonixNet", "SonixNet")
