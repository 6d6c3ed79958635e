"""The calendar the business runs on: dates and months in Asia/Tokyo, public holidays, business days.

Instants are aware datetimes of any zone; a naive one is a ValueError, never a guess.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

import msgspec

from core.domain.japan_holidays import HOLIDAYS

TOKYO: Final = ZoneInfo("Asia/Tokyo")

_YEAR_END: Final = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
_LAST_SECOND: Final = time(23, 59, 59)
_SATURDAY: Final = 5
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")


def tokyo_date(instant: datetime) -> date:
    """The date in Japan at `instant`."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(TOKYO).date()


def is_business_day(day: date, *, closed_at_year_end: bool = True) -> bool:
    """Whether the operator's staff work on `day` (ELG-4).

    Monday to Friday, no public holiday; and, as the operator's policy unless told otherwise, not from 29
    December to 3 January (年末年始, when offices close although only 1 January is a holiday). Outside the
    years of the holiday table nothing but weekends and the year's end is known to be free.
    """
    if closed_at_year_end and (day.month, day.day) in _YEAR_END:
        return False
    return day.weekday() < _SATURDAY and day not in HOLIDAYS


def add_business_days(start: date | datetime, days: int, *, closed_at_year_end: bool = True) -> date:
    """The `days`-th business day after `start`; an instant counts as its date in Japan (ELG-4).

    Counting begins on the day after, so work that arrives on a Saturday and takes one day is due on Monday.
    Zero days is `start` itself, or the next business day when `start` is none. Fewer than zero is a
    ValueError.
    """
    if days < 0:
        raise ValueError("business days are counted forward")
    day = tokyo_date(start) if isinstance(start, datetime) else start
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_business_day(day, closed_at_year_end=closed_at_year_end)
    while not is_business_day(day, closed_at_year_end=closed_at_year_end):
        day += timedelta(days=1)
    return day


class Month(msgspec.Struct, frozen=True, order=True):
    """A calendar month, written "2026-01"; ordered by time. A month that does not exist is a ValueError."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise ValueError("no such month")

    @classmethod
    def of(cls, instant: datetime) -> Self:
        """The month in Japan at `instant`."""
        day = tokyo_date(instant)
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month written as "2026-01"; anything else is a ValueError."""
        match = _MONTH.fullmatch(text)
        if match is None:
            raise ValueError("a month is written 2026-01")
        return cls(int(match[1]), int(match[2]))

    def plus(self, months: int) -> Self:
        """The month `months` later, or earlier when negative."""
        years, month = divmod(self.month - 1 + months, 12)
        return type(self)(self.year + years, month + 1)

    @property
    def next(self) -> Self:
        """The month after this one."""
        return self.plus(1)

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def start_of_day(day: date) -> datetime:
    """The first instant of `day` in Japan."""
    return datetime.combine(day, time.min, tzinfo=TOKYO)


def end_of_day(day: date) -> datetime:
    """The last second of `day` in Japan."""
    return datetime.combine(day, _LAST_SECOND, tzinfo=TOKYO)


def end_of_month(month: Month) -> datetime:
    """The instant a month's service ends: 23:59:59 in Japan on its last day (CAN-2)."""
    return end_of_day(month.last_day)
