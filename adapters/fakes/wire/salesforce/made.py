"""Fields of the wire that are no column of the world: what Salesforce makes of the others when it is asked."""

from collections.abc import Callable, Mapping
from hashlib import md5
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.salesforce.setup import PERSON_RECORD_TYPE
from adapters.fakes.salesforce.shapes import contact_of
from adapters.fakes.tables import Row
from adapters.fakes.wire.salesforce.people import user_id

PERSON: Final = "person."
"""Before the columns of a contact that an account tells as its own."""


class Made(msgspec.Struct, frozen=True):
    """A value made of a record; `person` is the column of the person that an account may be."""

    of: Callable[[Records, Row], Any]
    person: str | None = None


def held(records: Records, row: Row, place: str | Made) -> Any:
    """What a record holds in a place: a column, or what is made of it."""
    return place.of(records, row) if isinstance(place, Made) else row[place]


def written_in(place: str | Made) -> str | None:
    """The column that is written for a place, a person's with PERSON before it; None for what is only read."""
    if isinstance(place, str):
        return place
    return None if place.person is None else f"{PERSON}{place.person}"


def is_person(records: Records, account: Mapping[str, Any]) -> bool:
    """Whether an account is of the person record type."""
    kind = records.get("record_type", account.get("record_type"))
    return kind is not None and bool(kind["developer_name"] == PERSON_RECORD_TYPE)


def person_of(records: Records, account: Row) -> Row | None:
    """The contact that a person account is; None for an account of another kind."""
    return contact_of(records, account["id"]) if is_person(records, account) else None


def of_person(column: str) -> Made:
    """What the person has in a column that an account is."""

    def of(records: Records, account: Row) -> Any:
        person = person_of(records, account)
        return None if person is None else person[column]

    return Made(of, person=column)


def same_as(column: str) -> Made:
    """What another column holds."""
    return Made(lambda _, row: row[column])


def always(value: Any) -> Made:
    """One value for every record."""
    return Made(lambda _, row: value)


def times(one: str, other: str) -> Made:
    """The product of two numbers."""
    return Made(lambda _, row: row[one] * row[other])


def who(column: str) -> Made:
    """The user that stands for whoever wrote."""
    return Made(lambda _, row: user_id(row[column]))


def _whole_name(_: Records, row: Row) -> str:
    return " ".join(part for part in (row["first_name"], row["last_name"]) if part)


def _order_category(records: Records, row: Row) -> str | None:
    status = records.one("order_status", api_name=row["status"])
    return str(status["status_code"]) if status else None


def _order_total(records: Records, row: Row) -> int:
    return sum(line["quantity"] * line["unit_price"] for line in records.find("order_line", order=row["id"]))


def _checksum(records: Records, row: Row) -> str | None:
    content = records.files.get(row["id"])
    return None if content is None else md5(content, usedforsecurity=False).hexdigest()


def _extension(_: Records, row: Row) -> str | None:
    return PurePosixPath(row["path"]).suffix.removeprefix(".") or None


def _file_type(records: Records, row: Row) -> str:
    return (_extension(records, row) or "unknown").upper()


def _person_id(records: Records, row: Row) -> str | None:
    person = person_of(records, row)
    return None if person is None else str(person["id"])


def _list_price(records: Records, row: Row) -> int | None:
    entry = records.get("price_entry", row["price_entry"])
    return None if entry is None else int(entry["unit_price"])


def _address(_: Records, row: Row) -> dict[str, str | None] | None:
    names = {"street": "street", "city": "city", "state": "state", "postalCode": "postcode", "country": "country"}
    whole = {name: row[column] for name, column in names.items()}
    return whole if any(whole.values()) else None


WHOLE_NAME: Final = Made(_whole_name)
ORDER_CATEGORY: Final = Made(_order_category)
ORDER_TOTAL: Final = Made(_order_total)
CHECKSUM: Final = Made(_checksum)
EXTENSION: Final = Made(_extension)
FILE_TYPE: Final = Made(_file_type)
VERSION_NUMBER: Final = Made(lambda _, row: str(row["number"]))
IS_DELETED: Final = always(False)
ADDRESS: Final = Made(_address)
ALWAYS: Final = always(True)
NUMBER_AMONG_ALL: Final = Made(lambda _, row: f"{row['seq']:010d}")
SORT_ORDER: Final = Made(lambda _, row: row["seq"])
IS_PERSON: Final = Made(is_person)
PERSON_ID: Final = Made(_person_id)
LIST_PRICE: Final = Made(_list_price)
STATUS_ALONE: Final = always("Status")
