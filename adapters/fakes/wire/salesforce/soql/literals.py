"""Literals from their spelling to their value; Misspelt says what is wrong with one that is none."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from math import isfinite
from typing import Final

from adapters.fakes.wire.salesforce.soql.nodes import Relative, Wildcard
from adapters.fakes.wire.salesforce.soql.refused import Code

_UNIT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\(.)|([^\\]+)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_WILDCARD: Final = re.compile(r"([%_])")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):?([0-9]{2}))",
    re.IGNORECASE,
)
_SPANS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
_DAYS: Final = ("YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS")
_PLAIN: Final = frozenset(_DAYS) | {f"{which}_{span}" for which in ("LAST", "THIS", "NEXT") for span in _SPANS}
_COUNTED: Final = frozenset(
    spelt.format(span) for spelt in ("LAST_N_{}S", "NEXT_N_{}S", "N_{}S_AGO") for span in ("DAY", *_SPANS)
)
_WORDS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
_FARTHEST: Final = 999_999


class Misspelt(Exception):
    """No literal, and what Salesforce says of it."""

    def __init__(self, said: str, code: Code = Code.MALFORMED_QUERY) -> None:
        super().__init__(str(code))
        self.said = said
        self.code = code


def text(spelling: str) -> str:
    """The text between quotes."""
    return _whole("".join(unit for unit, _ in _units(spelling)))


def pattern(spelling: str) -> tuple[str | Wildcard, ...]:
    r"""The pattern between LIKE's quotes, where `\%` and `\_` stand for themselves."""
    pieces: list[str | Wildcard] = []
    for unit, escaped in _units(spelling, "%_"):
        for part in [unit] if escaped else _WILDCARD.split(unit):
            if not escaped and part in ("%", "_"):
                pieces.append(Wildcard(part))
            elif pieces and isinstance(pieces[-1], str):
                pieces[-1] += part
            elif part:
                pieces.append(part)
    return tuple(_whole(piece) if isinstance(piece, str) else piece for piece in pieces)


def _units(spelling: str, also: str = "") -> Iterator[tuple[str, bool]]:
    """What is between the quotes, unescaped, and whether it was escaped."""
    for found in _UNIT.finditer(spelling[1:-1]):
        code, escape, plain = found.groups()
        if plain is not None:
            yield plain, False
        elif code is not None:
            yield chr(int(code, 16)), True
        elif escape in also:
            yield escape, True
        elif escape.lower() in _ESCAPES:
            yield _ESCAPES[escape.lower()], True
        else:
            raise Misspelt(f"Illegal character sequence '\\{escape}' in string literal")


def _whole(read: str) -> str:
    """The text with the two halves of a character put together, where each was told by its number."""
    return read.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def number(spelling: str) -> int | float:
    """A number, whole when it is written so and not longer than Salesforce's own."""
    if _WHOLE.fullmatch(spelling):
        return int(spelling)
    value = float(spelling)
    if not isfinite(value):
        raise Misspelt("numeric value out of range", Code.NUMBER_OUTSIDE_VALID_RANGE)
    return value


def count(spelling: str) -> int:
    """How many, for LIMIT and OFFSET."""
    if not _WHOLE.fullmatch(spelling) or int(spelling) >= 2**31:
        raise Misspelt("numeric value out of range", Code.NUMBER_OUTSIDE_VALID_RANGE)
    return int(spelling)


def moment(spelling: str) -> date | datetime:
    """A date, or an instant in UTC."""
    try:
        found = _INSTANT.fullmatch(spelling)
        return date.fromisoformat(spelling) if found is None else _instant(found)
    except (ValueError, OverflowError):
        raise Misspelt(f"no viable alternative at '{spelling}'") from None


def _instant(found: re.Match[str]) -> datetime:
    day, clock, fraction, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    instant = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
    return instant.replace(microsecond=int((fraction or "")[:6].ljust(6, "0"))).astimezone(UTC)


def relative(spelling: str) -> Relative:
    """`LAST_N_DAYS:7` and the like."""
    name, _, n = spelling.upper().partition(":")
    if name not in _COUNTED or not _WHOLE.fullmatch(n) or int(n) > _FARTHEST:
        raise Misspelt(f"unexpected token: '{spelling}'")
    return Relative(name, int(n))


def word(spelling: str) -> bool | Relative | None:
    """A value that is a word; anything else would be a variable, and those are Apex's alone."""
    name = spelling.upper()
    if name in _WORDS:
        return _WORDS[name]
    if name in _PLAIN:
        return Relative(name)
    raise Misspelt("Bind variables only allowed in Apex code")
