"""What each type of field allows in a query; data, and the one question that needs the length too."""

from types import MappingProxyType
from typing import Final

from adapters.fakes.wire.salesforce.describe import Field, Type

TEXTS: Final = frozenset(
    {Type.STRING, Type.TEXTAREA, Type.PICKLIST, Type.MULTIPICKLIST, Type.EMAIL, Type.PHONE, Type.URL}
)
IDS: Final = frozenset({Type.ID, Type.REFERENCE})
NUMBERS: Final = frozenset({Type.INT, Type.DOUBLE, Type.CURRENCY, Type.PERCENT})
TIMES: Final = frozenset({Type.DATE, Type.DATETIME})

SPELT: Final = MappingProxyType(
    {
        Type.INT: "int",
        Type.DOUBLE: "double",
        Type.CURRENCY: "double",
        Type.PERCENT: "double",
        Type.BOOLEAN: "boolean",
        Type.DATE: "date",
        Type.DATETIME: "dateTime",
    }
)
"""What the type of a literal without quotes is called when another one was given."""

_LONGEST_FILTERED: Final = 255
_NEVER_FILTERED: Final = frozenset({Type.ADDRESS, Type.BASE64})
_NEVER_GROUPED: Final = frozenset({Type.DATETIME, Type.DOUBLE, Type.CURRENCY, Type.PERCENT, Type.MULTIPICKLIST})


def can_be_filtered(field: Field) -> bool:
    """Whether conditions and functions may name the field: long text areas and compound fields stay out."""
    is_long = field.type is Type.TEXTAREA and field.length > _LONGEST_FILTERED
    return not is_long and field.type not in _NEVER_FILTERED


def can_be_sorted(field: Field) -> bool:
    """Whether rows can be ordered by the field."""
    return can_be_filtered(field) and field.type is not Type.MULTIPICKLIST


def can_be_grouped(field: Field) -> bool:
    """Whether rows can be grouped by the field."""
    return can_be_filtered(field) and field.type not in _NEVER_GROUPED


def can_be_aggregated(field: Field, function: str) -> bool:
    """Whether the function takes the field."""
    if function in ("SUM", "AVG"):
        return field.type in NUMBERS
    if function in ("MIN", "MAX"):
        return can_be_sorted(field) and field.type is not Type.BOOLEAN
    return can_be_filtered(field)
