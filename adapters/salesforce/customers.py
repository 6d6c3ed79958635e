"""Customers in the org: an Account with a Contact on it, or where the org has them a person account."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from adapters.salesforce.memory import Glimpse, Seen
from adapters.salesforce.org import CLOCKS_DIFFER, FOUND, Org, is_halted, overtaken
from adapters.salesforce.requests import Get, Patch, Post, Record, Ref, SubAnswer, SubRequest
from adapters.salesforce.rows import CHILDREN, Row, day, sent, sure_instant
from adapters.salesforce.shapes import profile_of
from adapters.salesforce.soql import Condition, Select, eq, is_in, select
from core.domain.account import Profile
from core.domain.ids import AccountId, ContactId
from ports.errors import Rejected

Wanted = tuple[dict[str, Any], dict[str, Any]]
"""Fields of an account, and of the contact on it."""
OWN_PARTS: Final = ("account", "contact")
"""The parts by which a customer is rewritten."""
_TURNS: Final = 4
_SAME: Final = frozenset({"FirstName", "LastName", "Phone", "CreatedDate", "LastModifiedDate"})
"""What a person account and its contact have under one name."""


def person_field(contact_field: str) -> str:
    """What a person account calls a field of its contact."""
    if contact_field == "Id":
        return "PersonContactId"
    if contact_field == "AccountId":
        return "Id"
    if contact_field.endswith("__c"):
        return f"{contact_field[:-1]}pc"
    return contact_field if contact_field in _SAME else f"Person{contact_field}"


class Customers:
    """Accounts, each with the contact that is its customer."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._names = org.names
        self._are_persons = org.settings.person_accounts
        # the key of a person account stands on the account itself
        self._persons = {
            name: person_field(field)
            for name, field in self._names.map["contact"].fields.items()
            if field and name != "key"
        }

    # --- reading ---------------------------------------------------------------------------------------------------
    def choose(self) -> Select:
        """The query for all that is known of accounts and who stands on them."""
        if self._are_persons:
            fields = dict.fromkeys((*self._names.fields("account"), *self._persons.values()))
            return select(*fields).of(self._names.object("account"))
        contacts = select(*self._names.fields("contact")).of(CHILDREN["account", "contact"])
        return self._org.choose("account", contacts)

    def with_email(self, email: str) -> Select:
        """The query for accounts on which somebody with that address stands, written in whichever case."""
        if self._are_persons:
            return self.choose().where(eq(self._persons["email"], email))
        mentioned = self._org.choose("contact", only=("account",)).where(self._org.is_("contact", "email", email))
        return self.choose().where(is_in(self._names.field("account", "id"), mentioned))

    async def record(self, account: str) -> Record | None:
        """The record of an account, or None; an id that can be none is nobody's."""
        id = self._org.id_of(account)
        if id is None:
            return None
        found = await self._org.records(self.choose().where(self._org.is_("account", "id", id)))
        if not found:
            return None
        self.profile(found[0])
        return found[0]

    async def sure_record(self, account: str) -> Record:
        """The record of an account, which must be there."""
        self._org.sure_id("account", account)
        record = await self.record(account)
        if record is None:
            raise Rejected("NOT_FOUND", "account", ("id",))
        return record

    def account(self, record: Record) -> Row:
        """The account itself."""
        return self._names.row("account", record)

    def contacts(self, record: Record) -> list[Row]:
        """Who stands on the account, oldest first; the key of a person is the account's own."""
        if self._are_persons:
            row = {name: record.get(field) for name, field in self._persons.items()}
            return [row | {"key": self.account(record)["key"]}] if row["id"] else []
        rows = (self._names.row("contact", each) for each in self._names.below("account", "contact", record))
        return sorted(rows, key=lambda row: (row["created_at"], row["id"]))

    def contact(self, record: Record) -> Row | None:
        """The contact that is the account's customer: the portal's own, else the oldest; None for nobody."""
        contacts = self.contacts(record)
        return next((contact for contact in contacts if contact["key"]), contacts[0] if contacts else None)

    def profile(self, record: Record) -> Profile | None:
        """The customer on an account; None where nobody stands on it."""
        account, contact = self.account(record), self.contact(record)
        self._org.memory.records[AccountId(account["id"])] = Glimpse(record, self._org.clock.now())
        if contact is None:
            return None
        self._org.memory.customers[AccountId(account["id"])] = Seen(
            ContactId(contact["id"]), contact["last_name"] or "", contact["email"]
        )
        return profile_of(account, contact, self._org.picklists)

    async def seen(self, account: AccountId) -> Seen | None:
        """The customer as seen last; asked for where nobody has seen them."""
        seen = self._org.memory.customers[account]
        if seen is None and await self.record(account) is not None:
            seen = self._org.memory.customers[account]
        return seen

    async def email(self, account: AccountId, contact: ContactId) -> str | None:
        """The address of a contact, for a case; None where there is none."""
        seen, id = await self.seen(account), self._org.id_of(contact)
        if seen is not None and seen.contact == contact:
            return seen.email
        if id is None:
            return None
        one = self._org.choose("contact", only=("email",)).where(self._org.is_("contact", "id", id))
        return next((row["email"] for row in await self._org.rows("contact", one)), None)

    # --- writing ---------------------------------------------------------------------------------------------------
    def made(self, account: Mapping[str, Any], contact: Mapping[str, Any]) -> list[SubRequest]:
        """The parts that make a customer, answered under `account` and `contact`."""
        if not self._are_persons:
            return [self._org.post("account", account, "account"), self._org.post("contact", contact, "contact")]
        # Salesforce makes a person's name itself
        own = self._names.body("account", {name: value for name, value in account.items() if name != "name"})
        person = Post(self._names.object("account"), own | self._as_person(contact), "account")
        return [person, Get.row(self._names.object("account"), Ref("account"), [self._persons["id"]], "contact")]

    def contact_made(self, answers: Mapping[str, SubAnswer]) -> ContactId:
        """Who stands on the account that was made."""
        if self._are_persons:
            return ContactId((answers["contact"].record or {})[self._persons["id"]])
        return ContactId(answers["contact"].id)

    async def rewrite(self, account: AccountId, wanted: Callable[[Row, Row | None], Wanted]) -> None:
        """Write what is wanted of a customer as they stand, all or none; looked at again if somebody was faster."""
        async with self._org.alone(account):
            await self.rewritten(account, wanted)

    async def rewritten(
        self, account: AccountId, wanted: Callable[[Row, Row | None], Wanted], *beside: SubRequest, by_key: bool = False
    ) -> dict[str, SubAnswer]:
        """The same for who is alone with the account, with other parts in the same write; what these were answered.

        It begins from what was seen of the customer last, for the write itself looks whether that is still so.
        """
        glimpse = self._glimpsed(account)
        for _ in range(_TURNS):
            seen, glimpse = glimpse, None
            held = seen or Glimpse(await self.sure_record(account), self._org.clock.now())
            row, contact = self.account(held.record), self.contact(held.record)
            values, of_contact = wanted(row, contact)
            changed, of_contact = _changed(row, values), _changed(contact or {}, of_contact)
            parts = self._rewriting(row, changed, contact, of_contact, held.read_at - CLOCKS_DIFFER)
            if seen is not None and not parts:
                continue  # nothing would look whether it is still so
            try:
                return await self._org.at_once(*parts, *beside, by_key=by_key) if parts or beside else {}
            except Rejected as rejected:
                if not is_halted(rejected):
                    raise
        raise overtaken("account")

    def _glimpsed(self, account: AccountId) -> Glimpse | None:
        """What was seen of a customer, unless another write of the same second could look like it."""
        id = self._org.id_of(account)
        glimpse = self._org.memory.records[AccountId(id)] if id is not None else None
        if glimpse is None:
            return None
        written = [self.account(glimpse.record)["changed_at"]]
        written += [contact["changed_at"] for contact in self.contacts(glimpse.record)]
        until = glimpse.read_at.replace(microsecond=0)
        return glimpse if all(sure_instant(at) < until for at in written) else None

    def _rewriting(
        self, account: Row, values: dict[str, Any], contact: Row | None, of_contact: dict[str, Any], since: datetime
    ) -> list[SubRequest]:
        """The parts that change a customer as seen; rows changed `since` are looked at field by field as well."""
        if self._are_persons:
            body = self._names.body("account", values) | self._as_person(of_contact)
            same = Patch(self._names.object("account"), Ref("same_account", FOUND), body, "account")
            stand = self._still("account", account, values) + self._still("contact", contact or {}, of_contact)
            return [self._same("account", account, stand, since), same] if body else []
        parts: list[SubRequest] = []
        for table, row, fields in (("account", account, values), ("contact", contact, of_contact)):
            if row is not None and fields:
                same = self._org.patch(table, Ref(f"same_{table}", FOUND), fields, table)
                parts += [self._same(table, row, self._still(table, row, fields), since), same]
        return parts

    def _same(self, table: str, row: Row, stand: list[Condition], since: datetime) -> SubRequest:
        """The part that finds a row while nobody has written to it."""
        changed_at = sure_instant(row["changed_at"])
        unchanged = self._org.is_(table, "changed_at", changed_at)
        # to the second, another write of that second looks the same: then what is to be written must be as it was
        recent = stand if changed_at >= since else ()
        return Get.query(self._org.by_id(table, row["id"], unchanged, *recent), f"same_{table}")

    def _still(self, table: str, row: Row, values: Mapping[str, Any]) -> list[Condition]:
        """That the fields of these values hold what they held; text of several lines is not compared."""
        called = self._persons if self._are_persons and table == "contact" else self._names.map[table].fields
        held = {name: day(row[name]) if isinstance(new, date) else row[name] for name, new in values.items()}
        return [eq(called[name], value) for name, value in held.items() if called[name] and not _is_long(value)]

    def _as_person(self, contact: Mapping[str, Any]) -> dict[str, Any]:
        body = self._names.body("contact", {name: v for name, v in contact.items() if name not in ("key", "account")})
        return {person_field(field): value for field, value in body.items()}


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value.splitlines()) > 1


def _changed(row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that the row does not hold yet; none of them where there is no row."""
    return {name: value for name, value in values.items() if row and (row[name] or None) != (sent(value) or None)}
