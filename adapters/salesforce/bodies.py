"""Values as Salesforce takes them in a body."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

import msgspec

_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def checked_ref(ref: str) -> str:
    """The name of a part; ValueError for one that Salesforce would not take."""
    if not _REFERENCE.fullmatch(ref):
        raise ValueError("a reference is made of letters, digits and underscores")
    return ref


class Ref(str):
    """The id that an earlier part of the same composite answers with, as a value or in place of an id.

    Only this type refers to another part: text that merely looks like a reference is a customer's, and is defused.
    """

    __slots__ = ()

    def __new__(cls, part: str, field: str = "id") -> "Ref":
        """`field` is `id` of what a Post made, `Id` of a row that was read, `records[0].Id` of a query's first row."""
        return super().__new__(cls, f"@{{{checked_ref(part)}.{field}}}")


def body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of one row; ValueError for an instant without a zone."""
    return {name: _told(value) for name, value in values.items()}


def composite_body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of one row in a composite, where `@{` in a text would be taken for a reference to another part.

    Nothing can escape it, so a blank parts the two signs; who must keep the text writes it again by itself.
    """
    return body_of({name: defused(value) for name, value in values.items()})


def altered(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that a composite can't be told as they are."""
    return {name: value for name, value in values.items() if defused(value) != value}


def encoded(body: Any) -> bytes:
    """`body` as JSON; ValueError for text that has no form in UTF-8."""
    try:
        return _ENCODER.encode(body)
    except UnicodeEncodeError:
        # the error itself would show the text
        raise ValueError("this is no text that can be sent") from None


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError("an instant has a zone")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, str) else value


def defused(value: Any) -> Any:
    """The value as it may stand in a composite, the same wherever it is asked for: how keys are always spelled."""
    return value.replace("@{", "@ {") if isinstance(value, str) and not isinstance(value, Ref) else value
