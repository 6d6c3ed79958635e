"""Whether an org has what the portal needs: its describes held against the field map, and what breaks otherwise."""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.calling.lacking import Finding
from adapters.salesforce.field_map import DEFAULT, FieldMap
from adapters.salesforce.needed_words import PERSON_FIELDS, RECORD_TYPES, WORDS, Words
from adapters.salesforce.needs import NEEDS, RECORDS, Holds, Need, Use
from adapters.salesforce.picklists import Picklists
from core.domain.order import OrderStatus

Described = Mapping[str, Any]
"""The body that an org answers to `GET /sobjects/X/describe`."""

DRAFT: Final = "Draft"
NOT_A_PERSONS: Final = frozenset({("account", "name"), ("contact", "account"), ("contact", "key")})
"""What a person account does without: its name is made of the person's, and its contact stands on it by itself."""
_PERSONS_OWN: Final = frozenset({"FirstName", "LastName", "Phone"})
_CREATED: Final = frozenset({Use.CREATES, Use.WRITES})
_UPDATED: Final = frozenset({Use.UPDATES, Use.WRITES})
_TYPES: Final = {
    Holds.TEXT: frozenset(
        {"string", "textarea", "email", "phone", "url", "picklist", "multipicklist", "encryptedstring", "combobox"}
    ),
    Holds.FLAG: frozenset({"boolean"}),
    Holds.NUMBER: frozenset({"int", "long", "double", "currency", "percent"}),
    Holds.DATE: frozenset({"date"}),
    Holds.INSTANT: frozenset({"datetime"}),
    Holds.ID: frozenset({"reference", "string", "id"}),
    Holds.FILE: frozenset({"base64"}),
}


class Trouble(StrEnum):
    """What is wrong with a part of an org."""

    NO_OBJECT = "object missing or not readable"
    NOT_MADE = "no record can be made"
    NOT_CHANGED = "no record can be changed"
    NO_FIELD = "field missing or not readable"
    WRONG_TYPE = "holds something else"
    TOO_SHORT = "too short"
    NOT_CREATEABLE = "can't be written into a new record"
    NOT_UPDATEABLE = "can't be changed"
    NOT_EXTERNAL = "not an external id"
    NOT_UNIQUE = "not unique"
    NO_WORD = "picklist value missing"
    NO_RECORD_TYPE = "record type missing, inactive or not available"
    NO_STATUS = "order status missing"
    LOCKS = "order status is not in category Draft"
    NO_EVENT = "platform event missing or not readable"
    NO_BOOK = "price book missing or not readable"


_ALLOWED: Final = {Use.CREATES: ("createable", Trouble.NOT_MADE), Use.UPDATES: ("updateable", Trouble.NOT_CHANGED)}
"""How a describe says that records may be made or changed, and what is wrong where they may not."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the org beside the field map: what the operator's settings say.

    `picklists` have the operator's own words; `case_record_types` the developer names by kind; `person_record_type`
    that of customers, if they are person accounts; `keys_are_unique` that the org takes no request key twice;
    `price_book` is the name of that of portal orders, empty for the standard one.
    """

    picklists: Picklists = Picklists()
    case_record_types: Mapping[str, str] = MappingProxyType({})
    person_accounts: bool = False
    person_record_type: str = ""
    keys_are_unique: bool = True
    price_book: str = ""


def objects_asked(names: FieldMap = DEFAULT) -> tuple[str, ...]:
    """The API names of the objects whose describes the check takes, each once."""
    return tuple(dict.fromkeys(names[need.of].name for need in NEEDS))


