"""Entries of a timeline, as the customer reads them (STA-3)."""

from datetime import datetime
from typing import Any, ClassVar

from adapters.http.body import Answer
from adapters.http.dates import ExpectedShown
from core.domain.timeline import EVENT_WORDS, Entry
from core.domain.words import Language


class EntryShown(Answer, frozen=True):
    """What happened, or is going on: then `open`, with who holds it, by when, and whether that has passed."""

    event: str
    message: str
    at: datetime | None
    open: bool
    holder: str | None
    expected: ExpectedShown | None
    late: bool

    example: ClassVar[Any] = {
        "event": "order_in_review",
        "message": "We are checking your order",
        "at": "2026-01-20T01:00:00Z",
        "open": True,
        "holder": "sonixnet",
        "expected": ExpectedShown.example,
        "late": False,
    }

    @classmethod
    def of(cls, entry: Entry, language: Language) -> "EntryShown":
        """The entry in the customer's words."""
        return cls(
            event=entry.event.value,
            message=EVENT_WORDS[entry.event].said(language),
            at=entry.at,
            open=entry.open,
            holder=entry.holder.value if entry.holder is not None else None,
            expected=ExpectedShown.of(entry.expected),
            late=entry.late,
        )
