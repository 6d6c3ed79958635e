"""Dates told from today, as the days they mean."""

from datetime import date, timedelta
from typing import Final

from adapters.fakes.wire.salesforce.soql.nodes import Relative

_DAYS_OFF: Final = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_MONTHS: Final = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_STEPS: Final = {"LAST": -1, "THIS": 0, "NEXT": 1}


def days(literal: Relative, today: date) -> tuple[date, date]:
    """The first day, and the day after the last one; weeks begin on Sunday, fiscal years in January."""
    name = literal.name.replace("FISCAL_", "")
    if name in _DAYS_OFF:
        return _days(today, _DAYS_OFF[name], 1)
    n = literal.n if literal.n is not None else 90
    if name in ("LAST_N_DAYS", "LAST_90_DAYS"):
        return _days(today, -n, n + 1)
    if name in ("NEXT_N_DAYS", "NEXT_90_DAYS"):
        return _days(today, 1, n)
    if name == "N_DAYS_AGO":
        return _days(today, -n, 1)
    return _spans(name, n, today)


def _spans(name: str, n: int, today: date) -> tuple[date, date]:
    which, _, rest = name.partition("_")
    unit = rest.removeprefix("N_").removesuffix("_AGO").removesuffix("S")
    if which == "N":
        first, many = -n, 1
    elif rest.startswith("N_"):
        first, many = (-n, n) if which == "LAST" else (1, n)
    else:
        first, many = _STEPS[which], 1
    return _begin(today, unit, first), _begin(today, unit, first + many)


def _begin(today: date, unit: str, off: int) -> date:
    """The first day of the week, month, quarter or year so many after the one of today."""
    if unit == "WEEK":
        return _plus(today, 7 * off - today.isoweekday() % 7)
    size = _MONTHS[unit]
    month = (today.year * 12 + today.month - 1) // size * size + off * size
    if month < 12:
        return date.min
    return date(month // 12, month % 12 + 1, 1) if month < 12 * 10_000 else date.max


def _days(today: date, first: int, many: int) -> tuple[date, date]:
    return _plus(today, first), _plus(today, first + many)


def _plus(day: date, days: int) -> date:
    """That many days on, or the end of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
