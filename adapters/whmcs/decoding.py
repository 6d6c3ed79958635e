"""What WHMCS's answers hold, read tolerantly and typed: the right value or Unreadable, never a wrong one."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from html.entities import html5
from typing import Any, Final

from core.domain.money import Yen, yen

Row = Mapping[str, Any]

_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: ([0-9]{2}:[0-9]{2}:[0-9]{2}))?")
_ZERO: Final = re.compile(r"0{4}-0{2}-0{2}(?: 0{2}:0{2}:0{2})?")
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_ID: Final = re.compile(r"0*([1-9][0-9]{0,17})")
_CARD_MONTH: Final = re.compile(r"(0[1-9]|1[0-2])/([0-9]{2})")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]*));")
_FOUR: Final = re.compile(r"[0-9]{4}")
_YES: Final = frozenset({"1", "true", "on", "yes"})
_NO: Final = frozenset({"", "0", "false", "off", "no"})


class Unreadable(ValueError):
    """A member holds what it can't mean; `member` is its name, its value is not told."""

    def __init__(self, member: str) -> None:
        super().__init__(f"{member} is unreadable")
        self.member = member


def raw(row: Row, name: str) -> str:
    """Text as it stands, "" where there is none: for ids, words and secrets, which are never unescaped."""
    match row.get(name):
        case None:
            return ""
        case str() as text:
            return text
        case bool():
            raise Unreadable(name)
        case int() | Decimal() as number:
            return str(number)
    raise Unreadable(name)


def shown(row: Row, name: str) -> str:
    """Text for people, its HTML entities unescaped once."""
    return _ENTITY.sub(_meant, raw(row, name))


def id_of(row: Row, *names: str) -> str:
    """The id under the first of these names that there is; Unreadable when there is none."""
    found = maybe_id(row, *names)
    if found is None:
        raise Unreadable(names[0])
    return found


def maybe_id(row: Row, *names: str) -> str | None:
    """The id, or None for 0, empty and missing; written without zeros before it."""
    for name in names:
        text = raw(row, name).strip()
        if not text.strip("0"):
            continue
        found = _ID.fullmatch(text)
        if found is None:
            raise Unreadable(name)
        return found[1]
    return None


def whole(row: Row, name: str, default: int | None = None) -> int:
    """How many, as a number or as text; none is below zero."""
    text = raw(row, name).strip()
    if not text and default is not None:
        return default
    if not _WHOLE.fullmatch(text):
        raise Unreadable(name)
    return int(text)


def flag(row: Row, name: str) -> bool:
    """Yes or no in any of the ways that WHMCS says it; "false" is no."""
    value = row.get(name)
    if isinstance(value, bool):
        return value
    text = raw(row, name).strip().casefold()
    if text not in _YES | _NO:
        raise Unreadable(name)
    return text in _YES


def amount(row: Row, name: str) -> Yen:
    """Whole yen of "4980.00"; what has a fraction, a sign of a currency or nothing at all is unreadable."""
    try:
        return yen(raw(row, name))
    except ValueError:
        raise Unreadable(name) from None


def check_currency(row: Row, code: str) -> None:
    """Unreadable where the row says that its amounts are in another currency; most answers don't say."""
    told = raw(row, "currencycode").strip()
    if told and told.casefold() != code.casefold():
        raise Unreadable("currencycode")


def day(row: Row, name: str) -> date | None:
    """The day of a date or an instant, as it is in WHMCS's own zone; None for zeros, empty and missing."""
    text = raw(row, name).strip()
    if not text or _ZERO.fullmatch(text):
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise Unreadable(name)
    try:
        # an instant must be one, though only its day is asked for
        datetime.fromisoformat(found[0])
        return date.fromisoformat(found[1])
    except ValueError:
        raise Unreadable(name) from None


def needed_day(row: Row, name: str) -> date:
    """The day; Unreadable where there is none."""
    found = day(row, name)
    if found is None:
        raise Unreadable(name)
    return found


def rows(body: Row, plural: str, singular: str = "") -> list[Row]:
    """A list: `plural: {singular: [...]}` or a bare one, one in the place of a list, or none in any of three ways."""
    held = body.get(plural)
    if singular and isinstance(held, Mapping):
        # one row that stands there without its name has members of its own
        held = held.get(singular, held)
    if not held and held != 0:
        return []
    if isinstance(held, Mapping):
        # PHP tells a list whose keys have gaps as an object
        numbered = all(str(key).isdigit() for key in held)
        held = list(held.values()) if numbered else [held]
    if not isinstance(held, list) or not all(isinstance(one, Mapping) for one in held):
        raise Unreadable(plural)
    return held


def ids_in(body: Row, name: str) -> tuple[str, ...]:
    """The ids of a text like "1,2"; a single one may come as a number."""
    parts = [part.strip() for part in raw(body, name).split(",")]
    found = [_ID.fullmatch(part) for part in parts if part]
    if None in found:
        raise Unreadable(name)
    return tuple(one[1] for one in found if one is not None)


def month_of_card(row: Row, name: str) -> str | None:
    """The month a card ends, "2030-12" for "12/30"; None where it has none."""
    text = raw(row, name).strip()
    if not text:
        return None
    found = _CARD_MONTH.fullmatch(text)
    if found is None:
        raise Unreadable(name)
    return f"20{found[2]}-{found[1]}"


def last_four(row: Row, name: str) -> str | None:
    """The last four digits of a card; anything else, a whole number of a card above all, is not shown."""
    text = raw(row, name).strip()
    if not text:
        return None
    if isinstance(row.get(name), int):
        # a number of JSON has lost the zeros before it, a text has lost nothing
        text = text.zfill(4)
    return text if _FOUR.fullmatch(text) else None


def word(text: str) -> str:
    """A word of WHMCS's as it is compared: "Semi-Annually" and "semiannually" are one."""
    return "".join(filter(str.isalpha, text.casefold()))


def _meant(entity: re.Match[str]) -> str:
    # PHP ends each of them with a semicolon; what has none, or has no meaning, is text: "AT&copy"
    if entity[1] is not None:
        return html5.get(f"{entity[1]};", entity[0])
    return unescape(entity[0]) or entity[0]
