"""What is wrong with the shape of a value, told from the words msgspec says it with."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.domain.refusals import FieldFault

_PLACE: Final = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$", re.DOTALL)
_NAMED: Final = re.compile(r"^Object (missing required|contains unknown) field `(.*)`$", re.DOTALL)
_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"Invalid enum value|Invalid value": "not_one_of",
        r"Invalid RFC3339 encoded date$|Expected `date`": "not_a_date",
        r"Invalid RFC3339 encoded (date)?time$|Expected `(date)?time`": "not_a_time",
        r"(Number|Integer value) out of range": "out_of_range",
        r"Expected `(str|array|object|bytes)` of length (>=|>)": "too_short",
        r"Expected `(str|array|object|bytes)` of length": "too_long",
        r"Expected `(int|float)` (<=|<)": "out_of_range",
        r"Expected `(int|float)` (>=|>|that's a multiple)": "too_small",
        r"Expected `str` matching": "wrong_shape",
        r"Expected ": "wrong_type",
    }
)


def fault_of(message: str, at: str = "") -> FieldFault:
    """The fault msgspec's `message` tells of, with its field as the caller wrote it; `at` is where it was looking."""
    match = _PLACE.search(message)
    field = ".".join(part for part in (at, match[1] if match else "") if part).replace(".[", "[")
    message = message[: match.start()] if match else message
    named = _NAMED.match(message)
    if named is not None:
        field = f"{field}.{named[2]}" if field else named[2]
        return FieldFault(field, "required" if named[1] == "missing required" else "unknown_field")
    code = next((code for pattern, code in _CODES.items() if re.match(pattern, message)), "wrong_shape")
    return FieldFault(field, code)
