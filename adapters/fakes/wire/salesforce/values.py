"""Values between JSON and the world's columns, both ways."""

import re
from base64 import b64decode
from datetime import date, datetime
from typing import Any, Final

from adapters.fakes.tables import Column, Kind
from adapters.fakes.wire.salesforce.calls import ApiError
from adapters.fakes.wire.salesforce.describe import Field, Type

_FRACTIONS: Final = frozenset({Type.DOUBLE, Type.CURRENCY, Type.PERCENT})
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def told(field: Field, value: Any) -> Any:
    """A value as JSON tells it: UTC with milliseconds and an offset without colon, numbers with their point."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        # the world keeps time in UTC
        return f"{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}+0000"
    if isinstance(value, date):
        return value.isoformat()
    if field.type in _FRACTIONS and isinstance(value, int):
        return float(value)
    return value


def taken(field: Field, column: Column, value: Any) -> Any:
    """A value as the column takes it; ApiError for JSON of another type, or for what the field itself does not hold."""
    if value is None:
        return None
    match column.kind:
        case Kind.CHECKBOX if isinstance(value, bool):
            return value
        case Kind.NUMBER if isinstance(value, int | float) and not isinstance(value, bool):
            return _whole(field, value)
        case Kind.BYTES if isinstance(value, bytes):
            return value
        case Kind.CHECKBOX | Kind.NUMBER:
            raise _misfit(field, value)
        case _ if not isinstance(value, str):
            raise _misfit(field, value)
        case Kind.DATE | Kind.INSTANT | Kind.BYTES:
            return _read(field, column.kind, value.strip())
        case _:
            return _held(field, value)


def _misfit(field: Field, value: Any) -> ApiError:
    # what was sent may be somebody's name: the error tells its type only
    return ApiError("JSON_PARSER_ERROR", f"Cannot deserialize instance of {field.type} from {type(value).__name__}")


def _whole(field: Field, value: int | float) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", f"{field.label}: value outside of valid range", (field.name,))
    return int(value)


def _read(field: Field, kind: Kind, text: str) -> Any:
    if not text:
        return None
    try:
        if kind is Kind.BYTES:
            return b64decode(text, validate=True)
        if kind is Kind.DATE and _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if kind is Kind.INSTANT and "T" in text:
            at = datetime.fromisoformat(text)
            if at.tzinfo is not None:
                return at
    except ValueError:
        pass
    raise _misfit(field, text)


def _held(field: Field, text: str) -> str:
    text = text.strip()
    if field.restricted and text and text not in field.values:
        raise bad_word(field.name)
    if field.length and len(text) > field.length:
        raise too_long(field)
    return text


def bad_word(field: str) -> ApiError:
    """What is answered for a word that a restricted picklist has not."""
    message = f"bad value for restricted picklist field: {field}"
    return ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field,))


def too_long(field: Field) -> ApiError:
    """What is answered for a text that the field can't hold."""
    message = f"{field.label}: data value too large (max length={field.length})"
    return ApiError("STRING_TOO_LONG", message, (field.name,))
