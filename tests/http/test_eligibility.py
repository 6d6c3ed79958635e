"""Asking for internet over HTTP, and reading how it stands (ELG)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.domain.eligibility import EligibilityStatus
from core.domain.limits import LIMITS
from tests.http.checks_portal import Portal, a_portal
from tests.usecases.checks_house import THERE

READ, ASK = "/api/eligibility/internet", "/api/eligibility/internet/request"
OSAKA = {"postcode": "530-0002", "prefecture": "Osaka", "city": "Osaka-shi Kita-ku", "town": "Sonezaki 2-4-9"}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with a_portal(tmp_path) as portal:
        yield portal


@pytest.fixture
async def mina(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    async with portal.client(await portal.house.customer()) as client:
        yield client


async def account(portal: Portal) -> str:
    [session] = portal.sessions.values()
    return session.account


async def test_before_asking(mina: httpx.AsyncClient) -> None:
    answer = await mina.get(READ)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["status"], said["late"], said["expected"], said["alternatives"]) == ("not_requested", False, None, [])
    assert said["nextAction"] == {
        "code": "request_check", "label": "Check availability", "url": "http://127.0.0.1:8000/account/order",
    }  # fmt: skip


async def test_asking_answers_with_the_pending_check(portal: Portal, mina: httpx.AsyncClient) -> None:
    answer = await mina.post(ASK, json={"note": "second floor"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["status"], said["nextAction"]["code"], said["forAddress"]) == ("pending", "wait", True)
    assert said["expected"]["latest"] == "2026-01-22T23:59:59+09:00"
    assert said["message"] == "We are checking your address with NTT. We expect an answer by 22 January 2026."
    assert "case" not in str(said).lower()
    assert (await mina.get(READ)).json()["status"] == "pending"
    assert portal.house.made("case") == 1


async def test_asking_costs_salesforce_few_calls(portal: Portal, mina: httpx.AsyncClient) -> None:
    portal.house.world.calls.clear()
    assert (await mina.post(ASK, json={})).status_code == 200
    calls = {operation: count for (system, operation), count in portal.house.world.calls.items() if system != "mail"}
    # the readings, the review times for the answer among them, are one composite on the wire
    assert calls == {"standing": 1, "profile": 1, "of_account": 2, "ensure_check": 1, "review_times": 1}


async def test_a_body_is_read_strictly(portal: Portal, mina: httpx.AsyncClient) -> None:
    for body, status, field in (
        ({"adress": OSAKA}, 400, "adress"),
        ({"address": OSAKA | {"room": "1"}}, 400, "address.room"),
        ({"address": {"postcode": "1"}}, 400, "address.prefecture"),
        ({"address": OSAKA | {"postcode": "1"}}, 422, "address.postcode"),
        ({"sku": "no such plan"}, 422, "sku"),
        ({"note": "x" * 1_001}, 422, "note"),
    ):
        answer = await mina.post(ASK, json=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert portal.house.made("case") == 0


async def test_without_an_address_the_customer_is_asked_for_one(portal: Portal) -> None:
    async with portal.client(await portal.house.customer(address=None)) as client:
        answer = await client.post(ASK, json={})
        assert (answer.status_code, answer.json()["code"]) == (422, "address_missing")
        answer = await client.post(ASK, json={"address": OSAKA})
        assert (answer.status_code, answer.json()["address"]) == (200, THERE.one_line)


async def test_the_answer_is_shown_with_what_to_do(portal: Portal, mina: httpx.AsyncClient) -> None:
    await mina.post(ASK, json={})
    await portal.house.staff.answer_availability(await account(portal), EligibilityStatus.INELIGIBLE, notes="No line")
    await portal.house.hear()
    said = (await mina.get(READ, headers={"accept-language": "ja"})).json()
    assert (said["status"], said["notes"], said["againFrom"]) == ("ineligible", "No line", "2026-04-20")
    assert [way["code"] for way in said["alternatives"]] == ["sim_plans", "other_address", "check_later"]
    assert said["message"] == "ご住所ではまだ回線をご利用いただけません。"
    answer = await mina.post(ASK, json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "asked_too_soon")
    assert "2026-04-20" in answer.json()["detail"]


async def test_a_moved_customer_is_offered_a_new_check(portal: Portal, mina: httpx.AsyncClient) -> None:
    await mina.post(ASK, json={})
    await portal.house.staff.answer_availability(await account(portal), EligibilityStatus.ELIGIBLE, "Home 1G")
    await portal.house.hear()
    assert (await mina.get(READ)).json()["nextAction"]["code"] == "view_plans"
    await mina.post(ASK, json={"address": OSAKA})
    await portal.house.staff.answer_availability(await account(portal), EligibilityStatus.ELIGIBLE, "Home 1G")
    records = portal.house.world.records
    records.update("account", await account(portal), {"eligibility_address": "somewhere else"}, "staff")
    await portal.house.hear()
    said = (await mina.get(READ)).json()
    assert (said["status"], said["forAddress"], said["nextAction"]["code"]) == ("eligible", False, "request_check")


async def test_the_same_key_gives_the_same_answer(portal: Portal, mina: httpx.AsyncClient) -> None:
    key = {"idempotency-key": "tab-1"}
    first = await mina.post(ASK, json={}, headers=key)
    again = await mina.post(ASK, json={}, headers=key)
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (200, first.json(), "true")
    other = await mina.post(ASK, json={"note": "x"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_twenty_at_once_make_one_check_for_same_and_other_keys(portal: Portal, mina: httpx.AsyncClient) -> None:
    def keyed(number: int) -> dict[str, str]:
        return {"idempotency-key": f"tab-{number % 10}"} if number % 4 else {}

    answers = await asyncio.gather(*(mina.post(ASK, json={}, headers=keyed(number)) for number in range(20)))
    # the same key twice at once: one runs, the other is told to wait
    assert {answer.status_code for answer in answers} <= {200, 202, 409}
    assert all(answer.json()["code"] == "still_running" for answer in answers if answer.status_code == 409)
    await portal.house.settled()
    assert (portal.house.made("case"), portal.house.made("opportunity")) == (1, 1)


async def test_what_is_not_done_in_time_is_accepted_and_told_later(portal: Portal, mina: httpx.AsyncClient) -> None:
    object.__setattr__(portal.house.reception, "wait", 0.05)
    portal.house.world.faults.switch("salesforce", "ensure_check", "unavailable")
    answer = await mina.post(ASK, json={})
    assert answer.status_code == 202
    said = answer.json()
    assert said["state"] in ("received", "in_progress")
    assert said["links"]["self"] == answer.headers["location"] == f"/api/requests/{said['requestId']}"
    standing = (await mina.get(said["links"]["self"])).json()
    assert (standing["state"], standing["links"]["result"]) == (said["state"], None)
    portal.house.world.faults.clear()
    await portal.house.settled()
    standing = (await mina.get(said["links"]["self"])).json()
    assert (standing["state"], standing["about"]) == ("done", "eligibility")
    assert (await mina.get(standing["links"]["result"])).json()["status"] == "pending"


async def test_a_request_is_its_owners_alone(portal: Portal, mina: httpx.AsyncClient) -> None:
    object.__setattr__(portal.house.reception, "wait", 0.0)
    link = (await mina.post(ASK, json={})).json()["links"]["self"]
    async with (
        portal.client(await portal.house.customer("ken@example.com", number=2)) as ken,
        portal.client() as nobody,
    ):
        for client in (ken, nobody):
            for path in (link, "/api/requests/no-such-request"):
                answer = await client.get(path)
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    await portal.house.settled()


async def test_while_salesforce_cant_be_read_a_request_is_503_and_a_reading_is_the_last_known(
    portal: Portal, mina: httpx.AsyncClient
) -> None:
    known = (await mina.get(READ)).json()
    portal.house.world.faults.switch("salesforce", "*", "unavailable")
    answer = await mina.post(ASK, json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "retry-after" in answer.headers
    assert (await mina.get(READ, params={"fresh": "1"})).json() == known


async def test_three_changes_an_hour(tmp_path: Path) -> None:
    async with a_portal(tmp_path, dict(LIMITS)) as portal, portal.client(await portal.house.customer()) as mina:
        for town in ("Sonezaki 1", "Sonezaki 2", "Sonezaki 3"):
            assert (await mina.post(ASK, json={"address": OSAKA | {"town": town}})).status_code == 200
        refused = await mina.post(ASK, json={"address": OSAKA | {"town": "Sonezaki 4"}})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert (await mina.post(ASK, json={})).status_code == 200  # changes nothing


async def test_nobody_asks_without_logging_in(portal: Portal) -> None:
    async with portal.client() as client:
        for answer in (await client.get(READ), await client.post(ASK, json={})):
            assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
