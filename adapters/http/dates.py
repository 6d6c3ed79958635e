"""Dates that are expected, as data and as people read them."""

from datetime import datetime
from typing import Any, ClassVar

from adapters.http.body import Answer
from core.domain.eligibility import Expected
from core.domain.japan import tokyo_date
from core.domain.words import Language


class ExpectedShown(Answer, frozen=True):
    """When something is expected: not before `earliest`, by `latest`."""

    earliest: datetime
    latest: datetime

    example: ClassVar[Any] = {"earliest": "2026-01-21T23:59:59+09:00", "latest": "2026-01-22T23:59:59+09:00"}

    @classmethod
    def of(cls, expected: Expected | None) -> "ExpectedShown | None":
        """The dates, where there are any."""
        return cls(earliest=expected.earliest, latest=expected.latest) if expected is not None else None


def day(at: datetime, language: Language) -> str:
    """The date in Japan as a person reads it: "22 January 2026", "2026年1月22日"."""
    date = tokyo_date(at)
    if language is Language.JA:
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
