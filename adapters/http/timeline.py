"""The story of each journey, as callers read it (STA-3)."""

from datetime import datetime
from typing import Any, ClassVar, Final

from litestar import get

from adapters.http.body import Answer
from adapters.http.dates import ExpectedShown
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.paging import Page
from core.domain.journeys import Journey
from core.domain.session import Session
from core.domain.timeline import EVENT_WORDS, Entry
from core.domain.words import Language
from core.usecases.standing.read_timeline import ReadTimeline


class EntryShown(Answer, frozen=True):
    """One line of a story. An open one says who holds it (you, sonixnet, ntt) and by when it is expected."""

    event: str
    words: str
    at: datetime | None
    open: bool
    holder: str | None
    expected: ExpectedShown | None
    late: bool

    example: ClassVar[Any] = {
        "event": "check_open",
        "words": "We are checking your address with NTT",
        "at": "2026-01-20T01:00:00Z",
        "open": True,
        "holder": "ntt",
        "expected": ExpectedShown.example,
        "late": False,
    }

    @classmethod
    def of(cls, entry: Entry, language: Language) -> "EntryShown":
        """The entry in `language`."""
        return cls(
            event=entry.event.value,
            words=EVENT_WORDS[entry.event].said(language),
            at=entry.at,
            open=entry.open,
            holder=entry.holder.value if entry.holder is not None else None,
            expected=ExpectedShown.of(entry.expected),
            late=entry.late,
        )


class JourneyShown(Answer, frozen=True):
    """One journey's story, what happened first and what is open last. `order` is absent before there is one."""

    kind: str
    order: str | None
    number: str | None
    over: bool
    entries: tuple[EntryShown, ...]

    example: ClassVar[Any] = {
        "kind": "internet",
        "order": None,
        "number": None,
        "over": False,
        "entries": [EntryShown.example],
    }

    @classmethod
    def of(cls, journey: Journey, language: Language) -> "JourneyShown":
        """The journey in `language`."""
        return cls(
            kind=journey.kind.value,
            order=journey.order,
            number=journey.number,
            over=journey.is_over,
            entries=tuple(EntryShown.of(entry, language) for entry in journey.entries),
        )


@get("/me/timeline", **operation("me.timeline", tag="Me", summary="What happened, and what is next"))
async def timeline(
    session: Given[Session], language: Given[Language], read_timeline: Given[ReadTimeline]
) -> Page[JourneyShown]:
    """Each journey across all systems: what happened, who holds the next step, by when (STA-3)."""
    return Page(items=tuple(JourneyShown.of(journey, language) for journey in await read_timeline(session)))


TIMELINE: Final = (timeline,)
