"""What a customer can read, by the name it goes by here."""

from collections.abc import Mapping
from typing import Final

VIEWS: Final[Mapping[str, str]] = {
    "me": "/me",
    "status": "/me/status",
    "eligibility": "/eligibility/internet",
    "identity": "/verification/id",
    "checkout": "/checkout/session",
    "payment": "/checkout/payment-status",
}
LISTS: Final[Mapping[str, str]] = {
    "orders": "/orders?limit=100",
    "services": "/subscriptions?limit=100",
    "notices": "/notifications?limit=100",
    "timeline": "/me/timeline?limit=100",
    "cases": "/support/cases?limit=100",
    "invoices": "/billing/invoices?limit=100",
}
