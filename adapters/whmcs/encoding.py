"""A call as PHP reads it: arrays by their indices, booleans as PHP writes them, serialised arrays in base64."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote_plus

import phpserialize  # type: ignore[import-untyped]

TYPE: Final = "application/x-www-form-urlencoded"
NO: Final = "0"
"""A false that must be said: what is merely False is left out, as WHMCS goes by what is there."""


def form(params: Mapping[str, Any]) -> bytes:
    """The body of a call.

    None and False are left out, True is 1. A list is `name[0]=…&name[1]=…`, a mapping `name[key]=…`; what holds a
    place in a list is an empty text, since the lists of one call line up.
    """
    pairs = (pair for name, value in params.items() for pair in _pairs(name, value))
    return "&".join(f"{quote_plus(name, safe='[]')}={quote_plus(text)}" for name, text in pairs).encode()


def serialized(values: Mapping[int, Any]) -> str:
    """An array as PHP serialises it, in base64: custom fields by their ids, lengths counted in bytes."""
    return b64encode(phpserialize.dumps(dict(values))).decode()


def _pairs(name: str, value: Any, *, holds_place: bool = False) -> Iterator[tuple[str, str]]:
    match value:
        case None | False:
            if holds_place:
                yield name, ""
        case True:
            yield name, "1"
        case str():
            yield name, value
        case int() | Decimal():
            yield name, str(value)
        case Mapping():
            for key, one in value.items():
                yield from _pairs(f"{name}[{key}]", one)
        case Sequence():
            for index, one in enumerate(value):
                yield from _pairs(f"{name}[{index}]", one, holds_place=True)
        case _:
            raise TypeError(f"{name} can't be sent: {type(value).__name__}")
