"""What the portal must know of an org, and how long it waits for it."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from adapters.salesforce.events.settings import EventSettings
from adapters.salesforce.field_map import DEFAULT, UnknownName
from adapters.salesforce.picklists import Picklists, UnknownWord

_SHARED_HOSTS: Final = ("login.salesforce.com", "test.salesforce.com")
_PEM: Final = "-----BEGIN"
_VERSION: Final = re.compile(r"[1-9][0-9]\.0")
_CLIENT: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_SECRET: Final = ("private_key", "client_secret", "username")


class Flow(StrEnum):
    """How the portal logs in."""

    JWT = "jwt"
    CLIENT_CREDENTIALS = "client_credentials"


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Waits, in seconds."""

    connect: float = 3.0
    answer: float = 15.0
    """How long one answer may be silent."""
    deadline: float = 25.0
    """How long one operation may take in all: every try of it, the waits in between and a log-in."""
    upload_deadline: float = 120.0
    attempts: int = 4
    first_wait: float = 0.2
    """The longest wait before a second try; it doubles with each further one, up to `longest_wait`."""
    longest_wait: float = 4.0
    failures: int = 8
    """After how many failures in a row a kind of operation is not tried for a while."""
    rest: float = 10.0
    """How long it is not tried then, and how long nobody logs in again after a refused log-in."""
    settle: float = 3.0
    """How long a create whose answer was lost is waited for before it is looked for, where it has no key."""


class SalesforceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One org and the user the portal logs in as. Secrets never show when it is printed."""

    login_url: str = "https://login.salesforce.com"
    """Where tokens come from: login, test, or the org's own domain, which client credentials need."""
    flow: Flow = Flow.JWT
    audience: str = ""
    """Whom an assertion is for; empty means `login_url`."""
    client_id: str = ""
    username: str = ""
    private_key: str = ""
    """The key of the app's certificate as PEM text, or the file that holds it."""
    client_secret: str = ""
    api_version: str = "62.0"
    client_name: str = "genkan"
    """What Salesforce notes as the origin of a change, by which the portal knows its own."""
    person_accounts: bool = False
    names: dict[str, str] = {}
    """What the org calls objects and fields otherwise: `account.number = "Customer_No__c"`."""
    words: dict[str, str] = {}
    """What the org's picklists say otherwise: `commodity_types.internet = "Home Internet"` (`Picklists`)."""
    price_book: str = ""
    """The name of the price book of portal orders; empty means the standard one."""
    person_record_type: str = "Portal_Customer"
    """The record type of customers, by its developer name, where they are person accounts."""
    case_record_types: dict[str, str] = {}
    """The record type of a kind of case, by its developer name; none means the user's default."""
    lead_company: str = "Individual"
    """The company of a lead, without which Salesforce takes none."""
    shed_at: float = 0.8
    """The part of the day's calls above which work in the background waits."""
    keys_are_unique: bool = True
    """Whether the fields of request keys are unique in the org; otherwise each is looked for, under a lock (T-1)."""
    page_size: int = 2000
    """How many rows of a query come at once, 200 to 2000; Salesforce may send fewer."""
    connections: int = 32
    patience: Patience = Patience()
    events: EventSettings = EventSettings()
    """Where and how events are listened to."""

    @property
    def key_text(self) -> str:
        """The private key as PEM text."""
        if self.private_key.lstrip().startswith(_PEM):
            return self.private_key
        return Path(self.private_key).read_text("utf-8")

    @property
    def base_path(self) -> str:
        """Where the API begins on an instance."""
        return f"/services/data/v{self.api_version}"

    def faults(self) -> list[str]:
        """What keeps the portal from logging in with these settings, in words for an operator."""
        lacking = {
            Flow.JWT: ("client_id", "username", "private_key"),
            Flow.CLIENT_CREDENTIALS: ("client_id", "client_secret"),
        }[self.flow]
        found = [f"salesforce.{name} is not set" for name in lacking if not getattr(self, name)]
        if self.flow is Flow.JWT and self.private_key and not self._has_key():
            found.append("salesforce.private_key is neither a key nor a file that can be read")
        host = urlsplit(self.login_url).hostname
        if self.flow is Flow.CLIENT_CREDENTIALS and host in _SHARED_HOSTS:
            found.append("salesforce.login_url must be the org's own domain for client credentials")
        if not host:
            found.append("salesforce.login_url is no address")
        if not _VERSION.fullmatch(self.api_version):
            found.append("salesforce.api_version is told like 62.0")
        if not _CLIENT.fullmatch(self.client_name):
            found.append("salesforce.client_name is made of letters, digits, dots, dashes and underscores")
        try:
            DEFAULT.renamed(self.names)
        except UnknownName as unknown:
            found.append(f"salesforce.names: {unknown}")
        try:
            Picklists().reworded(self.words)
        except UnknownWord as unknown:
            found.append(f"salesforce.words: {unknown}")
        return found

    def _has_key(self) -> bool:
        try:
            return _PEM in self.key_text
        except (OSError, ValueError):
            return False

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        told = (f"{name}={'…' if name in _SECRET and value else value!r}" for name, value in shown)
        return f"{type(self).__name__}({', '.join(told)})"
