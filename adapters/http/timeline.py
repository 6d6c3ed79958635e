"""The story of each journey, as callers read it (STA-3)."""

from typing import Any, ClassVar, Final

from litestar import get

from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.paging import ReadPage
from adapters.http.story import EntryShown
from core.domain.journeys import Journey
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.standing.read_timeline import ReadTimeline
from ports.caches import ReadTimes


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
    session: Given[Session],
    language: Given[Language],
    read_times: Given[ReadTimes],
    read_timeline: Given[ReadTimeline],
) -> ReadPage[JourneyShown]:
    """Each journey across all systems: what happened, who holds the next step, by when (STA-3)."""
    journeys, read_at = await read_times.of(read_timeline(session))
    return ReadPage(items=tuple(JourneyShown.of(journey, language) for journey in journeys), read_at=read_at)


TIMELINE: Final = (timeline,)
