"""The standing as callers read it: one part for each thing that is read, and what follows from them (STA-1, STA-2)."""

from datetime import datetime
from typing import Any, ClassVar

from adapters.http.body import Answer
from adapters.http.people import word_of
from adapters.http.surroundings import HttpSettings
from core.domain.billing import PaymentMethods, Service
from core.domain.checkout import Checkout
from core.domain.eligibility import Eligibility
from core.domain.identity import Identity
from core.domain.order import Order
from core.domain.standing import ACTIONS, NextAction, StandingShown
from core.domain.words import Language


class CheckPart(Answer, frozen=True):
    """The availability check, as `/api/eligibility/internet` tells it in full."""

    available: bool
    status: str | None = None
    value: str | None = None
    requested_at: datetime | None = None
    read_at: datetime | None = None

    @classmethod
    def of(cls, it: Eligibility | None) -> "CheckPart":
        """The part, where it could be read."""
        if it is None:
            return cls(available=False)
        status = word_of(it.status)
        return cls(available=True, status=status, value=it.value, requested_at=it.requested_at, read_at=it.read_at)


class ReviewPart(Answer, frozen=True):
    """The ID review, as `/api/verification/id` tells it in full."""

    available: bool
    status: str | None = None
    submitted_at: datetime | None = None
    read_at: datetime | None = None

    @classmethod
    def of(cls, it: Identity | None) -> "ReviewPart":
        """The part, where it could be read."""
        if it is None:
            return cls(available=False)
        return cls(available=True, status=word_of(it.status), submitted_at=it.submitted_at, read_at=it.read_at)


class PaymentPart(Answer, frozen=True):
    """Whether there is a payment method."""

    available: bool
    present: bool | None = None

    @classmethod
    def of(cls, it: PaymentMethods | None) -> "PaymentPart":
        """The part, where it could be read."""
        return cls(available=it is not None, present=it.present if it is not None else None)


class CheckoutPart(Answer, frozen=True):
    """The checkout that waits to be finished, where there is one."""

    available: bool
    open: bool = False
    step: str | None = None
    services: int | None = None
    changed_at: datetime | None = None

    @classmethod
    def of(cls, it: Checkout | None, *, available: bool) -> "CheckoutPart":
        """The part; a submitted checkout waits for nothing."""
        if it is None or it.submitted_at is not None:
            return cls(available=available)
        services = len(it.cart.services)
        return cls(available=True, open=True, step=it.step.value, services=services, changed_at=it.changed_at)


class OrderPart(Answer, frozen=True):
    """An order that may still become a service."""

    id: str
    number: str
    product_type: str | None
    status: str

    @classmethod
    def of(cls, it: Order) -> "OrderPart":
        """The order in short."""
        kind = it.product_type.value if it.product_type is not None else None
        return cls(id=it.id, number=it.number, product_type=kind, status=word_of(it.status))


class OrdersPart(Answer, frozen=True):
    """The orders that may still become services."""

    available: bool
    pending: tuple[OrderPart, ...]
    read_at: datetime | None


class ServicePart(Answer, frozen=True):
    """A service that runs, waits or is suspended."""

    id: str
    name: str
    product_type: str | None
    status: str

    @classmethod
    def of(cls, it: Service) -> "ServicePart":
        """The service in short."""
        kind = it.product_type.value if it.product_type is not None else None
        return cls(id=it.id, name=it.name, product_type=kind, status=word_of(it.status))


class ServicesPart(Answer, frozen=True):
    """The services that run, wait or are suspended."""

    available: bool
    active: tuple[ServicePart, ...]
    read_at: datetime | None


class InvoicesPart(Answer, frozen=True):
    """What is owed: how many invoices, and yen in all."""

    available: bool
    unpaid: int | None = None
    total: int | None = None
    read_at: datetime | None = None


class NoticesPart(Answer, frozen=True):
    """How many notices are unread."""

    available: bool
    unread: int | None = None


class TaskShown(Answer, frozen=True):
    """Something to do or to wait for, in the customer's words."""

    code: str
    label: str
    url: str

    @classmethod
    def of(cls, action: NextAction, settings: HttpSettings, language: Language) -> "TaskShown":
        """The task in `language`."""
        text = ACTIONS[action]
        return cls(code=action.value, label=text.words.said(language), url=settings.public_url + text.path)


class StatusShown(Answer, frozen=True):
    """The whole picture; a part that could not be read says `available: false`."""

    eligibility: CheckPart
    identity: ReviewPart
    payment: PaymentPart
    checkout: CheckoutPart
    orders: OrdersPart
    services: ServicesPart
    invoices: InvoicesPart
    notifications: NoticesPart
    next_action: TaskShown
    tasks: tuple[TaskShown, ...]
    read_at: datetime

    example: ClassVar[Any] = {
        "eligibility": {
            "available": True,
            "status": "pending",
            "value": None,
            "requestedAt": "2026-01-20T01:00:00Z",
            "readAt": "2026-01-20T01:00:05Z",
        },
        "identity": {
            "available": True,
            "status": "not_submitted",
            "submittedAt": None,
            "readAt": "2026-01-20T01:00:05Z",
        },
        "payment": {"available": True, "present": True},
        "checkout": {"available": True, "open": False, "step": None, "services": None, "changedAt": None},
        "orders": {"available": True, "pending": [], "readAt": "2026-01-20T01:00:05Z"},
        "services": {"available": False, "active": [], "readAt": None},
        "invoices": {"available": True, "unpaid": 0, "total": 0, "readAt": "2026-01-20T01:00:05Z"},
        "notifications": {"available": True, "unread": 1},
        "nextAction": {
            "code": "wait_for_check",
            "label": "We are checking your address; nothing to do now",
            "url": "http://127.0.0.1:8000/account",
        },
        "tasks": [
            {
                "code": "wait_for_check",
                "label": "We are checking your address; nothing to do now",
                "url": "http://127.0.0.1:8000/account",
            }
        ],
        "readAt": "2026-01-20T01:00:05Z",
    }

    @classmethod
    def of(cls, shown: StandingShown, settings: HttpSettings, language: Language) -> "StatusShown":
        """The picture in the customer's words."""
        it = shown.standing
        tasks = tuple(TaskShown.of(action, settings, language) for action in shown.tasks)
        owed = it.invoices.value
        return cls(
            eligibility=CheckPart.of(it.eligibility.value),
            identity=ReviewPart.of(it.identity.value),
            payment=PaymentPart.of(it.payment.value),
            checkout=CheckoutPart.of(it.checkout.value, available=it.checkout.available),
            orders=OrdersPart(
                available=it.orders.available,
                pending=tuple(map(OrderPart.of, it.open_orders)),
                read_at=it.orders.read_at,
            ),
            services=ServicesPart(
                available=it.services.available,
                active=tuple(map(ServicePart.of, it.live_services)),
                read_at=it.services.read_at,
            ),
            invoices=InvoicesPart(
                available=it.invoices.available,
                unpaid=len(owed) if owed is not None else None,
                total=sum(invoice.total for invoice in owed) if owed is not None else None,
                read_at=it.invoices.read_at,
            ),
            notifications=NoticesPart(available=it.unread.available, unread=it.unread.value),
            next_action=tasks[0],
            tasks=tasks,
            read_at=it.read_at,
        )

    @property
    def is_whole(self) -> bool:
        """Whether every part could be read."""
        parts = (self.eligibility, self.identity, self.payment, self.orders, self.services, self.invoices)
        return all(part.available for part in parts)
