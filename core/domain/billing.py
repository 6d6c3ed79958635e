"""What WHMCS knows of a customer: services, invoices, payment methods and the pages it offers (SRV)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.catalog import BillingCycle, ProductType
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, OrderId, ServiceId
from core.domain.japan import Month
from core.domain.money import Yen


class ServiceStatus(StrEnum):
    """The state of a service in billing; anything unknown is `other`, never an error."""

    PENDING = "Pending"
    ACTIVE = "Active"
    SUSPENDED = "Suspended"
    TERMINATED = "Terminated"
    CANCELLED = "Cancelled"
    FRAUD = "Fraud"
    COMPLETED = "Completed"
    OTHER = "Other"


LIVE: Final = frozenset({ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.SUSPENDED})
OVER: Final = frozenset({ServiceStatus.TERMINATED, ServiceStatus.CANCELLED})
_INTERNET_WORDS: Final = ("internet", "sonixnet via ntt optical fiber")


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service a customer has (SRV-1); `mark` is the order it was provisioned for, where billing holds it.

    `started` and `ended` are billing's days, each None where it holds none.
    """

    id: ServiceId
    client: ClientId
    name: str
    group: str
    billing_product: str
    product_type: ProductType | None
    status: ServiceStatus
    cycle: BillingCycle | None
    price: Yen
    next_due: date | None = None
    started: date | None = None
    ended: date | None = None
    billing_order: BillingOrderId | None = None
    mark: OrderId | None = None


def standing_of(status: ServiceStatus, cycle: BillingCycle | None, mark: OrderId | None) -> ServiceStatus:
    """The status of a service as a customer has it.

    What an order charges once, a technician's visit say, billing leaves active; it is no running service.
    """
    is_paid_once = mark is not None and cycle is BillingCycle.ONE_TIME
    return ServiceStatus.COMPLETED if is_paid_once and status is ServiceStatus.ACTIVE else status


def product_type_of(
    billing_product: str, name: str, group: str, mapping: Mapping[str, ProductType]
) -> ProductType | None:
    """The product line of a service: by its mapped product, else Internet by the words in its name (CAT-6)."""
    mapped = mapping.get(billing_product)
    if mapped is not None:
        return mapped
    words = f"{group}\n{name}".casefold()
    return ProductType.INTERNET if any(word in words for word in _INTERNET_WORDS) else None


def live_internet(services: Iterable[Service]) -> Service | None:
    """The Internet service that closes Internet for its account, if there is one (CAT-6)."""
    return next((s for s in services if s.product_type is ProductType.INTERNET and s.status in LIVE), None)


def has_active_sim(services: Iterable[Service]) -> bool:
    """Whether family plans are open to the account (CAT-5)."""
    return any(s.product_type is ProductType.SIM and s.status is ServiceStatus.ACTIVE for s in services)


class InvoiceStatus(StrEnum):
    """The state of an invoice; anything unknown is `other`."""

    DRAFT = "Draft"
    UNPAID = "Unpaid"
    PAID = "Paid"
    CANCELLED = "Cancelled"
    REFUNDED = "Refunded"
    COLLECTIONS = "Collections"
    PAYMENT_PENDING = "Payment Pending"
    OTHER = "Other"


class InvoiceLine(msgspec.Struct, frozen=True):
    """One line of an invoice."""

    description: str
    amount: Yen
    service: ServiceId | None = None


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice; `lines` and `balance` only where one invoice was asked for."""

    id: InvoiceId
    client: ClientId
    number: str
    status: InvoiceStatus
    issued: date
    due: date
    paid_on: date | None = None
    total: Yen
    balance: Yen | None = None
    lines: tuple[InvoiceLine, ...] = ()


def card_ends(expires: str | None) -> date | None:
    """The last day of a card whose month is written "2027-03"; None for what has no such month (SRV-6)."""
    try:
        return Month.parse(expires).last_day if expires else None
    except ValueError:
        return None


class PaymentMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A payment method as it may be shown: never more than the last four digits (SRV-2)."""

    kind: str
    label: str
    last_four: str | None = None
    expires: str | None = None
    """The month a card ends, "2027-03"."""

    def ends_by(self, day: date) -> bool:
        """Whether the card is over on or before `day`; what has no month never is (SRV-2, SRV-6)."""
        last = card_ends(self.expires)
        return last is not None and last <= day


class PaymentMethods(msgspec.Struct, frozen=True):
    """The customer's payment methods, the first listed one being used (SRV-2)."""

    methods: tuple[PaymentMethod, ...]

    @property
    def present(self) -> bool:
        """Whether there is one to charge (ORD-1)."""
        return bool(self.methods)

    @property
    def first(self) -> PaymentMethod | None:
        """The one that is used: the first listed (SRV-2)."""
        return self.methods[0] if self.methods else None


class Page(StrEnum):
    """A page of WHMCS that a customer may be sent to (SRV-3)."""

    PAYMENT_METHODS = "payment-methods"
    INVOICE = "invoice"
    INVOICES = "invoices"
    SERVICES = "services"
    PROFILE = "profile"


SSO_DESTINATIONS: Final = MappingProxyType(
    {
        Page.PAYMENT_METHODS: "clientarea:billing_info",
        Page.INVOICE: "sso:custom_redirect",
        Page.INVOICES: "clientarea:invoices",
        Page.SERVICES: "clientarea:services",
        Page.PROFILE: "clientarea:profile",
    }
)
"""Only destinations that WHMCS documents; a fixed path goes with the redirect."""


class DoorLink(msgspec.Struct, frozen=True):
    """A link that logs in once, within a minute; made on click, never kept or logged (SRV-3)."""

    url: str
    until: datetime
