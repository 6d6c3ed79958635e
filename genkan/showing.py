"""Use cases that only show, and what stands before the other systems for them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from dependency_injector import providers

from adapters.system.last_known import Answering
from adapters.system.shown_books import (
    ShownInvoiceBook,
    ShownOpportunities,
    ShownOrderBook,
    ShownPaymentBook,
    ShownServiceBook,
    ShownSupportDesk,
)
from core.usecases.cancellation.read_ending import ReadEnding
from ports.billing import InvoiceBook, PaymentBook, ServiceBook
from ports.customer_registry import Profiles
from ports.eligibility_desk import EligibilityDesk
from ports.endings import Endings
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.support_desk import SupportDesk

CACHED: Final[Mapping[Any, str]] = MappingProxyType(
    {
        EligibilityDesk: "cached_eligibility",
        IdentityDesk: "cached_identity",
        Profiles: "cached_profiles",
        PaymentBook: "cached_payments",
        ServiceBook: "shown_services",
        InvoiceBook: "shown_invoices",
        Opportunities: "shown_opportunities",
        OrderBook: "shown_orders",
        SupportDesk: "shown_cases",
        Endings: "shown_ending",
    }
)
"""What is remembered for use cases that only show: for a while, or for as long as its system is down (T-10)."""

SHOWING: Final = frozenset(
    {
        "read_eligibility",
        "read_identity",
        "read_order",
        "read_payment_status",
        "read_checkout",
        "read_personal_catalog",
        "read_profile",
        "read_standing",
        "read_timeline",
        "read_service",
        "read_cancellation",
        "read_invoice",
        "read_case",
        "list_services",
        "list_orders",
        "list_invoices",
        "list_cases",
        "summarize_payment_methods",
    }
)
"""Use cases that only show, and so may read what was read a little while ago; all others read afresh."""

OTHERWISE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        # nobody pays a price that Salesforce has changed (ORD-1)
        "read_gates": {"shelf": "catalog_shelf", "known": "cached_catalog"},
        # what is shown with an answer is what is remembered, and remembered from then on
        "request_eligibility": {"shown": "cached_eligibility"},
        "upload_document": {"shown": "cached_identity"},
        # a list of cards may be an old one; whether there is one to charge may not (ORD-9)
        "summarize_payment_methods": {"payments": "shown_payments"},
    }
)
"""What a field of a use case is bound to, where its type alone does not say it."""


def put_in_front(it: Any) -> None:
    """Put what remembers in front of what is shown of other systems (T-10)."""
    one = providers.Singleton
    it.answering = one(Answering)
    it.shown_services = one(ShownServiceBook, it.service_book, it.clock, it.answering)
    it.shown_invoices = one(ShownInvoiceBook, it.invoice_book, it.clock, it.answering)
    it.shown_payments = one(ShownPaymentBook, it.kept_cards, it.clock, it.answering)
    it.shown_opportunities = one(ShownOpportunities, it.opportunities, it.clock, it.answering)
    it.shown_orders = one(ShownOrderBook, it.order_book, it.clock, it.answering)
    it.shown_cases = one(ShownSupportDesk, it.support_desk, it.clock, it.answering)
    it.shown_ending = one(ReadEnding, it.store, it.shown_cases, it.clock)
