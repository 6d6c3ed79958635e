"""Accounts and contacts: who the operator's customers are, as Salesforce keeps them."""

from datetime import date, datetime
from typing import Protocol

import msgspec

from core.domain.account import Address, Person, Phone, PortalStatus, Profile
from core.domain.changes import AccountState, UnreadAccount
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, RequestKey


class NewCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer to be registered: an Account with its number and a Contact on it (ACC-1)."""

    number: CustomerNumber
    email: str
    person: Person
    phone: Phone
    address: Address | None


class Registered(msgspec.Struct, frozen=True):
    """The records of a registered customer."""

    account: AccountId
    contact: ContactId
    number: CustomerNumber


class ContactDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer may change about themselves (ACC-10); None leaves a part as it is."""

    phone: Phone | None = None
    address: Address | None = None
    birth_date: date | None = None


class Link(msgspec.Struct, frozen=True):
    """What an Account is linked to: the WHMCS client, and by which registration (ACC-1)."""

    client: ClientId
    source: str


class Profiles(Protocol):
    """Where customers are read to be shown; a binding may answer with what it read some minutes ago (T-10)."""

    async def profile(self, account: AccountId) -> Profile | None:
        """The customer, or None when there is no such account."""


class CustomerRegistry(Protocol):
    """Where customers are found, made and kept (ACC)."""

    async def highest_number(self) -> int:
        """The highest customer number in the org as a number, 0 when there is none (ACC-2). Read once, at setup."""

    async def find_by_number(self, number: CustomerNumber) -> Profile | None:
        """The customer with that number, or None (ACC-3)."""

    async def find_by_email(self, email: str) -> Profile | None:
        """The customer whose contact has that address, compared in canonical form, or None (ACC-5).

        With several, the one with a customer number, else the oldest.
        """

    async def profile(self, account: AccountId) -> Profile | None:
        """The customer as they stand now, or None when there is no such account."""

    async def ensure_customer(self, key: RequestKey, customer: NewCustomer) -> Registered:
        """Make the Account and its Contact under `key` unless they exist; the same key finds what it made (ACC-4).

        Raises Rejected("DUPLICATE_VALUE", fields=("number",)) when another customer holds the number (ACC-2).
        """

    async def ensure_number(self, account: AccountId, number: CustomerNumber) -> CustomerNumber:
        """Give the number to an Account that has none; answers the one it has then (ACC-2, ACC-5).

        Raises Rejected("DUPLICATE_VALUE", fields=("number",)) when another customer holds the number.
        """

    async def ensure_link(self, account: AccountId, client: ClientId, source: str, at: datetime) -> None:
        """Write the WHMCS client, portal status Active and registration source on the Account (ACC-1).

        Writing the same again changes nothing. Raises Rejected("conflict") when another client is linked.
        """

    async def note_sign_in(self, account: AccountId, at: datetime) -> PortalStatus | None:
        """Write the time of the last log-in; an older time than the one there changes nothing (ACC-8).

        Answers whether staff let the account use the portal, None where nobody has said.
        """

    async def save_details(self, account: AccountId, details: ContactDetails) -> None:
        """Write phone and address on Account and Contact, the birth date on the Contact: all or none (ACC-10).

        Idempotent. Raises Rejected("conflict", fields=("birth_date",)) when another birth date is held.
        """

    async def fill_details(
        self, account: AccountId, person: Person, phone: Phone, address: Address | None, link: Link | None = None
    ) -> Profile | None:
        """Write what Account and Contact lack of it; whatever stands there stays (ACC-3, ACC-11). Idempotent.

        With `link` it is linked in the same write, as by `ensure_link`. Answers the customer as they stand then.
        """

    async def all_accounts(self, after: AccountId | None, most: int) -> tuple[Profile, ...]:
        """Accounts with a customer number in the order of their ids, from behind `after`; for drift and orphans.

        One at a portal status that nobody knows is left out: to read it by itself is refused.
        """

    async def changed(
        self, since: datetime, after: AccountId | None, most: int
    ) -> tuple[AccountState | UnreadAccount, ...]:
        """Accounts with a customer number that changed at `since` or later, paged by their ids (T-5)."""
