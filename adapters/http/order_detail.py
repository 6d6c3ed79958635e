"""One order in full, as its customer reads it (ORD-6, ORD-10, STA-3)."""

from datetime import date, datetime
from typing import Any, ClassVar

from adapters.http.body import Answer
from adapters.http.carts import LineShown
from adapters.http.orders_shown import OrderShown, heading
from adapters.http.people import AddressAsk, AddressShown, word_of
from adapters.http.story import EntryShown
from core.domain.cart import SimChoice
from core.domain.eligibility import Eligibility
from core.domain.identity import Identity, IdStatus, read_rejection
from core.domain.order import OrderStatus, cancel_words, may_withdraw
from core.domain.words import Language
from core.usecases.orders.read_order import OrderStory


class SimShown(Answer, frozen=True):
    """How the SIM comes, when a card was sent, and the number that is brought along."""

    type: str
    eid: str | None
    shipped_at: datetime | None
    phone_number: str | None
    reservation_until: date | None

    example: ClassVar[Any] = {
        "type": "esim",
        "eid": "89049032000000000000000000000123",
        "shippedAt": None,
        "phoneNumber": None,
        "reservationUntil": None,
    }

    @classmethod
    def of(cls, sim: SimChoice, shipped_at: datetime | None) -> "SimShown":
        """The SIM of an order."""
        return cls(
            type=sim.sim_type.value,
            eid=sim.eid,
            shipped_at=shipped_at,
            phone_number=sim.porting.phone_number if sim.porting is not None else None,
            reservation_until=sim.porting.expires if sim.porting is not None else None,
        )


class EligibilityRow(Answer, frozen=True):
    """How the check of the address stands that the order depends on."""

    status: str
    value: str | None
    checked_at: datetime | None
    notes: str | None

    example: ClassVar[Any] = {
        "status": "eligible",
        "value": "Home 1G",
        "checkedAt": "2026-01-19T05:00:00Z",
        "notes": None,
    }

    @classmethod
    def of(cls, eligibility: Eligibility | None) -> "EligibilityRow | None":
        """The row, for an order that has one."""
        if eligibility is None:
            return None
        return cls(
            status=word_of(eligibility.status),
            value=eligibility.value,
            checked_at=eligibility.checked_at,
            notes=eligibility.notes,
        )


class IdentityRow(Answer, frozen=True):
    """How the ID verification stands that the order depends on; a rejection with what helps."""

    status: str
    submitted_at: datetime | None
    reviewed_at: datetime | None
    message: str | None
    remedy: str | None

    example: ClassVar[Any] = {
        "status": "verified",
        "submittedAt": "2026-01-18T05:00:00Z",
        "reviewedAt": "2026-01-19T05:00:00Z",
        "message": None,
        "remedy": None,
    }

    @classmethod
    def of(cls, identity: Identity | None, language: Language) -> "IdentityRow | None":
        """The row, for an order that has one."""
        if identity is None:
            return None
        rejected = read_rejection(identity.message) if identity.status is IdStatus.REJECTED else None
        return cls(
            status=word_of(identity.status),
            submitted_at=identity.submitted_at,
            reviewed_at=identity.reviewed_at,
            message=(rejected.written or rejected.rejection.text.said(language)) if rejected is not None else None,
            remedy=rejected.rejection.remedy.said(language) if rejected is not None else None,
        )


class CancelledShown(Answer, frozen=True):
    """Why an order was cancelled, and what helps."""

    code: str | None
    message: str

    example: ClassVar[Any] = {"code": "DETAILS_WRONG", "message": "Please correct your details and order again."}


class OrderDetail(OrderShown, frozen=True):
    """An order with its lines, what it depends on and its timeline."""

    lines: tuple[LineShown, ...]
    address: AddressShown | None
    sim: SimShown | None
    eligibility: EligibilityRow | None
    identity: IdentityRow | None
    cancelled: CancelledShown | None
    can_withdraw: bool
    timeline: tuple[EntryShown, ...]
    read_at: datetime

    example: ClassVar[Any] = {
        **OrderShown.example,
        "lines": [LineShown.example],
        "address": AddressAsk.example,
        "sim": None,
        "eligibility": EligibilityRow.example,
        "identity": None,
        "cancelled": None,
        "canWithdraw": True,
        "timeline": [EntryShown.example],
        "readAt": "2026-01-20T01:00:05Z",
    }

    @classmethod
    def told(cls, story: OrderStory, language: Language, read_at: datetime) -> "OrderDetail":
        """The order in the customer's words, as it was at `read_at`."""
        order = story.order
        gone = order.status is OrderStatus.CANCELLED
        return cls(
            **heading(order),
            lines=tuple(LineShown.of(line) for line in order.lines),
            address=AddressShown.of(order.address),
            sim=SimShown.of(order.sim, order.shipped_at) if order.sim is not None else None,
            eligibility=EligibilityRow.of(story.eligibility),
            identity=IdentityRow.of(story.identity, language),
            cancelled=CancelledShown(code=order.cancel_code, message=cancel_words(order).said(language))
            if gone
            else None,
            can_withdraw=may_withdraw(order),
            timeline=tuple(EntryShown.of(entry, language) for entry in story.timeline),
            read_at=read_at,
        )


class TimelineShown(Answer, frozen=True):
    """The story of one order, oldest first, what is open last."""

    entries: tuple[EntryShown, ...]
    read_at: datetime

    example: ClassVar[Any] = {"entries": [EntryShown.example], "readAt": "2026-01-20T01:00:05Z"}
