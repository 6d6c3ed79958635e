"""Notices: the list, what is unread, and the stream that tells an open page at once (NTF)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Any, ClassVar, Final

from litestar import Request, get, post

from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.events_stream import Event, EventStream, Streams, last_event_id
from adapters.http.openapi import operation
from adapters.http.paging import PAGE, Cursors, CursorText, Page, PageSize
from adapters.http.subjects import NoticeInPath
from adapters.http.surroundings import HttpSettings
from core.domain.ids import NoticeId
from core.domain.notice import NOTICES, Notice
from core.domain.refusals import NotFound, NotLoggedIn, TooMany
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.notices.count_unread import CountUnread
from core.usecases.notices.dismiss_notice import DismissNotice
from core.usecases.notices.follow_notices import FollowNotices
from core.usecases.notices.list_notices import ListNotices
from core.usecases.notices.mark_all_read import MarkAllRead
from core.usecases.notices.mark_read import MarkRead
from ports.bell import Bell

LIST: Final = "notifications"
MISSED_AT_ONCE: Final = 50
"""How many missed notices are read from the database at a time."""
LOOK_EVERY: Final = 15.0
"""Seconds after which a stream looks for new notices though nothing rang."""


class ActionShown(Answer, frozen=True):
    """What a notice's button says, and where it leads."""

    label: str
    url: str

    example: ClassVar[Any] = {"label": "View plans", "url": "http://127.0.0.1:8000/shop/internet"}


class NoticeShown(Answer, frozen=True):
    """A notice in the caller's language. `readAt` is absent while it is unread."""

    id: str
    type: str
    title: str
    message: str
    action: ActionShown
    source: str
    created_at: datetime
    read_at: datetime | None = None

    example: ClassVar[Any] = {
        "id": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq",
        "type": "eligibility_eligible",
        "title": "You can have internet at your address",
        "message": "Your check is done: Home 1G.",
        "action": ActionShown.example,
        "source": "salesforce",
        "createdAt": "2026-01-21T02:30:00Z",
        "readAt": None,
    }

    @classmethod
    def of(cls, notice: Notice, settings: HttpSettings, language: Language) -> "NoticeShown":
        """The notice with its places filled."""
        row = NOTICES[notice.type]
        return cls(
            id=notice.id,
            type=notice.type.value,
            title=row.title.said(language, **notice.values),
            message=row.message.said(language, **notice.values),
            action=ActionShown(label=row.label.said(language), url=settings.public_url + notice.path),
            source=row.source.value,
            created_at=notice.created_at,
            read_at=notice.read_at,
        )


class UnreadShown(Answer, frozen=True):
    """How many notices are unread."""

    unread: int

    example: ClassVar[Any] = {"unread": 2}


@get("/notifications", **operation("notifications.list", tag="Notifications", summary="Your notices", waits=False))
async def notices(
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    cursors: Given[Cursors],
    list_notices: Given[ListNotices],
    limit: PageSize = PAGE,
    cursor: CursorText = None,
) -> Page[NoticeShown]:
    """The customer's notices that are not dismissed, newest first (NTF-3)."""
    before = cursors.read(LIST, cursor, tuple[int])[0] if cursor is not None else None
    page = await list_notices(session, before, limit)
    return Page(
        items=tuple(NoticeShown.of(notice, settings, language) for notice in page.items),
        next_cursor=cursors.write(LIST, page.next_before) if page.next_before is not None else None,
    )


@get(
    "/notifications/unread-count",
    **operation("notifications.unreadCount", tag="Notifications", summary="How many are unread", waits=False),
)
async def unread_count(session: Given[Session], count_unread: Given[CountUnread]) -> UnreadShown:
    """How many of the customer's notices are neither read nor dismissed (NTF-3)."""
    return UnreadShown(unread=await count_unread(session))


@post(
    "/notifications/{id:str}/read",
    **operation("notifications.read", tag="Notifications", summary="Mark one as read", raises=(NotFound,), waits=False),
    status_code=204,
)
async def read_one(id: NoticeInPath, session: Given[Session], mark_read: Given[MarkRead]) -> None:
    """Marks a notice as read; twice is well too (NTF-3)."""
    await mark_read(session, NoticeId(id))


