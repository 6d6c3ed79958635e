"""What the portal must know of a WHMCS, and how long it waits for it."""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from core.domain.catalog import ProductType

_SECRET: Final = ("identifier", "secret", "access_key")
_KEY: Final = re.compile(r"[A-Za-z0-9!@#$%.()*\[\]_-]*")
_PATH: Final = re.compile(r"[A-Za-z0-9_./?&=%-]*")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Termination(StrEnum):
    """How a service is ended."""

    MODULE = "module"
    """By its product's module, at once; by its record where the product has none."""
    RECORD = "record"
    """By its record alone: staff, or something else, switches it off."""
    REQUEST = "request"
    """By a cancellation request, which WHMCS's daily run heeds."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Waits, in seconds."""

    connect: float = 3.0
    answer: float = 15.0
    """How long an answer that is only read may take."""
    deadline: float = 30.0
    """How long a reading may take in all, with every try of it and the waits in between; a list with all its pages."""
    write_answer: float = 60.0
    """How long an answer to a write may take."""
    write_deadline: float = 75.0
    slow_answer: float = 120.0
    """How long an answer may take for which WHMCS asks somebody else: accepting, and every action of a module."""
    slow_deadline: float = 130.0
    attempts: int = 4
    first_wait: float = 0.2
    """The longest wait before a second try; it doubles with each further one, up to `longest_wait`."""
    longest_wait: float = 4.0
    failures: int = 8
    """After how many failures in a row a kind of operation is not tried for a while."""
    rest: float = 10.0
    """How long it is not tried then."""
    shut_out: float = 300.0
    """How long nobody calls once WHMCS refused the credentials or the address: it bans whoever goes on."""
    settle: float = 35.0
    """How long a write whose answer was lost may still be going on there: its time limit of PHP, and a little more."""


class Polling(msgspec.Struct, frozen=True, kw_only=True):
    """How billing is looked at for what changed, beside what its hooks tell."""

    every: float = 30.0
    """Seconds between two looks."""
    least: float = 5.0
    """Seconds between two looks where somebody asks what is there now."""
    page: int = 250
    """How many rows a look reads of each long list; it goes round all of them, one page at a time."""
    watched: int = 20
    """Of how many clients, those that the portal asked about last, payment methods are looked at."""
    watched_for: float = 900.0
    """For how many seconds after the portal asked."""


class WhmcsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One installation and the API credential the portal uses. Secrets never show when it is printed."""

    url: str = ""
    """Where WHMCS is installed: `https://billing.example/` or `https://example/whmcs/`."""
    identifier: str = ""
    secret: str = ""
    access_key: str = ""
    """`$api_access_key` of its configuration.php, where the portal's address is not on the list."""
    site: str = ""
    """Where its pages are for customers, when that is another address than `url`."""
    number_field: int = 0
    """The id of the clients' custom field that holds the customer number."""
    order_field: str = "CRM Order"
    """The name of each product's custom field that holds the CRM's order; empty where products have none."""
    order_fields: dict[str, int] = {}
    """The id of that field by the id of its product, where it is not listed with the product."""
    marks_domain: bool = True
    """Whether the CRM's order is written as the domain of a service too, which alone can be searched for."""
    gateway: str = ""
    """The payment method of orders, as GetPaymentMethods names it."""
    currency: str = "JPY"
    """The code of the currency that clients are billed in."""
    time_zone: str = "Asia/Tokyo"
    """The zone in which WHMCS writes dates and times."""
    product_types: dict[str, ProductType] = {}
    """Product lines by the id of a product, beside those that the catalog tells."""
    termination: Termination = Termination.MODULE
    order_mails: bool = False
    """Whether WHMCS mails its order confirmation; the portal tells the customer anyway."""
    welcome_mails: bool = False
    """Whether accepting an order has WHMCS mail what its product says."""
    payment_methods_path: str = ""
    """The page of payment methods ("index.php?rp=/account/paymentmethods"); empty means that of billing details."""
    connections: int = 6
    page_size: int = 100
    """How many rows of a list are asked for at once."""
    patience: Patience = Patience()
    polling: Polling = Polling()

    @property
    def api_url(self) -> str:
        """Where the action API is called."""
        return f"{self.url.rstrip('/')}/includes/api.php"

    @property
    def zone(self) -> ZoneInfo:
        """The zone of WHMCS's dates."""
        return ZoneInfo(self.time_zone)

    def faults(self) -> list[str]:
        """What keeps the portal from using WHMCS with these settings, in words for an operator."""
        names = ("url", "identifier", "secret", "number_field", "gateway")
        found = [f"whmcs.{name} is not set" for name in names if not getattr(self, name)]
        found += [f"whmcs.{name} {fault}" for name in ("url", "site") for fault in _faults_of(getattr(self, name))]
        if not _KEY.fullmatch(self.access_key):
            found.append("whmcs.access_key holds characters that WHMCS does not take")
        if not _PATH.fullmatch(self.payment_methods_path):
            found.append("whmcs.payment_methods_path is told like index.php?rp=/account/paymentmethods")
        if not self.order_field and not self.order_fields and not self.marks_domain:
            found.append("whmcs.marks_domain: an order must be marked somewhere, or it would be added twice")
        if self.number_field < 0:
            found.append("whmcs.number_field is a number above 0")
        if not 1 <= self.connections <= 16:
            found.append("whmcs.connections is a number from 1 to 16")
        if not 1 <= self.page_size <= 1000 or not 1 <= self.polling.page <= 1000:
            found.append("whmcs.page_size and polling.page are numbers from 1 to 1000")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            found.append("whmcs.time_zone is told like Asia/Tokyo")
        return found

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        told = (f"{name}={'…' if name in _SECRET and value else value!r}" for name, value in shown)
        return f"{type(self).__name__}({', '.join(told)})"


def _faults_of(url: str) -> list[str]:
    if not url:
        return []
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ["is no address"]
    if not host or parts.scheme not in ("http", "https"):
        return ["is no address"]
    if parts.username or parts.query or parts.fragment:
        return ["is an address without credentials and without anything behind its path"]
    if parts.scheme == "http" and host not in _LOOPBACK:
        return ["begins with https: the portal's credentials go there"]
    return []
