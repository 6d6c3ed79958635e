"""Accounts and contacts in Salesforce."""

from datetime import date, datetime
from typing import Any, Final

import structlog

from adapters.salesforce.customers import Customers, Wanted
from adapters.salesforce.org import Org, empty_or, is_taken
from adapters.salesforce.requests import Get, Record, Ref
from adapters.salesforce.rows import Row, day, sure_instant, to_the_millisecond, to_the_second
from adapters.salesforce.shapes import (
    account_state_of,
    address_of,
    address_values,
    person_values,
    phone_text,
    portal_status_of,
)
from adapters.salesforce.soql import eq, ge, gt, le, lt, ne
from core.domain.account import Address, Person, Phone, PortalStatus, Profile
from core.domain.changes import AccountState, UnreadAccount
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, RequestKey, is_customer_number
from core.domain.session import canonical_email
from ports.customer_registry import ContactDetails, Link, NewCustomer, Registered
from ports.errors import Rejected

log = structlog.get_logger()

_NUMBERS: Final = ("P0000000", "P9999999")
_AT_A_TIME: Final = 200


class SalesforceCustomerRegistry:
    """`ports.customer_registry.CustomerRegistry` over Salesforce's accounts and contacts (ACC)."""

    def __init__(self, org: Org, customers: Customers) -> None:
        self._org = org
        self._customers = customers

    async def highest_number(self) -> int:
        field, (lowest, highest) = self._org.names.field("account", "number"), _NUMBERS
        numbers = self._org.choose("account", only=("number",)).where(ge(field, lowest))
        while True:
            page = numbers.where(le(field, highest)).order_by(f"-{field}").limit(_AT_A_TIME)
            found = [str(row["number"]) for row in await self._org.rows("account", page)]
            ours = [int(number[1:]) for number in found if is_customer_number(number)]
            if ours or len(found) < _AT_A_TIME:
                return max(ours, default=0)
            highest = found[-1]

    async def find_by_number(self, number: CustomerNumber) -> Profile | None:
        query = self._customers.choose().where(self._org.is_("account", "number", number))
        return next((self._customers.profile(record) for record in await self._org.records(query)), None)

    async def find_by_email(self, email: str) -> Profile | None:
        wanted = canonical_email(email)
        if not wanted:
            return None
        found = [
            (written[0]["created_at"], written[0]["id"], record)
            for record in await self._org.records(self._customers.with_email(wanted))
            if (written := [c for c in self._customers.contacts(record) if canonical_email(c["email"] or "") == wanted])
        ]
        profiles = [self._customers.profile(record) for *_, record in sorted(found, key=lambda each: each[:2])]
        return next((p for p in profiles if p is not None and p.number), profiles[0] if profiles else None)

    async def profile(self, account: AccountId) -> Profile | None:
        record = await self._customers.record(account)
        return self._customers.profile(record) if record is not None else None

    async def ensure_customer(self, key: RequestKey, customer: NewCustomer) -> Registered:
        async with self._org.alone(key):
            if not self._org.keys_are_unique and any(await self._made(key, customer)):
                return await self._made_before(key, customer)
            account, contact = await self._new_account(key, customer), self._new_contact(key, customer)
            parts = self._customers.made(account, contact | {"account": Ref("account")})
            try:
                made = await self._org.at_once(*parts, by_key=True)
            except Rejected as rejected:
                if not is_taken(rejected):
                    raise
                return await self._made_before(key, customer)
            return Registered(AccountId(made["account"].id), self._customers.contact_made(made), customer.number)

    async def ensure_number(self, account: AccountId, number: CustomerNumber) -> CustomerNumber:
        field = self._org.names.field("account", "number")
        row = await self._change(account, [eq(field, None)], {"number": number})
        return CustomerNumber(row["number"])

    async def ensure_link(self, account: AccountId, client: ClientId, source: str, at: datetime) -> None:
        names = self._org.names
        wanted = {"client": client, "portal_status": PortalStatus.ACTIVE, "registration_source": source}
        row = await self._change(account, [eq(names.field("account", name), None) for name in wanted], wanted)
        if row["client"] not in (None, client):
            raise Rejected("conflict", "account", ("client",))
        # what staff decided meanwhile, a barred portal say, stays
        lacking = {name: value for name, value in wanted.items() if row[name] is None}
        if lacking:
            still = [eq(names.field("account", name), row[name]) for name in wanted]
            row = await self._change(account, still, lacking)
            if row["client"] != client:
                raise Rejected("conflict", "account", ("client",))

    async def note_sign_in(self, account: AccountId, at: datetime) -> PortalStatus | None:
        field, at = self._org.names.field("account", "last_sign_in"), to_the_millisecond(at)
        return portal_status_of(await self._change(account, [empty_or(field, lt(field, at))], {"last_sign_in": at}))

    async def save_details(self, account: AccountId, details: ContactDetails) -> None:
        values: dict[str, Any] = {} if details.address is None else self._address(details.address)
        if details.phone is not None:
            values["phone"] = phone_text(details.phone)

        def wanted(_: Row, contact: Row | None) -> Wanted:
            return values, values | _born(contact, details.birth_date)

        await self._customers.rewrite(account, wanted)

    async def fill_details(
        self, account: AccountId, person: Person, phone: Phone, address: Address | None, link: Link | None = None
    ) -> Profile | None:
        def wanted(row: Row, contact: Row | None) -> Wanted:
            dialled = row["phone"] or (contact and contact["phone"])
            number = {} if dialled else {"phone": phone_text(phone)}
            values = number | self._lacking_address(row, address) | _linked(row, link)
            if contact is None:
                return values, {}
            told = person_values(person, contact["email"] or "", self._org.picklists)
            lacking = {name: value for name, value in told.items() if value and not contact[name]}
            return values, number | self._lacking_address(contact, address) | lacking

        id = self._org.sure_id("account", account)
        after = Get.query(self._customers.choose().where(self._org.is_("account", "id", id)), "after")
        async with self._org.alone(account):
            answers = await self._customers.rewritten(account, wanted, after)
        record = answers["after"].record
        return self._customers.profile(record) if record is not None else None

    async def all_accounts(self, after: AccountId | None, most: int) -> tuple[Profile, ...]:
        names, found = self._org.names, list[Profile]()
        number, id = names.field("account", "number"), names.field("account", "id")
        numbered = self._customers.choose().where(ne(number, None)).order_by(id).limit(most)
        while len(found) < most:
            page = await self._org.records(numbered.where(gt(id, after)) if after else numbered, background=True)
            found += [p for p in map(self._listed, page) if p is not None]
            if len(page) < most:
                break
            after = AccountId(page[-1][id])
        return tuple(found[:most])

    async def changed(
        self, since: datetime, after: AccountId | None, most: int
    ) -> tuple[AccountState | UnreadAccount, ...]:
        fields = self._org.names.field
        query = self._org.choose("account").where(
            ne(fields("account", "number"), None), ge(fields("account", "changed_at"), to_the_second(since))
        )
        query = query.where(gt(fields("account", "id"), after)) if after else query
        page = query.order_by(fields("account", "id")).limit(most)
        return tuple(_state_of(row) for row in await self._org.rows("account", page, background=True))

    # --- inside ----------------------------------------------------------------------------------------------------
    def _listed(self, record: Record) -> Profile | None:
        """The customer in a list; one that can't be read keeps nobody from the others."""
        try:
            return self._customers.profile(record)
        except Rejected as refused:
            log.error("salesforce.account.unread", account=self._customers.account(record)["id"], code=refused.code)
            return None

    async def _change(self, account: AccountId, expected: list[Any], values: dict[str, Any]) -> Row:
        id = self._org.sure_id("account", account)
        after = self._org.choose("account").where(self._org.is_("account", "id", id))
        async with self._org.alone(account):
            record, _ = await self._org.change("account", id, expected, values, after)
        return self._org.names.row("account", record)

    async def _made_before(self, key: RequestKey, customer: NewCustomer) -> Registered:
        """What an earlier try made under the key, the rest of it made now; else the number is another customer's."""
        accounts, contacts = await self._made(key, customer)
        if not accounts and not contacts:
            raise Rejected("DUPLICATE_VALUE", "account", ("number",))
        if not accounts:
            account = await self._make("account", await self._new_account(key, customer))
            return Registered(AccountId(account), ContactId(contacts[0]["id"]), customer.number)
        held = self._customers.account(accounts[0])
        if self._org.settings.person_accounts:
            person = self._customers.contact(accounts[0])
            contact = str(person["id"]) if person is not None else ""
        elif contacts:
            contact = str(contacts[0]["id"])
        else:
            contact = await self._make("contact", self._new_contact(key, customer) | {"account": held["id"]})
        return Registered(AccountId(held["id"]), ContactId(contact), CustomerNumber(held["number"]))

    async def _made(self, key: RequestKey, customer: NewCustomer) -> tuple[list[Record], list[Row]]:
        """What an earlier try made: what bears the key, or else the number and the customer's email."""
        if self._org.has_keys("account", "contact"):
            return await self._under(key)
        numbered = self._customers.choose().where(self._org.is_("account", "number", customer.number))
        for record in await self._org.records(numbered):
            contacts = self._customers.contacts(record)
            theirs = [c for c in contacts if canonical_email(c["email"] or "") == canonical_email(customer.email)]
            if theirs or (not contacts and self._customers.account(record)["name"] == customer.person.name):
                return [record], theirs
        return [], []

    async def _under(self, key: RequestKey) -> tuple[list[Record], list[Row]]:
        mine = self._customers.choose().where(self._org.is_("account", "key", key))
        if self._org.settings.person_accounts:
            return await self._org.records(mine), []
        theirs = self._org.choose("contact").where(self._org.is_("contact", "key", key))
        answers = await self._org.at_once(Get.query(mine, "accounts"), Get.query(theirs, "contacts"))
        return answers["accounts"].records, [self._org.names.row("contact", r) for r in answers["contacts"].records]

    async def _make(self, table: str, values: dict[str, Any]) -> str:
        try:
            return (await self._org.at_once(self._org.post(table, values, table), by_key=True))[table].id
        except Rejected as rejected:
            fields = ("number",) if is_taken(rejected) and table == "account" else rejected.fields
            raise Rejected(rejected.code, rejected.what, fields) from rejected

    async def _new_account(self, key: RequestKey, customer: NewCustomer) -> dict[str, Any]:
        values = {
            "key": key,
            "number": customer.number,
            "name": customer.person.name,
            "phone": phone_text(customer.phone),
        }
        if self._org.settings.person_accounts:
            values["record_type"] = await self._org.record_type("account", self._org.settings.person_record_type)
        return values | (self._address(customer.address) if customer.address else {})

    def _new_contact(self, key: RequestKey, customer: NewCustomer) -> dict[str, Any]:
        values = person_values(customer.person, customer.email, self._org.picklists)
        values |= {"key": key, "phone": phone_text(customer.phone)}
        return values | (self._address(customer.address) if customer.address else {})

    def _address(self, address: Address) -> dict[str, str]:
        return address_values(address, self._org.picklists.country)

    def _lacking_address(self, row: Row, address: Address | None) -> dict[str, str]:
        return self._address(address) if address is not None and address_of(row) is None else {}


def _state_of(row: Row) -> AccountState | UnreadAccount:
    """What staff decide on an account of a list; one that can't be read keeps nobody from the others."""
    try:
        return account_state_of(row)
    except Rejected as refused:
        (field,) = refused.fields
        return UnreadAccount(account=AccountId(row["id"]), changed_at=sure_instant(row["changed_at"]), field=field)


def _linked(row: Row, link: Link | None) -> dict[str, Any]:
    """What an account lacks of a link; what staff decided meanwhile, a barred portal say, stays."""
    if link is None:
        return {}
    if row["client"] not in (None, link.client):
        raise Rejected("conflict", "account", ("client",))
    wanted = {"client": link.client, "portal_status": PortalStatus.ACTIVE, "registration_source": link.source}
    return {name: value for name, value in wanted.items() if row[name] is None}


def _born(contact: Row | None, birth_date: date | None) -> dict[str, Any]:
    """The birth date to be written on the contact; one that is held is never written over."""
    if contact is None or birth_date is None:
        return {}
    if day(contact["birth_date"]) not in (None, birth_date):
        raise Rejected("conflict", "contact", ("birth_date",))
    return {"birth_date": birth_date}
