"""What an operator may decide without changing the rules: one value, handed to the use cases that need it."""

from datetime import timedelta

import msgspec

from core.domain.cancellation import UNDO_DAYS
from core.domain.id_methods import ID_METHODS, MethodRule
from core.domain.words import Words


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The operator's switches and periods, with the defaults the rules name."""

    terms_version: str = "2026-01"
    """The terms a customer must have accepted to order (ORD-1)."""
    submitted_may_order: bool = False
    """Whether a submitted, not yet verified ID opens the gate (ORD-1)."""
    internet_needs_id: bool = False
    """Whether Internet needs a verified ID too (ORD-1, IDV-7)."""
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
    """How long the mailed code and link of a sign-up are good (ACC-1)."""
    reset_link_life: timedelta = timedelta(minutes=30)
    """How long a mailed link sets a new password (ACC-9)."""
    code_attempts: int = 5
    """How many wrong codes void a code (ACC-1)."""
    access_life: timedelta = timedelta(minutes=15)
    """How long an access token is good (ACC-9)."""
    refresh_life: timedelta = timedelta(days=30)
    """How long a refresh token, and so a session that is not used, is good (ACC-9)."""
    refresh_again_for: timedelta = timedelta(minutes=1)
    """How long a refresh token may be sent again under the same key, by who never got the answer (T-2, ACC-9)."""
    checkout_life: timedelta = timedelta(days=30)
    """How long a saved checkout is kept after its last change (ORD-7)."""
    abandoned_after: timedelta = timedelta(hours=24)
    """When a checkout that was left is mailed about, once (ORD-7)."""
    notice_life: timedelta = timedelta(days=30)
    """How long a notice is listed (NTF-3)."""
    key_life: timedelta = timedelta(days=30)
    """How long an idempotency key gives the same answer (T-2)."""
    nonce_life: timedelta = timedelta(hours=1)
    """How long the nonce of a signed call is known; calls older than five minutes are refused anyway (T-4)."""
    sign_up_life: timedelta = timedelta(days=7)
    """How long a sign-up that nobody confirmed is kept after its code is over (ACC-1)."""
    given_up_after: timedelta = timedelta(days=90)
    """When an opportunity without a step is given up (OPP-1)."""
    parked_after: timedelta = timedelta(hours=24)
    """How long a sign-up goes on failing before staff take it over (ACC-4)."""
    lasting_after: timedelta = timedelta(minutes=10)
    """How long activation goes on failing before it is set Failed and staff are told (FUL-4)."""
    unknown_visible_after: timedelta = timedelta(minutes=5)
    """How long a step goes without an answer before operators are told of it (OPS-6)."""
    preflight_before: timedelta = timedelta(days=3)
    """How long before its date a scheduled activation is looked ahead to (FUL-5)."""
    undo_until_days: int = UNDO_DAYS
    """How many days before the last day the customer's undo closes (CAN-7)."""
    invoice_due_days: int = 3
    """How many days before it is due a customer is told of an invoice (SRV-6)."""
    card_expiring_days: int = 30
    """How many days before it ends a customer is told of their card (SRV-2, SRV-6)."""
    same_intent_for: timedelta = timedelta(minutes=2)
    """How long an order without a saved checkout equals a second one sent with another key (T-2)."""
    id_methods: tuple[MethodRule, ...] = ID_METHODS
    """How a customer may be identified, by product line and date (IDV-7)."""
    support_copy: str = "support@sonixnet.example"
    """Where copies of welcome mails go, and what mails name for help (ACC-9)."""
    operator: Words = Words("SonixNet", "SonixNet")
    """What the operator is called in mails."""