def check(
    describes: Mapping[str, Described | None],
    order_statuses: Mapping[str, str] | None,
    names: FieldMap = DEFAULT,
    asked: Asked | None = None,
    *,
    has_price_book: bool = True,
    missing_events: Collection[str] = (),
) -> tuple[Finding, ...]:
    """All that the org lacks, what stops the portal first.

    `describes` are by the API name of their object, as the portal's own user gets them; None, or none, is an object
    that the org does not show, as is one that can't be queried. `order_statuses` are the categories (StatusCode) by the
    API name of each OrderStatus, None where the org does not show them; `has_price_book` is false where the org shows
    its price books, and not the one asked for; `missing_events` are the platform events that it does not show.
    """
    asked = asked or Asked()
    org = {name: _Object(body) for name, body in describes.items() if body and body.get("queryable")}
    found = [
        *_objects(org, names),
        *_records(org, names, asked),
        *(finding for need in NEEDS for finding in _fields(org, names, need, asked)),
        *(finding for words in WORDS for finding in _words(org, names, words, asked)),
        *_record_types(org, names, asked),
        *_statuses(order_statuses, names),
        *_events(missing_events),
        *(() if has_price_book else (_no_book(names, asked),)),
        *(_persons(org, names, asked) if asked.person_accounts else ()),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.weakens))


class _Object:
    """A describe, with its fields by name in lower case, as Salesforce compares them."""

    def __init__(self, body: Described) -> None:
        self.body = body
        self._fields = {str(field["name"]).lower(): field for field in body.get("fields", ())}

    def field(self, name: str) -> Described | None:
        return self._fields.get(name.lower())


def _objects(org: Mapping[str, _Object], names: FieldMap) -> Iterator[Finding]:
    for name in objects_asked(names):
        if name not in org:
            reasons = dict.fromkeys(need.breaks for need in NEEDS if names[need.of].name == name and not need.optional)
            yield Finding(place=name, trouble=Trouble.NO_OBJECT, breaks="; ".join(reasons))


def _records(org: Mapping[str, _Object], names: FieldMap, asked: Asked) -> Iterator[Finding]:
    for records in RECORDS:
        there = org.get(names[records.of].name)
        # a person's contact is made and changed with its account
        if there is None or (records.of == "contact" and asked.person_accounts):
            continue
        flag, trouble = _ALLOWED[records.use]
        if not there.body.get(flag):
            yield Finding(place=names[records.of].name, trouble=trouble, breaks=records.breaks)


def _fields(org: Mapping[str, _Object], names: FieldMap, need: Need, asked: Asked) -> Iterator[Finding]:
    is_person = need.of == "contact" and asked.person_accounts
    home = names["account" if is_person else need.of].name
    there = org.get(home)
    for each in need.fields if there is not None else ():
        if asked.person_accounts and (need.of, each) in NOT_A_PERSONS:
            continue
        name = names[need.of][each]
        name = _person_field(name) if is_person and name else name
        for trouble, detail in _troubles(there.field(name) if there is not None else None, need):
            found = Finding(place=f"{home}.{name or each}", trouble=trouble, detail=detail, breaks=need.breaks)
            yield _weighed(found, need, f'salesforce.names: {need.of}.{each} = ""', bool(name), asked)


def _weighed(found: Finding, need: Need, no_such_field: str, is_named: bool, asked: Asked) -> Finding:
    """The finding with the setting by which the portal works all the same, or as one that merely weakens once it is."""
    if need.optional and found.trouble is Trouble.NO_FIELD:
        setting = no_such_field if is_named else ""
        breaks = f"none of it can be read before that setting; then {need.breaks}"
    elif need.optional and found.trouble is Trouble.NOT_UNIQUE:
        setting = "salesforce.keys_are_unique = false" if asked.keys_are_unique else ""
        breaks = f"a repeated request may make it twice before that setting (T-1); then {need.breaks}"
    else:
        return found
    if not setting:
        return msgspec.structs.replace(found, weakens=True)
    return msgspec.structs.replace(found, detail=f"set {setting}", breaks=breaks)


def _person_field(contact_field: str) -> str:
    """What a person account calls a field of its contact."""
    if contact_field.endswith("__c"):
        return f"{contact_field.removesuffix('c')}pc"
    return contact_field if contact_field in _PERSONS_OWN else f"Person{contact_field}"


