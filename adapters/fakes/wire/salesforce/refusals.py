"""What the world refuses, in the words of the wire."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.records import Records
from adapters.fakes.tables import Refused, Row
from adapters.fakes.wire.salesforce.calls import NOT_THERE, ApiError
from adapters.fakes.wire.salesforce.objects import OBJECT_OF, OBJECTS

_MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "INVALID_FIELD": "No such column '{}'",
        "INVALID_FIELD_FOR_INSERT_UPDATE": (
            "Unable to create/update fields: {}. Please check the security settings of this field and verify that it "
            "is read/write for your profile or permission set."
        ),
        "REQUIRED_FIELD_MISSING": "Required fields are missing: [{}]",
        "JSON_PARSER_ERROR": "Cannot deserialize the value of {}",
        "STRING_TOO_LONG": "{}: data value too large",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "bad value for restricted picklist field: {}",
        "INVALID_EMAIL_ADDRESS": "{}: invalid email address",
        "NUMBER_OUTSIDE_VALID_RANGE": "{}: value outside of valid range",
        "MALFORMED_ID": "{}: id value of incorrect type",
        "INVALID_CROSS_REFERENCE_KEY": "invalid cross reference id",
        "DUPLICATE_VALUE": "duplicate value found: {} duplicates value on a record",
        "NOT_FOUND": NOT_THERE,
        "ENTITY_IS_DELETED": "entity is deleted",
        "FIELD_INTEGRITY_EXCEPTION": "field integrity exception: {}",
        "STANDARD_PRICE_NOT_DEFINED": "Before creating a custom price, create a standard price.",
        "FAILED_ACTIVATION": "An order must have at least one product to be activated.",
        "DELETE_FAILED": "An activated order can't be deleted.",
    }
)
_OF_NO_FIELD: Final = frozenset({"NOT_FOUND", "ENTITY_IS_DELETED"})


def refusal(records: Records, refused: Refused, written: Mapping[str, Any] | None = None) -> ApiError:
    """A refusal of the world as the wire tells it; of what was written no value is told."""
    object = OBJECT_OF.get(refused.table)
    names = tuple(OBJECTS[object].field_of(column) if object else column for column in refused.fields)
    message = _MESSAGES.get(refused.code, "The record can't be saved.").format(", ".join(names))
    holder = _holder(records, refused, written) if refused.code == "DUPLICATE_VALUE" and written else None
    if holder is not None:
        message = message.replace("on a record", f"on record with id: {holder['id'][:15]}")
    return ApiError(refused.code, message, () if refused.code in _OF_NO_FIELD else names)


def _holder(records: Records, refused: Refused, written: Mapping[str, Any]) -> Row | None:
    """The record that has the value already; Salesforce names it by its short id."""
    equals = {column: written[column] for column in refused.fields if written.get(column) is not None}
    return records.one(refused.table, **equals) if equals else None