@post(
    "/notifications/read-all",
    **operation("notifications.readAll", tag="Notifications", summary="Mark all as read", waits=False),
    status_code=204,
)
async def read_all(session: Given[Session], mark_all_read: Given[MarkAllRead]) -> None:
    """Marks every notice as read (NTF-3)."""
    await mark_all_read(session)


@post(
    "/notifications/{id:str}/dismiss",
    **operation(
        "notifications.dismiss", tag="Notifications", summary="Take one off the list", raises=(NotFound,), waits=False
    ),
    status_code=204,
)
async def dismiss(id: NoticeInPath, session: Given[Session], dismiss_notice: Given[DismissNotice]) -> None:
    """Takes a notice off the list; twice is well too (NTF-3)."""
    await dismiss_notice(session, NoticeId(id))


@get(
    "/events",
    **operation(
        "events.follow",
        tag="Notifications",
        summary="What happens, as it happens",
        raises=(TooMany,),
        shows=Event(event="notice", data=NoticeShown.example, id="42").encoded().decode(),
        waits=False,
    ),
)
async def events(
    request: Request[Any, Any, Any],
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    streams: Given[Streams],
    bell: Given[Bell],
    follow_notices: Given[FollowNotices],
    list_notices: Given[ListNotices],
) -> EventStream:
    """Server-sent events: `notice` with the notice, `status` when `/api/me/status` is worth reading again (NTF-4).

    A page that was away sends the id of the last event it got and misses none.
    """
    seen = last_event_id(request.scope)
    since = int(seen) if seen is not None and seen.isdecimal() and len(seen) <= _LONGEST_POSITION else None
    following = _Following(session, since, bell, follow_notices, list_notices, settings, language)
    return streams.stream(session.user, following.events())


_LONGEST_POSITION: Final = 18


class _Following:
    """One page's stream: what it missed, then whatever rings, for as long as its session goes on."""

    def __init__(
        self,
        session: Session,
        since: int | None,
        bell: Bell,
        follow: FollowNotices,
        newest: ListNotices,
        settings: HttpSettings,
        language: Language,
    ) -> None:
        self._session = session
        self._since = since
        self._bell = bell
        self._follow = follow
        self._newest = newest
        self._settings = settings
        self._language = language

    async def events(self) -> AsyncIterator[Event]:
        # once the session ended, whoever logs in again opens a stream of their own
        with suppress(NotLoggedIn):
            # listening begins before the first look, so that nothing falls between the two
            async with self._bell.listen(self._session.user) as rings:
                if self._since is None:
                    latest = (await self._newest(self._session, None, 1)).items
                    self._since = latest[0].position if latest else 0
                async for missed in self._missed():
                    yield missed
                # gives a page the id to resume behind, also before the first notice
                yield Event(event="status", data={}, id=str(self._since))
                async with aclosing(_with_looks(rings)) as signs:
                    async for what in signs:
                        async for missed in self._missed():
                            yield missed
                        if what is not None and what != "notice":
                            yield Event(event="status", data={}, id=str(self._since))

    async def _missed(self) -> AsyncIterator[Event]:
        while found := await self._follow(self._session, self._since or 0, MISSED_AT_ONCE):
            for notice in found:
                self._since = notice.position
                shown = NoticeShown.of(notice, self._settings, self._language)
                yield Event(event="notice", data=shown, id=str(notice.position))


async def _with_looks(rings: AsyncIterator[str]) -> AsyncGenerator[str | None]:
    """The rings, and None every little while: a ring may be lost, or rung in another process."""
    waiting = asyncio.ensure_future(anext(rings))
    try:
        while True:
            rang, _ = await asyncio.wait({waiting}, timeout=LOOK_EVERY)
            if not rang:
                yield None
                continue
            what = waiting.result()
            waiting = asyncio.ensure_future(anext(rings))
            yield what
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


NOTICES_AREA: Final = (notices, unread_count, read_one, read_all, dismiss, events)
