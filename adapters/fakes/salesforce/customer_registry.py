"""Accounts and contacts in the made-up Salesforce."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from adapters.fakes.salesforce.changes import account_state_of, changed_rows
from adapters.fakes.salesforce.setup import PERSON_RECORD_TYPE, record_type
from adapters.fakes.salesforce.shapes import (
    address_columns,
    address_of,
    contact_columns,
    contact_of,
    phone_text,
    profile_of,
    record,
)
from adapters.fakes.salesforce.words import portal_status_of
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.account import Address, Person, Phone, PortalStatus, Profile
from core.domain.changes import AccountState, UnreadAccount
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, RequestKey, is_customer_number
from core.domain.session import canonical_email
from ports.customer_registry import ContactDetails, Link, NewCustomer, Registered
from ports.errors import Rejected


@dataclass(frozen=True, slots=True)
class FakeCustomerRegistry:
    """`ports.customer_registry.CustomerRegistry` over the world's accounts and contacts (ACC)."""

    world: World

    async def highest_number(self) -> int:
        async with self.world.touch("salesforce", "highest_number"):
            numbers = (row["number"] for row in self.world.records.find("account"))
            return max((int(n[1:]) for n in numbers if n and is_customer_number(n)), default=0)

    async def find_by_number(self, number: CustomerNumber) -> Profile | None:
        async with self.world.touch("salesforce", "find_by_number"):
            account = self.world.records.one("account", number=number)
            return profile_of(self.world.records, account) if account else None

    async def find_by_email(self, email: str) -> Profile | None:
        async with self.world.touch("salesforce", "find_by_email"):
            records, wanted = self.world.records, canonical_email(email)
            contacts = records.find("contact", lambda row: canonical_email(row["email"] or "") == wanted)
            accounts = [a for a in (records.get("account", c["account"]) for c in contacts) if a is not None]
            chosen = next((a for a in accounts if a["number"]), accounts[0] if accounts else None)
            return profile_of(records, chosen) if chosen else None

    async def profile(self, account: AccountId) -> Profile | None:
        async with self.world.touch("salesforce", "profile"):
            row = self.world.records.get("account", account)
            return profile_of(self.world.records, row) if row else None

    async def ensure_customer(self, key: RequestKey, customer: NewCustomer) -> Registered:
        async with self.world.touch("salesforce", "ensure_customer"):
            records = self.world.records
            with records.all_or_none():
                account = records.one("account", key=key) or self._new_account(key, customer)
                contact = records.one("contact", key=key) or self._new_contact(key, customer, account)
            return Registered(AccountId(account["id"]), ContactId(contact["id"]), CustomerNumber(account["number"]))

    async def ensure_number(self, account: AccountId, number: CustomerNumber) -> CustomerNumber:
        async with self.world.touch("salesforce", "ensure_number"):
            row = record(self.world.records, "account", account)
            if not row["number"]:
                row = self.world.records.update("account", account, {"number": number})
            return CustomerNumber(row["number"])

    async def ensure_link(self, account: AccountId, client: ClientId, source: str, at: datetime) -> None:
        async with self.world.touch("salesforce", "ensure_link"):
            row = record(self.world.records, "account", account)
            self.world.records.update("account", account, _linked(row, Link(client, source)))

    async def note_sign_in(self, account: AccountId, at: datetime) -> PortalStatus | None:
        async with self.world.touch("salesforce", "note_sign_in"):
            row = record(self.world.records, "account", account)
            if row["last_sign_in"] is None or row["last_sign_in"] < at:
                self.world.records.update("account", account, {"last_sign_in": at})
            return portal_status_of(row)

    async def save_details(self, account: AccountId, details: ContactDetails) -> None:
        async with self.world.touch("salesforce", "save_details"):
            records = self.world.records
            values = {} if details.address is None else address_columns(details.address)
            if details.phone is not None:
                values["phone"] = phone_text(details.phone)
            with records.all_or_none():
                row = records.update("account", account, values)
                contact = contact_of(records, row["id"])
                if contact is not None:
                    records.update("contact", contact["id"], values | _born(contact, details.birth_date))

    async def fill_details(
        self, account: AccountId, person: Person, phone: Phone, address: Address | None, link: Link | None = None
    ) -> Profile | None:
        async with self.world.touch("salesforce", "fill_details"):
            records = self.world.records
            with records.all_or_none():
                row = record(records, "account", account)
                contact = contact_of(records, account)
                dialled = row["phone"] or (contact and contact["phone"])
                number = {} if dialled else {"phone": phone_text(phone)}
                linked = _linked(row, link) if link is not None else {}
                row = records.update("account", account, number | _lacking_address(row, address) | linked)
                if contact is not None:
                    told = contact_columns(person, contact["email"])
                    lacking = {name: value for name, value in told.items() if value and not contact[name]}
                    home = _lacking_address(contact, address)
                    records.update("contact", contact["id"], number | home | lacking)
            return profile_of(records, row)

    async def all_accounts(self, after: AccountId | None, most: int) -> tuple[Profile, ...]:
        async with self.world.touch("salesforce", "all_accounts"):
            rows = self.world.records.find("account", lambda row: bool(row["number"]) and row["id"] > (after or ""))
            profiles = (self._listed(row) for row in sorted(rows, key=lambda row: row["id"]))
            return tuple([p for p in profiles if p is not None][:most])

    async def changed(
        self, since: datetime, after: AccountId | None, most: int
    ) -> tuple[AccountState | UnreadAccount, ...]:
        async with self.world.touch("salesforce", "changed"):
            rows = changed_rows(self.world.records, "account", since, after)
            return tuple([account_state_of(row) for row in rows if row["number"]][:most])

    def _listed(self, account: Row) -> Profile | None:
        try:
            return profile_of(self.world.records, account)
        except Rejected:
            return None  # one that can't be read keeps nobody from the others

    def _new_account(self, key: RequestKey, customer: NewCustomer) -> Row:
        records = self.world.records
        values = {
            "key": key,
            "number": customer.number,
            "name": customer.person.name,
            "phone": phone_text(customer.phone),
            "record_type": record_type(records, "Account", PERSON_RECORD_TYPE),
        }
        address = address_columns(customer.address) if customer.address else {}
        return record(records, "account", records.create("account", values | address))

    def _new_contact(self, key: RequestKey, customer: NewCustomer, account: Row) -> Row:
        records = self.world.records
        values = contact_columns(customer.person, customer.email)
        values |= {"key": key, "account": account["id"], "phone": phone_text(customer.phone)}
        address = address_columns(customer.address) if customer.address else {}
        return record(records, "contact", records.create("contact", values | address))


def _born(contact: Row, birth_date: date | None) -> dict[str, Any]:
    """The birth date to be written on the contact; one that is held is never written over."""
    if birth_date is not None and contact["birth_date"] not in (None, birth_date):
        raise Rejected("conflict", "contact", ("birth_date",))
    return {} if birth_date is None else {"birth_date": birth_date}


def _linked(row: Row, link: Link) -> dict[str, Any]:
    """What an account lacks of a link; what staff decided meanwhile, a barred portal say, stays."""
    if row["client"] not in (None, link.client):
        raise Rejected("conflict", "account", ("client",))
    wanted = {"client": link.client, "portal_status": PortalStatus.ACTIVE, "registration_source": link.source}
    return {name: value for name, value in wanted.items() if row[name] is None}


def _lacking_address(row: Row, address: Address | None) -> dict[str, str]:
    """The address to be written on a record that has none."""
    return address_columns(address) if address is not None and address_of(row) is None else {}
