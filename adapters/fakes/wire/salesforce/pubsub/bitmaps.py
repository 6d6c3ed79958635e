"""Which fields of an event's schema are meant, as bitmaps: the way change events name fields."""

from collections.abc import Iterable

from adapters.fakes.wire.salesforce.pubsub.shapes import Shape


def bitmaps(shape: Shape, fields: Iterable[tuple[str, str | None]]) -> list[str]:
    """The fields, each with its part where it is a compound one; bit n from the right is field n of the schema."""
    whole: int = 0
    within: dict[int, int] = {}
    for field, part in fields:
        place = shape.names.index(field)
        if part is None:
            whole |= 1 << place
        else:
            within[place] = within.get(place, 0) | 1 << shape.parts(field).index(part)
    top = [_hex(whole)] if whole else []
    return top + [f"{place}-{_hex(bits)}" for place, bits in sorted(within.items())]


def _hex(bits: int) -> str:
    # readers exist that know no a to f
    digits = f"{bits:X}"
    return "0x" + digits.zfill(len(digits) + len(digits) % 2)
