"""Notices over HTTP, and the stream that tells an open page (NTF)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.http import notices
from core.domain.notice import NewNotice, NoticeType
from core.domain.session import Session, UserState
from tests.http import checks_portal
from tests.http.checks_portal import Portal

LIST, COUNT = "/api/notifications", "/api/notifications/unread-count"

portal, session, mina = checks_portal.portal, checks_portal.session, checks_portal.mina


async def tell(portal: Portal, session: Session, *sources: str) -> None:
    for source in sources:
        await portal.house.notifier(
            NewNotice(
                user=session.user,
                type=NoticeType.ORDER_APPROVED,
                source_id=source,
                version="Approved",
                values={"number": source, "order": source},
                created_at=portal.house.clock.now(),
            )
        )


async def test_the_list_is_newest_first_and_paged(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await tell(portal, session, "1", "2", "3")
    first = (await mina.get(LIST, params={"limit": 2})).json()
    assert [item["message"] for item in first["items"]] == [
        "Order 3 goes on to activation.", "Order 2 goes on to activation.",
    ]  # fmt: skip
    assert first["items"][0]["action"] == {"label": "View order", "url": "http://127.0.0.1:8000/account/orders/3"}
    second = (await mina.get(LIST, params={"limit": 2, "cursor": first["nextCursor"]})).json()
    assert [item["message"] for item in second["items"]] == ["Order 1 goes on to activation."]
    assert second["nextCursor"] is None


async def test_notices_speak_the_callers_language(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await tell(portal, session, "1")
    [item] = (await mina.get(LIST, headers={"accept-language": "ja"})).json()["items"]
    assert item["title"] == "お申し込みが承認されました"


async def test_reading_and_dismissing(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await tell(portal, session, "1", "2", "3")
    third, second, _ = (await mina.get(LIST)).json()["items"]
    assert (await mina.get(COUNT)).json() == {"unread": 3}
    for _ in range(2):
        assert (await mina.post(f"{LIST}/{third['id']}/read")).status_code == 204
        assert (await mina.post(f"{LIST}/{second['id']}/dismiss")).status_code == 204
    assert (await mina.get(COUNT)).json() == {"unread": 1}
    items = (await mina.get(LIST)).json()["items"]
    assert [item["readAt"] is None for item in items] == [False, True]
    assert (await mina.post(f"{LIST}/read-all")).status_code == 204
    assert (await mina.get(COUNT)).json() == {"unread": 0}


async def test_anothers_notice_is_not_there(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await tell(portal, session, "1")
    [item] = (await mina.get(LIST)).json()["items"]
    async with portal.client(await portal.house.customer("ken@example.com", number=2)) as ken:
        assert (await ken.get(LIST)).json()["items"] == []
        for id in (item["id"], "no-such-notice"):
            for deed in ("read", "dismiss"):
                answer = await ken.post(f"{LIST}/{id}/{deed}")
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        cursor = (await mina.get(LIST, params={"limit": 1})).json()["nextCursor"]
        assert cursor is None
    assert (await mina.get(COUNT)).json() == {"unread": 1}


@pytest.mark.parametrize("cursor", ["x" * 12, "A" * 40, "!!!!!!!!!!!!!!"])
async def test_a_made_up_cursor_is_refused(mina: httpx.AsyncClient, cursor: str) -> None:
    assert (await mina.get(LIST, params={"cursor": cursor})).status_code == 400


# --- the stream ----------------------------------------------------------------------------------------------------
@dataclass
class Page:
    """An open page: what it heard, event by event."""

    heard: list[tuple[str, Any, str | None]] = field(default_factory=list)
    text: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, body: bytes) -> None:
        self.text += body.decode()
        *whole, self.text = self.text.split("\n\n")
        for block in whole:
            lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in lines:
                self.heard.append((lines["event"], json.loads(lines["data"]), lines.get("id")))
        self.news.set()

    async def hears(self, count: int) -> list[tuple[str, Any, str | None]]:
        async with asyncio.timeout(3):
            while len(self.heard) < count:
                self.news.clear()
                await self.news.wait()
        return self.heard[:count]

    @property
    def messages(self) -> list[str]:
        return [data["message"] for event, data, _ in self.heard if event == "notice"]


@asynccontextmanager
async def open_page(
    portal: Portal, session: Session, last: str | None = None, language: str = "en"
) -> AsyncIterator[Page]:
    token = f"stream-of-{session.user}-0123456789"
    portal.sessions[token] = session
    page, leaving = Page(), asyncio.Event()
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"accept-language", language.encode())]
    headers += [(b"last-event-id", last.encode())] if last is not None else []
    scope = {
        "type": "http", "method": "GET", "path": "/api/events", "raw_path": b"/api/events", "query_string": b"",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "scheme": "http",
        "http_version": "1.1", "asgi": {"version": "3.0"}, "root_path": "",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        await leaving.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        assert message.get("status", 200) == 200
        page.take(message.get("body", b""))
        if message["type"] == "http.response.body" and not message["more_body"]:
            page.over.set()

    serving = asyncio.create_task(portal.app(scope, receive, send))  # type: ignore[arg-type]
    try:
        yield page
    finally:
        leaving.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(serving, 3)


async def test_an_open_page_hears_at_once(portal: Portal, session: Session) -> None:
    async with open_page(portal, session, language="ja") as page:
        [(event, _, id)] = await page.hears(1)
        assert (event, id) == ("status", "0")
        await tell(portal, session, "1")
        (event, said, id) = (await page.hears(2))[1]
        assert (event, said["title"], said["type"]) == ("notice", "お申し込みが承認されました", "order_approved")
        assert id is not None
        await tell(portal, session, "1")  # told already
        await tell(portal, session, "2")
        await page.hears(3)
        assert len(page.messages) == 2


async def test_a_page_begins_with_what_is_new_from_now_on(portal: Portal, session: Session) -> None:
    await tell(portal, session, "1")
    async with open_page(portal, session) as page:
        await page.hears(1)
        await tell(portal, session, "2")
        await page.hears(2)
        assert page.messages == ["Order 2 goes on to activation."]


async def test_a_page_that_was_away_misses_none(
    portal: Portal, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "MISSED_AT_ONCE", 2)
    async with open_page(portal, session) as page:
        await page.hears(1)
        await tell(portal, session, "1")
        last = (await page.hears(2))[1][2]
    await tell(portal, session, *"23456")
    async with open_page(portal, session, last=last) as page:
        await page.hears(6)
        assert page.messages == [f"Order {number} goes on to activation." for number in "23456"]
        await tell(portal, session, "7")
        await page.hears(7)
        assert page.messages[-1] == "Order 7 goes on to activation."


@pytest.mark.parametrize("last", ["no number", "-1", "99999999999999999999999", "1; drop"])
async def test_an_id_of_no_event_begins_from_now(portal: Portal, session: Session, last: str) -> None:
    await tell(portal, session, "1")
    async with open_page(portal, session, last=last) as page:
        assert [event for event, _, _ in await page.hears(1)] == ["status"]


async def test_two_pages_hear_the_same_and_others_nothing(portal: Portal, session: Session) -> None:
    ken = await portal.house.customer("ken@example.com", number=2)
    async with (
        open_page(portal, session) as one,
        open_page(portal, session) as other,
        open_page(portal, ken) as kens,
    ):
        for page in (one, other, kens):
            await page.hears(1)
        await tell(portal, session, "1")
        await one.hears(2)
        await other.hears(2)
        await asyncio.sleep(0.05)
        assert (one.messages, kens.messages) == (other.messages, [])


async def test_a_lost_ring_is_made_good_by_looking(
    portal: Portal, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "LOOK_EVERY", 0.02)
    async with open_page(portal, session) as page:
        await page.hears(1)
        async with portal.house.store.begin() as shelves:  # as another process would
            notice = NewNotice(
                user=session.user, type=NoticeType.CHECK_LATE, source_id="1", version="1",
                created_at=portal.house.clock.now(),
            )  # fmt: skip
            await shelves.notices.add(notice, portal.house.ids.new())  # type: ignore[arg-type]
        assert (await page.hears(2))[1][1]["type"] == "check_late"


async def test_a_status_worth_reading_is_announced(portal: Portal, session: Session) -> None:
    async with open_page(portal, session) as page:
        await page.hears(1)
        await portal.house.bell.ring(session.user, "status")
        assert [event for event, _, _ in await page.hears(2)] == ["status", "status"]


@pytest.mark.parametrize("how", ["logged out", "barred", "over"])
async def test_a_page_hears_nothing_once_its_session_ended(portal: Portal, session: Session, how: str) -> None:
    async with open_page(portal, session) as page:
        await page.hears(1)
        if how == "over":
            portal.house.clock.advance(timedelta(days=10_000))
        async with portal.house.store.begin() as shelves:
            if how == "logged out":
                await shelves.sessions.revoke(session.session, portal.house.clock.now())
            elif how == "barred":
                await shelves.users.set_state(session.user, UserState.BARRED)
        await tell(portal, session, "1")
        await portal.house.bell.ring(session.user, "status")
        await asyncio.wait_for(page.over.wait(), 3)
        assert len(page.heard) == 1


async def test_reading_elsewhere_rings_here(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await tell(portal, session, "1")
    async with open_page(portal, session) as page:
        await page.hears(1)
        await mina.post(f"{LIST}/read-all")
        assert [event for event, _, _ in await page.hears(2)][1] == "status"


async def test_expired_notices_are_gone(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await tell(portal, session, "1")
    portal.house.clock.advance(timedelta(days=31))
    async with portal.house.store.begin() as shelves:
        await shelves.notices.expire(portal.house.clock.now() - timedelta(days=30))
    assert (await mina.get(LIST)).json()["items"] == []
    async with open_page(portal, session, last="0") as page:
        assert [event for event, _, _ in await page.hears(1)] == ["status"]
