"""The HTTP surface of checks, IDs, notices and the standing, over a house of its own, on one loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from adapters.http.app import create_app
from adapters.http.eligibility import ELIGIBILITY
from adapters.http.identity import VERIFICATION
from adapters.http.notices import NOTICES_AREA
from adapters.http.requests import REQUESTS
from adapters.http.standing import STANDING
from adapters.http.surroundings import HttpSettings, Surroundings
from adapters.http.timeline import TIMELINE
from adapters.system.documents.cleaner import ProcessDocumentCleaner
from adapters.system.last_known import NotedTimes
from core.domain.limits import Limit, Limited
from core.domain.session import Session
from core.usecases.identity.upload_document import UploadDocument
from core.usecases.notices.count_unread import CountUnread
from core.usecases.notices.dismiss_notice import DismissNotice
from core.usecases.notices.follow_notices import FollowNotices
from core.usecases.notices.list_notices import ListNotices
from core.usecases.notices.mark_all_read import MarkAllRead
from core.usecases.notices.mark_read import MarkRead
from core.usecases.work.read_request import ReadRequest
from ports.documents import DocumentCleaner
from tests.http.foundation.demo import Notes
from tests.usecases.checks_house import House, Sure, a_house

AREAS = (*ELIGIBILITY, *VERIFICATION, *NOTICES_AREA, *STANDING, *TIMELINE, *REQUESTS)
SITE = "http://127.0.0.1:8000"


@dataclass
class Portal:
    """The surface, the house behind it, and clients that are logged in."""

    house: House
    app: Litestar
    sessions: dict[str, Session]
    notes: Notes

    @asynccontextmanager
    async def client(self, session: Session | None = None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client; with a session it is logged in."""
        if session is not None:
            token = f"token-of-{session.user}-0123456789"
            self.sessions[token] = session
            headers["authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=SITE, headers=headers) as client:
            yield client


@asynccontextmanager
async def a_portal(
    folder: Path, limits: dict[Limited, Limit] | None = None, cleaner: DocumentCleaner | None = None
) -> AsyncIterator[Portal]:
    async with a_house(folder, limits) as house:
        sessions: dict[str, Session] = {}
        notes = Notes()

        async def read(token: str) -> Session | None:
            return sessions.get(token)

        around = Surroundings(
            clock=house.clock, ids=house.ids, store=house.store, limits=house.limits, sessions=read, lookout=notes
        )
        app = create_app(HttpSettings(heartbeat=0.05), around, AREAS, given(house, cleaner or Sure()))
        yield Portal(house, app, sessions, notes)


def given(house: House, cleaner: DocumentCleaner) -> dict[str, Callable[[], object]]:
    store, bell, clock, it = house.store, house.bell, house.clock, house.upload
    bound: dict[str, Any] = {
        "request_eligibility": lambda: house.request,
        "read_eligibility": lambda: house.read,
        "read_identity": lambda: house.read_identity,
        "upload_document": lambda: UploadDocument(
            it.desk, cleaner, house.reception, it.limits, it.ids, it.clock, it.policy, it.shown
        ),
        "read_standing": lambda: house.standing,
        "read_timeline": lambda: house.timeline,
        "read_request": lambda: ReadRequest(store, house.runner),
        "list_notices": lambda: ListNotices(store),
        "count_unread": lambda: CountUnread(store),
        "follow_notices": lambda: FollowNotices(store, house.clock),
        "mark_read": lambda: MarkRead(store, bell, clock),
        "mark_all_read": lambda: MarkAllRead(store, bell, clock),
        "dismiss_notice": lambda: DismissNotice(store, bell, clock),
        "readings": lambda: house.readings,
        "read_times": lambda: NotedTimes(house.clock),
        "bell": lambda: bell,
        "clock": lambda: clock,
    }
    return {name: _giving(make) for name, make in bound.items()}


def _giving(make: Callable[[], Any]) -> Callable[[], object]:
    def give() -> object:
        return make()

    return give


@asynccontextmanager
async def a_cleaner() -> AsyncIterator[ProcessDocumentCleaner]:
    """The real cleaner, closed afterwards."""
    cleaner = ProcessDocumentCleaner()
    try:
        yield cleaner
    finally:
        await cleaner.close()


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with a_portal(tmp_path) as portal:
        yield portal


@pytest.fixture
async def session(portal: Portal) -> Session:
    return await portal.house.customer()


@pytest.fixture
async def mina(portal: Portal, session: Session) -> AsyncIterator[httpx.AsyncClient]:
    async with portal.client(session) as client:
        yield client
