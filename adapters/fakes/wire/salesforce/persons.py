"""Person accounts: an account of the person record type and the contact on it are one record, told as the account.

They are on where the org's schema has `Account.IsPersonAccount`; see `with_persons`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.salesforce.shapes import contact_of
from adapters.fakes.tables import Breach, Refused, Row
from adapters.fakes.wire.salesforce.describe import Field, Schema, Type
from adapters.fakes.wire.salesforce.made import PERSON, Made, is_person, of_person, person_of

_SHARED: Final = frozenset({"FirstName", "LastName"})
_NOT_THE_PERSONS: Final = frozenset(
    {"Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "SystemModstamp"}
    | {"AccountId", "Name", "Phone", "Portal_Request_Key__c", "MailingAddress", "OwnerId", "LastModifiedById"}
)
"""Fields of a contact that a person account has for itself already, or has not at all."""
_OF_BOTH: Final = frozenset({"phone", "key"})
_NAMES: Final = frozenset({f"{PERSON}first_name", f"{PERSON}last_name"})
FLAG: Final = "IsPersonAccount"
LINK: Final = "PersonContactId"


def person_field(field: str) -> str:
    """What a person account calls a field of its contact."""
    if field.endswith("__c"):
        return f"{field[:-1]}pc"
    return field if field in _SHARED else f"Person{field}"


def person_places(contact: Mapping[str, str | Made]) -> dict[str, Made]:
    """Where the fields of a person lie, from where those of a contact do."""
    return {
        person_field(field): of_person(column)
        for field, column in contact.items()
        if isinstance(column, str) and field not in _NOT_THE_PERSONS
    }


def with_persons(schema: Schema) -> Schema:
    """The org with person accounts switched on: accounts have the fields of their person as well."""
    account, contact = schema.objects["Account"], schema.objects["Contact"]
    fields = dict(account.fields)
    for name, field in contact.fields.items():
        if name not in _NOT_THE_PERSONS:
            own = person_field(name)
            # what is required of a contact is not of an account, which may be no person's
            fields[own] = msgspec.structs.replace(field, name=own, nillable=True, external_id=False, unique=False)
    flag = Field(name=FLAG, label="Is Person Account", type=Type.BOOLEAN, createable=False, updateable=False)
    link = Field(
        name=LINK,
        label="Contact ID",
        type=Type.REFERENCE,
        length=18,
        createable=False,
        updateable=False,
        reference_to=("Contact",),
        relationship="PersonContact",
    )
    fields |= {FLAG: flag, LINK: link}
    described = msgspec.structs.replace(account, fields=MappingProxyType(fields))
    return Schema(MappingProxyType({**schema.objects, "Account": described}))


def on_in(schema: Schema) -> bool:
    """Whether the org has person accounts switched on."""
    account = schema.objects.get("Account")
    return account is not None and FLAG in account.fields


def date_both(records: Records) -> None:
    """From now on, date account and contact of a person anew whichever of them is written, as one record is."""
    records.beside |= {"account": _person_beside, "contact": _account_beside}


def create(records: Records, values: Mapping[str, Any], by: str) -> str:
    """Make an account, with its contact when it is a person's; raises Refused in the fields of an account."""
    account, person = _split(values)
    if not is_person(records, account):
        _refuse(records, [f"{PERSON}{name}" for name in person], Breach.READ_ONLY)
        return records.create("account", account, by)
    _refuse(records, [name for name in ("name",) if name in account], Breach.READ_ONLY)
    if not person.get("last_name"):
        _refuse(records, [f"{PERSON}last_name"], Breach.REQUIRED)
    with records.all_or_none():
        id = records.create("account", account | {"name": _name(person)}, by)
        _written(records, None, person | {"account": id} | _of_both(account), by)
    return id


def update(records: Records, id: str, values: Mapping[str, Any], by: str) -> None:
    """Change an account and its person, both or neither; raises Refused in the fields of an account."""
    account, person = _split(values)
    row = records.get("account", id)
    if row is None or not is_person(records, {**row, **account}):
        _refuse(records, [f"{PERSON}{name}" for name in person], Breach.READ_ONLY)
        records.update("account", id, account, by)
        return
    _refuse(records, [name for name in ("name",) if name in account], Breach.READ_ONLY)
    contact = contact_of(records, row["id"])
    with records.all_or_none():
        if _NAMES & values.keys():
            account |= {"name": _name({**(contact or {}), **person})}
        records.update("account", id, account, by)
        _written(records, contact, person | _of_both(account) | {"account": row["id"]}, by)


def check_contact(records: Records, values: Mapping[str, Any]) -> None:
    """A contact can't be put on an account that is a person already; raises Refused."""
    account = records.get("account", values.get("account"))
    if account is not None and is_person(records, account):
        table = records.tables["contact"]
        raise Refused(table.codes[Breach.INTEGRITY], ("account",), table.name)


def _person_beside(records: Records, account: Row) -> tuple[str, str] | None:
    person = person_of(records, account)
    return None if person is None else ("contact", person["id"])


def _account_beside(records: Records, contact: Row) -> tuple[str, str] | None:
    account = records.get("account", contact["account"])
    person = None if account is None else person_of(records, account)
    return None if person is None or person["id"] != contact["id"] else ("account", person["account"])


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    account = {name: value for name, value in values.items() if not name.startswith(PERSON)}
    return account, {n.removeprefix(PERSON): value for n, value in values.items() if n.startswith(PERSON)}


def _of_both(account: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in account.items() if name in _OF_BOTH}


def _name(person: Mapping[str, Any]) -> str:
    return " ".join(part for part in (person.get("first_name"), person.get("last_name")) if part)


def _refuse(records: Records, columns: list[str], breach: Breach) -> None:
    if columns:
        table = records.tables["account"]
        raise Refused(table.codes[breach], columns, table.name)


def _written(records: Records, contact: Row | None, values: Mapping[str, Any], by: str) -> None:
    try:
        if contact is None:
            records.create("contact", values, by)
        else:
            records.update("contact", contact["id"], values, by)
    except Refused as refused:
        raise Refused(refused.code, [f"{PERSON}{name}" for name in refused.fields], "account") from None
