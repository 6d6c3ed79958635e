"""How WHMCS words an answer: its lists, numbers, dates, amounts and texts, with what is odd about each."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from html import escape
from typing import Any, Final

from adapters.fakes.wire.whmcs.quirks import Empty, Quirks

JAPAN: Final = timezone(timedelta(hours=9))
"""Where the installation stands; its instants bear no zone."""
_ALL_TEXT: Final = frozenset({"GetClientsProducts"})
_ALWAYS_NUMBERS: Final = frozenset({"numreturned", "startnumber"})
_EMPTIES: Final = (Empty.TEXT, Empty.LIST, Empty.MISSING)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MISSING: Final = object()
_YEN: Final = re.compile(r"(-?[0-9]{1,14})(?:\.0*)?")
"""A DECIMAL(16,2), as WHMCS's database keeps amounts."""
_DAY: Final = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")


class Shown(str):
    """Text for people, which is kept with its HTML characters as entities."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: `plural: {singular: [...]}`, or a bare one where there is no singular."""

    singular: str
    rows: list[Any]


@dataclass(frozen=True, slots=True)
class When:
    """A day or an instant, or none; `of_day` says which of the two it would be."""

    value: date | None
    of_day: bool


def shown(text: object) -> Shown:
    """Text for people; what is None is empty."""
    return Shown("" if text is None else text)


def listed(singular: str, rows: Iterable[Any]) -> Listed:
    """A list under the name of what it holds, or a bare one under none."""
    return Listed(singular, list(rows))


def money(yen: int) -> str:
    """An amount, with the two decimals that WHMCS keeps for every currency."""
    return f"{yen}.00"


def yen_of(text: str) -> int:
    """The whole yen of an amount; ValueError for what is none, for parts of a yen and for more than is kept."""
    found = _YEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("no whole yen")
    return int(found[1])


def day_of(text: str) -> date:
    """The day that is written, year first; ValueError for what is none, and for one before MySQL's first."""
    if not _DAY.fullmatch(text):
        raise ValueError("no day")
    return date.fromisoformat(text)


def instant_of(text: str) -> datetime:
    """The instant that is written in the installation's own time; ValueError for what is none."""
    day_of(text[:10])
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=JAPAN)


def day(value: date | None) -> When:
    """A day."""
    return When(value, of_day=True)


def instant(value: datetime | None) -> When:
    """An instant, in the local time of the installation."""
    return When(value, of_day=False)


def number(id: str | None) -> int | str:
    """An id as WHMCS's database holds it: a number, and 0 for none."""
    return int(id or 0) if (id or "0").isascii() and (id or "0").isdigit() and len(id or "") < 19 else str(id)


def worded(action: str, members: Mapping[str, Any], quirks: Quirks) -> dict[str, Any]:
    """The members as they are told, odd where the quirks say so."""
    told: dict[str, Any] = _worded(members, quirks, action, "")
    return told


def encoded(answer: Mapping[str, Any], quirks: Quirks, kind: str = "json") -> tuple[str, bytes]:
    """The answer in the type that was asked for, and that type; anything but json and xml is pairs in a line."""
    if kind == "xml":
        body = "".join(_elements(answer))
        return "application/xml", f'<?xml version="1.0" encoding="utf-8"?>\n<whmcsapi>\n{body}</whmcsapi>'.encode()
    if kind != "json":
        flat = (f"{name}={value};" for name, value in answer.items() if not isinstance(value, dict | list))
        return "text/plain", "".join(flat).encode()
    return "application/json", _json(answer, quirks)


def _json(answer: Mapping[str, Any], quirks: Quirks) -> bytes:
    """The answer in JSON, escaped as PHP does."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    if quirks.escapes:
        text = _ESCAPED.sub(lambda found: r"\u0022" if found[1] == '"' else found[0], text).replace("/", r"\/")
    return text.encode()


def _elements(answer: Mapping[str, Any]) -> Iterator[str]:
    for name, value in answer.items():
        # a name that is a number is no name of an element
        element = f"item{name}" if str(name).isdigit() else name
        for one in value if isinstance(value, list) else [value]:
            inner = "".join(_elements(one)) if isinstance(one, dict) else escape("" if one is None else str(one))
            yield f"<{element}>{inner}</{element}>\n"


def _worded(value: Any, quirks: Quirks, action: str, name: str) -> Any:
    match value:
        case Listed():
            return _list(value, quirks, action, name)
        case When():
            return _when(value, quirks)
        case Mapping():
            told = {key: _worded(one, quirks, action, str(key)) for key, one in value.items()}
            return {key: one for key, one in told.items() if one is not _MISSING}
        case list() | tuple():
            return [_worded(one, quirks, action, name) for one in value]
        case Shown():
            return escape(value, quote=True).replace("&#x27;", "&#039;") if quirks.entities else str(value)
        case bool():
            return value
        case int():
            return str(value) if _is_text(name, action, quirks) else value
    return value


def _is_text(name: str, action: str, quirks: Quirks) -> bool:
    """Whether a number under that name is text: all of them or some, but never what a page of a list is counted by."""
    if not quirks.numbers_as_text or name in _ALWAYS_NUMBERS:
        return False
    return action in _ALL_TEXT or len(name) % 2 == 0


def _list(value: Listed, quirks: Quirks, action: str, name: str) -> Any:
    rows = [_worded(row, quirks, action, value.singular or name) for row in value.rows]
    empty = quirks.empty if quirks.empty is not Empty.MIXED else _EMPTIES[len(name) % 3]
    if not rows and empty is Empty.TEXT:
        return ""
    if not rows and empty is Empty.MISSING:
        return _MISSING
    inner: Any = rows[0] if quirks.single_as_object and len(rows) == 1 else rows
    return {value.singular: inner} if value.singular else inner


def _when(value: When, quirks: Quirks) -> str:
    if value.value is None:
        zero = "0000-00-00" if value.of_day else "0000-00-00 00:00:00"
        return zero if quirks.zero_dates else ""
    if isinstance(value.value, datetime):
        return value.value.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S")
    return value.value.isoformat()