def _troubles(field: Described | None, need: Need) -> Iterator[tuple[Trouble, str]]:
    if field is None:
        yield Trouble.NO_FIELD, ""
        return
    kind, length = str(field.get("type", "")), int(field.get("length") or 0)
    if kind not in _TYPES[need.holds]:
        yield Trouble.WRONG_TYPE, f"{kind} in place of {need.holds}"
    elif need.holds is Holds.TEXT and need.use is not Use.READS and length < need.length:
        yield Trouble.TOO_SHORT, f"{length} in place of {need.length}"
    if need.use in _CREATED and not field.get("createable"):
        yield Trouble.NOT_CREATEABLE, ""
    if need.use in _UPDATED and not field.get("updateable"):
        yield Trouble.NOT_UPDATEABLE, ""
    if need.unique and not field.get("externalId"):
        yield Trouble.NOT_EXTERNAL, ""
    if need.unique and not field.get("unique"):
        yield Trouble.NOT_UNIQUE, ""


def _words(org: Mapping[str, _Object], names: FieldMap, words: Words, asked: Asked) -> Iterator[Finding]:
    there = org.get(names[words.of].name)
    field = there.field(names[words.of][words.field]) if there is not None else None
    if field is None or field.get("type") not in ("picklist", "multipicklist"):
        return  # what is no list takes any word; what is missing is told already
    offered = {value["value"] for value in field.get("picklistValues", ()) if value.get("active", True)}
    for word in asked.picklists.by_field.get(f"{words.of}.{words.field}", words.words):
        if word not in offered:
            place = f"{names[words.of].name}.{names[words.of][words.field]}"
            yield Finding(place=place, trouble=Trouble.NO_WORD, detail=word, breaks=words.breaks)


def _record_types(org: Mapping[str, _Object], names: FieldMap, asked: Asked) -> Iterator[Finding]:
    wanted = [("case", asked.case_record_types.get(kind, kind), breaks) for kind, breaks in RECORD_TYPES.items()]
    if asked.person_record_type:
        wanted.append(("account", asked.person_record_type, "customers can't be made as what they are (ACC-1)"))
    for of, developer_name, breaks in wanted:
        there = org.get(names[of].name)
        if there is None:
            continue
        infos = there.body.get("recordTypeInfos", ())
        usable = {info.get("developerName") for info in infos if info.get("active") and info.get("available")}
        if developer_name not in usable:
            yield Finding(place=names[of].name, trouble=Trouble.NO_RECORD_TYPE, detail=developer_name, breaks=breaks)


def _statuses(order_statuses: Mapping[str, str] | None, names: FieldMap) -> Iterator[Finding]:
    place = names["order_status"].name
    if order_statuses is None:
        return  # what is not shown is told already
    for status in OrderStatus:
        category = order_statuses.get(status)
        if category is None:
            breaks = "orders can't move as they should (ORD-3, FUL-1, ORD-10)"
            yield Finding(place=place, trouble=Trouble.NO_STATUS, detail=status.value, breaks=breaks)
        elif category != DRAFT:
            breaks = "orders lock at this status, and nothing can be written into them any more (ORD-3, FUL-2)"
            yield Finding(place=place, trouble=Trouble.LOCKS, detail=f"{status.value} is {category}", breaks=breaks)


def _events(missing: Collection[str]) -> Iterator[Finding]:
    breaks = "answers of staff are learned from changes of the Account alone (T-5, NTF-1)"
    for name in missing:
        yield Finding(place=name, trouble=Trouble.NO_EVENT, breaks=breaks, weakens=True)


def _no_book(names: FieldMap, asked: Asked) -> Finding:
    return Finding(
        place=names["price_book"].name,
        trouble=Trouble.NO_BOOK,
        detail=asked.price_book or "the standard one",
        breaks="the catalog is empty (CAT-1), and no order can be placed (ORD-3)",
    )


def _persons(org: Mapping[str, _Object], names: FieldMap, asked: Asked) -> Iterator[Finding]:
    there = org.get(names["account"].name)
    for field in PERSON_FIELDS if there is not None else ():
        if there is not None and there.field(field) is None:
            breaks = "customers can't be made as person accounts (ACC-1)"
            yield Finding(place=f"{names['account'].name}.{field}", trouble=Trouble.NO_FIELD, breaks=breaks)
