"""The names of the fields that a change event means, out of its bitmaps."""

from collections.abc import Iterable, Iterator
from typing import Final

from adapters.salesforce.events.schemas import Schema, Unreadable

_MOST_FIELDS: Final = 10_000
"""More than any object has."""


def names_in(bitmaps: Iterable[str], schema: Schema) -> frozenset[str]:
    """The fields, those within a compound one as "BillingAddress.City"; raises Unreadable.

    `0x0C` means the fields 2 and 3 of the event's own schema, `1-0x04` the third part of field 1.
    """
    names: set[str] = set()
    for bitmap in bitmaps:
        place, dash, bits = bitmap.rpartition("-")
        try:
            set_bits = _bits(_number(bits, 16))
            if dash:
                at = _number(place, 10)
                names |= {schema.part(at, bit) for bit in set_bits}
            else:
                names |= {schema.name(bit) for bit in set_bits}
        except ValueError:
            raise Unreadable("bitmap") from None
    return frozenset(names)


def _number(text: str, base: int) -> int:
    number = int(text, base)
    if number < 0 or number.bit_length() > _MOST_FIELDS:
        raise ValueError("no place of a field")
    return number


def _bits(number: int) -> Iterator[int]:
    place = 0
    while number > 0:
        if number & 1:
            yield place
        number >>= 1
        place += 1
