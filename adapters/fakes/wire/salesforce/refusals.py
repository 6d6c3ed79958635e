"""What the world refuses, in the words of the wire."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.records import Records
from adapters.fakes.tables import Refused
from adapters.fakes.wire.salesforce.calls import NOT_THERE, ApiError
from adapters.fakes.wire.salesforce.objects import OBJECT_OF, OBJECTS

Named = tuple[str, ...]

_CANT_WRITE: Final = (
    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)
_MESSAGES: Final[Mapping[str, Callable[[Named], str]]] = MappingProxyType(
    {
        "INVALID_FIELD": lambda names: f"No such column '{', '.join(names)}'",
        "INVALID_FIELD_FOR_INSERT_UPDATE": lambda names: _CANT_WRITE.format(", ".join(names)),
        "REQUIRED_FIELD_MISSING": lambda names: f"Required fields are missing: [{', '.join(names)}]",
        "JSON_PARSER_ERROR": lambda names: f"Cannot deserialize the value of {', '.join(names)}",
        "STRING_TOO_LONG": lambda names: f"{', '.join(names)}: data value too large",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": lambda names: (
            f"bad value for restricted picklist field: {', '.join(names)}"
        ),
        "INVALID_EMAIL_ADDRESS": lambda names: f"{', '.join(names)}: invalid email address",
        "NUMBER_OUTSIDE_VALID_RANGE": lambda names: f"{', '.join(names)}: value outside of valid range",
        "MALFORMED_ID": lambda names: f"{', '.join(names)}: id value of incorrect type",
        "INVALID_CROSS_REFERENCE_KEY": lambda names: "invalid cross reference id",
        "DUPLICATE_VALUE": lambda names: f"duplicate value found: {', '.join(names)} duplicates value on a record",
        "NOT_FOUND": lambda names: NOT_THERE,
        "ENTITY_IS_DELETED": lambda names: "entity is deleted",
        "FIELD_INTEGRITY_EXCEPTION": lambda names: f"field integrity exception: {', '.join(names)}",
        "STANDARD_PRICE_NOT_DEFINED": lambda names: "Before creating a custom price, create a standard price.",
        "FAILED_ACTIVATION": lambda names: "An order must have at least one product to be activated.",
        "DELETE_FAILED": lambda names: "An activated order can't be deleted.",
    }
)
_OF_NO_FIELD: Final = frozenset({"NOT_FOUND", "ENTITY_IS_DELETED"})


def refusal(records: Records, refused: Refused, written: Mapping[str, Any] | None = None) -> ApiError:
    """A refusal of the world as the wire tells it; of what was written no value is told."""
    object = OBJECT_OF.get(refused.table)
    names = tuple(OBJECTS[object].field_of(column) if object else column for column in refused.fields)
    if refused.code == "DUPLICATE_VALUE" and written is not None:
        message = _duplicate(records, refused, names, written)
    else:
        message = _MESSAGES.get(refused.code, lambda _: "The record can't be saved.")(names)
    return ApiError(refused.code, message, () if refused.code in _OF_NO_FIELD else names)


def _duplicate(records: Records, refused: Refused, names: Named, written: Mapping[str, Any]) -> str:
    """Salesforce names the holder by its short id."""
    equals = {column: written[column] for column in refused.fields if written.get(column) is not None}
    holder = records.one(refused.table, **equals) if equals else None
    if holder is None:
        return _MESSAGES["DUPLICATE_VALUE"](names)
    return f"duplicate value found: {', '.join(names)} duplicates value on record with id: {holder['id'][:15]}"
