"""The story of each journey, as callers read it (STA-3)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from litestar import get

from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.paging import PAGE, Cursors, CursorText, PageSize, ReadPage
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
    cursors: Given[Cursors],
    limit: PageSize = PAGE,
    cursor: CursorText = None,
) -> ReadPage[JourneyShown]:
    """Each journey across all systems: what happened, who holds the next step, by when (STA-3).

    What is open comes first, then the latest. A cursor whose journey went on meanwhile is refused: begin again.
    """
    journeys, read_at = await read_times.of(read_timeline(session))
    shown, following = cursors.page("timeline", _placed(journeys), lambda each: each[0], limit, cursor)
    items = tuple(JourneyShown.of(journey, language) for _, journey in shown)
    return ReadPage(items=items, next_cursor=following, read_at=read_at)


def _placed(journeys: Iterable[Journey]) -> list[tuple[str, Journey]]:
    # a journey that went on stands elsewhere in the list: behind its old place others would be left out
    alike: Counter[str] = Counter()
    placed = []
    for journey in journeys:
        latest = max((entry.at.isoformat() for entry in journey.entries if entry.at is not None), default="")
        about = journey.order or next((entry.subject for entry in journey.entries if entry.subject is not None), "")
        place = f"{journey.kind} {about} {journey.is_over} {latest}"
        alike[place] += 1
        placed.append((f"{place} {alike[place]}", journey))
    return placed


TIMELINE: Final = (timeline,)
