"""Fields of the wire that are no column of the world: what Salesforce makes of the others when it is asked."""

from collections.abc import Callable
from hashlib import md5
from pathlib import PurePosixPath
from typing import Any, Final

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.tables import Row
from adapters.fakes.wire.salesforce.people import user_id


class Made(msgspec.Struct, frozen=True):
    """A value made of a record; `accepts` is the one word that may be written there, since it changes nothing."""

    of: Callable[[Records, Row], Any]
    accepts: str | None = None


def same_as(column: str) -> Made:
    """What another column holds."""
    return Made(lambda _, row: row[column])


def always(value: Any, *, accepts: str | None = None) -> Made:
    """One value for every record."""
    return Made(lambda _, row: value, accepts)


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


WHOLE_NAME: Final = Made(_whole_name)
ORDER_CATEGORY: Final = Made(_order_category)
ORDER_TOTAL: Final = Made(_order_total)
CHECKSUM: Final = Made(_checksum)
EXTENSION: Final = Made(_extension)
FILE_TYPE: Final = Made(_file_type)
VERSION_NUMBER: Final = Made(lambda _, row: str(row["number"]))
IS_DELETED: Final = always(False)
STATUS_ALONE: Final = always("Status")
SHARE_TYPE: Final = always("V", accepts="V")
VISIBILITY: Final = always("AllUsers", accepts="AllUsers")
