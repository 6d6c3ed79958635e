"""Where the customer stands, over HTTP: in one call, from memory while it holds (STA)."""

from datetime import timedelta

import httpx
import pytest

from core.domain.eligibility import EligibilityStatus
from core.domain.session import Session
from tests.adapters.documents import png
from tests.http import checks_portal
from tests.http.checks_portal import Portal

STATUS, TIMELINE = "/api/me/status", "/api/me/timeline"

portal, session, mina = checks_portal.portal, checks_portal.session, checks_portal.mina


def upstream_calls(portal: Portal) -> int:
    return portal.house.world.calls.total()


async def test_everything_in_one_call(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    await portal.house.up.billing_desk.add_payment_method(session.client)
    await mina.post("/api/eligibility/internet/request", json={})
    said = (await mina.get(STATUS)).json()
    assert said["eligibility"]["status"] == "pending"
    assert said["identity"]["status"] == "not_submitted"
    assert said["payment"] == {"available": True, "present": True}
    assert said["checkout"]["open"] is False
    assert (said["orders"]["pending"], said["services"]["active"]) == ([], [])
    assert (said["invoices"]["available"], said["invoices"]["unpaid"], said["invoices"]["total"]) == (True, 0, 0)
    assert all(said[part]["readAt"] is not None for part in ("orders", "services", "invoices"))
    assert said["notifications"] == {"available": True, "unread": 0}
    assert said["nextAction"]["code"] == "wait_for_check"
    assert said["tasks"] == [said["nextAction"]]


async def test_what_cant_be_read_says_so(portal: Portal, mina: httpx.AsyncClient) -> None:
    portal.house.world.faults.switch("whmcs", "*", "unavailable")
    answer = await mina.get(STATUS)
    assert answer.status_code == 200
    said = answer.json()
    assert said["payment"] == {"available": False, "present": None}
    assert said["services"] == {"available": False, "active": [], "readAt": None}
    assert said["invoices"] == {"available": False, "unpaid": None, "total": None, "readAt": None}
    assert said["eligibility"]["available"]
    assert said["nextAction"]["code"] == "browse_plans"
    portal.house.world.faults.clear()
    portal.house.clock.advance(timedelta(seconds=3))
    assert (await mina.get(STATUS)).json()["payment"] == {"available": True, "present": False}


async def test_within_ten_seconds_it_is_the_same_bytes_and_no_call(portal: Portal, mina: httpx.AsyncClient) -> None:
    first = await mina.get(STATUS)
    before = upstream_calls(portal)
    portal.house.clock.advance(timedelta(seconds=9))
    again = await mina.get(STATUS)
    assert (again.content, again.headers["etag"], upstream_calls(portal)) == (
        first.content,
        first.headers["etag"],
        before,
    )
    known = await mina.get(STATUS, headers={"if-none-match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Accept-Language"
    portal.house.clock.advance(timedelta(seconds=2))
    later = await mina.get(STATUS)
    assert later.json()["readAt"] != first.json()["readAt"]
    assert upstream_calls(portal) > before


async def test_each_language_is_kept_for_itself(mina: httpx.AsyncClient) -> None:
    english = await mina.get(STATUS)
    japanese = await mina.get(STATUS, headers={"accept-language": "ja"})
    assert (english.headers["content-language"], japanese.headers["content-language"]) == ("en", "ja")
    assert english.json()["nextAction"]["label"] == "See our plans"
    assert japanese.json()["nextAction"]["label"] == "プランを見る"
    assert (await mina.get(STATUS)).content == english.content


async def test_what_changed_is_told_at_once(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    assert (await mina.get(STATUS)).json()["eligibility"]["status"] == "not_requested"
    await mina.post("/api/eligibility/internet/request", json={})
    assert (await mina.get(STATUS)).json()["eligibility"]["status"] == "pending"
    await portal.house.staff.answer_availability(session.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    await portal.house.hear()
    said = (await mina.get(STATUS)).json()
    assert (said["eligibility"]["status"], said["notifications"]["unread"]) == ("eligible", 1)
    assert said["nextAction"]["code"] == "choose_internet_plan"
    await mina.post("/api/notifications/read-all")
    assert (await mina.get(STATUS)).json()["notifications"]["unread"] == 0


async def test_each_customer_sees_their_own(portal: Portal, mina: httpx.AsyncClient) -> None:
    await mina.post("/api/eligibility/internet/request", json={})
    assert (await mina.get(STATUS)).json()["eligibility"]["status"] == "pending"
    async with portal.client(await portal.house.customer("ken@example.com", number=2)) as ken:
        assert (await ken.get(STATUS)).json()["eligibility"]["status"] == "not_requested"
    async with portal.client() as nobody:
        assert (await nobody.get(STATUS)).status_code == 401
        assert (await nobody.get(TIMELINE)).status_code == 401


async def test_an_unknown_parameter_is_refused_also_when_warm(mina: httpx.AsyncClient) -> None:
    for _ in range(2):
        await mina.get(STATUS)
        assert (await mina.get(STATUS, params={"of": "ken"})).status_code == 400


async def test_the_story_is_told(portal: Portal, session: Session, mina: httpx.AsyncClient) -> None:
    assert (await mina.get(TIMELINE)).json()["items"] == []
    await mina.post("/api/eligibility/internet/request", json={})
    [journey] = (await mina.get(TIMELINE)).json()["items"]
    assert (journey["kind"], journey["over"], journey["order"]) == ("internet", False, None)
    asked, waiting = journey["entries"]
    assert (asked["event"], asked["open"]) == ("check_asked", False)
    assert (waiting["event"], waiting["holder"], waiting["late"]) == ("check_open", "ntt", False)
    assert waiting["expected"]["latest"] == "2026-01-22T23:59:59+09:00"
    portal.house.clock.advance(timedelta(days=4))
    [journey] = (await mina.get(TIMELINE)).json()["items"]
    assert journey["entries"][-1]["late"] is True


async def test_the_stories_are_told_page_by_page(portal: Portal, mina: httpx.AsyncClient) -> None:
    await mina.post("/api/eligibility/internet/request", json={})
    portal.house.clock.advance(timedelta(minutes=5))
    await mina.post("/api/verification/id", files={"front": ("card.png", png(), "image/png")})
    whole = (await mina.get(TIMELINE)).json()["items"]
    assert [journey["kind"] for journey in whole] == ["identity", "internet"]
    first = (await mina.get(TIMELINE, params={"limit": 1})).json()
    second = (await mina.get(TIMELINE, params={"limit": 1, "cursor": first["nextCursor"]})).json()
    assert first["items"] + second["items"] == whole
    assert second["nextCursor"] is None
    assert (await mina.get(TIMELINE, params={"limit": 2})).json()["nextCursor"] is None


async def test_behind_a_story_that_went_on_nothing_is_left_out(
    portal: Portal, session: Session, mina: httpx.AsyncClient
) -> None:
    await mina.post("/api/verification/id", files={"front": ("card.png", png(), "image/png")})
    portal.house.clock.advance(timedelta(minutes=5))
    await mina.post("/api/eligibility/internet/request", json={})
    first = (await mina.get(TIMELINE, params={"limit": 1})).json()
    assert [journey["kind"] for journey in first["items"]] == ["internet"]
    await portal.house.staff.answer_availability(session.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    await portal.house.hear()
    # it is over now and last: behind it the other story, still open, would never be told
    answer = await mina.get(TIMELINE, params={"limit": 1, "cursor": first["nextCursor"]})
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (400, ["cursor"])


@pytest.mark.parametrize("cursor", ["A" * 12, "AAAAAAAAAAAAAAAAAAAAAAAA", "b" * 512])
async def test_a_cursor_of_no_story_is_refused(mina: httpx.AsyncClient, cursor: str) -> None:
    answer = await mina.get(TIMELINE, params={"cursor": cursor})
    assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (400, ["cursor"])


@pytest.mark.parametrize(("limit", "status"), [("0", 400), ("1", 200), ("100", 200), ("101", 400), ("many", 400)])
async def test_a_page_of_stories_has_bounds(mina: httpx.AsyncClient, limit: str, status: int) -> None:
    answer = await mina.get(TIMELINE, params={"limit": limit})
    assert answer.status_code == status
    assert [fault["field"] for fault in answer.json().get("errors", ())] == (["limit"] if status == 400 else [])
