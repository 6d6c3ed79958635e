"""The end of a service over HTTP (CAN)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.cancellation import Kit, months_offered
from core.domain.japan import end_of_month
from tests.http.account_portal import Portal
from tests.http.service_portal import active, another, as_it_is, settled
from tests.http.shop_portal import INTERNET, VPN, Shopper, a_shop


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    """One portal for all; each test has a customer of its own."""
    with a_shop(tmp_path_factory.mktemp("shop"), migrated_file) as portal:
        yield portal


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return another(portal)


def offered(portal: Portal) -> list[str]:
    return [str(month) for month in months_offered(portal.world.clock.now())]


def cases(mina: Shopper) -> list[Any]:
    return list(mina.portal.world.records.find("case", account=mina.account))


def test_a_service_is_ended_and_let_go_on(portal: Portal, mina: Shopper) -> None:
    service = active(mina, INTERNET)
    path, months = f"/subscriptions/{service}/cancellation", offered(portal)
    before = mina.get(path).json()
    assert (before["state"], before["canCancel"], before["returnsKit"], before["canUndo"]) == (
        "active",
        True,
        True,
        False,
    )
    assert [each["month"] for each in before["months"]] == months
    end = end_of_month(months_offered(portal.world.clock.now())[1])
    assert before["months"][1] == {
        "month": months[1],
        "endsAt": end.isoformat(),
        "lastBill": months[1],
        "askedTomorrow": months[1],
    }

    asked = mina.post(path, {"month": months[1]})
    assert asked.status_code == 200
    ending = {"month": months[1], "endsAt": end.isoformat(), "kit": "not_yet", "withStaff": False}
    assert as_it_is(asked) == as_it_is(mina.get(path))
    assert (asked.json()["state"], asked.json()["cancellation"], asked.json()["canUndo"]) == ("ending", ending, True)
    assert datetime.fromisoformat(asked.json()["undoUntil"]) == end - timedelta(days=3)
    assert mina.get(f"/subscriptions/{service}").json()["cancellation"] == ending
    # never the case
    assert cases(mina)[0]["id"] not in asked.text
    assert mina.get("/support/cases").json()["items"] == []

    again = mina.post(f"/subscriptions/{service}/cancel", {"month": months[2]})
    assert (again.status_code, again.json()["cancellation"]) == (200, ending)
    assert len(cases(mina)) == 1

    undone = mina.delete(path)
    assert (undone.status_code, undone.json()["state"], undone.json()["canCancel"]) == (200, "active", True)
    assert mina.delete(path).json()["state"] == "active"
    assert [case["status"] for case in cases(mina)] == ["Closed"]
    told = [item["type"] for item in mina.get("/notifications").json()["items"]]
    assert told[:2] == ["cancellation_undone", "cancellation_scheduled"]


def test_it_ends_when_billing_has_ended_it_and_the_kit_is_back(portal: Portal, mina: Shopper) -> None:
    service = active(mina, INTERNET)
    path = f"/subscriptions/{service}/cancellation"
    mina.post(path, {"month": offered(portal)[0]})
    [sale] = portal.world.records.find("opportunity", account=mina.account, service=int(service))
    mina.deed(mina.staff.move_kit, sale["id"], Kit.SENT)
    assert mina.get(path).json()["cancellation"]["kit"] == "sent"
    mina.deed(mina.staff.move_kit, sale["id"], Kit.RETURNED_1)
    refused = mina.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")
    mina.deed(mina.billing.terminate_service, service)
    settled(portal)
    ended = mina.get(path).json()
    assert (ended["state"], ended["canCancel"], ended["months"], ended["cancellation"]) == ("ended", False, [], None)
    assert mina.get("/notifications").json()["items"][0]["type"] == "cancellation_complete"


def test_without_a_sale_staff_follow_it_and_it_says_so(mina: Shopper, portal: Portal) -> None:
    service = mina.deed(mina.billing.add_service, mina.client, "Router rental")
    path = f"/subscriptions/{service}/cancellation"
    asked = mina.post(path, {"month": offered(portal)[0]})
    assert (asked.status_code, asked.json()["state"], asked.json()["canUndo"]) == (200, "ending", False)
    assert asked.json()["cancellation"]["withStaff"] is True
    assert as_it_is(mina.post(path, {"month": offered(portal)[1]})) == as_it_is(asked)
    assert (mina.delete(path).status_code, len(cases(mina))) == (409, 1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"month": "2024-01"}, 422, "month_not_offered"),
        ({"month": "2099-01"}, 422, "month_not_offered"),
        ({"month": "2026-13"}, 422, "invalid"),
        ({"month": "January"}, 422, "invalid"),
        ({"month": "2026-001"}, 400, "unreadable"),
        ({"month": 1}, 400, "unreadable"),
        ({}, 400, "unreadable"),
        ({"month": "2026-02", "at": "now"}, 400, "unreadable"),
    ],
)
def test_a_month_that_is_not_on_offer_is_refused(
    portal: Portal, running: tuple[Shopper, str], body: dict[str, Any], status: int, code: str
) -> None:
    ken, service = running
    answer = ken.post(f"/subscriptions/{service}/cancellation", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert cases(ken) == []


@pytest.fixture(scope="module")
def running(portal: Portal) -> tuple[Shopper, str]:
    """A service that runs on, whatever is asked."""
    ken = another(portal)
    return ken, active(ken, VPN)


def test_twenty_at_once_open_one_case(portal: Portal, mina: Shopper) -> None:
    service, month = active(mina, VPN), offered(portal)[0]

    def ask(number: int) -> Any:
        path = f"/subscriptions/{service}/{'cancel' if number % 2 else 'cancellation'}"
        return mina.post(path, {"month": month}, **{"Idempotency-Key": f"k{number}"})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(cases(mina)) == 1


def test_a_service_that_does_not_run_can_not_end(mina: Shopper, portal: Portal) -> None:
    service = active(mina, VPN)
    mina.deed(mina.billing.suspend_service, service)
    answer = mina.post(f"/subscriptions/{service}/cancellation", {"month": offered(portal)[0]})
    assert (answer.status_code, answer.json()["code"]) == (409, "service_not_active")


def test_salesforce_away_while_it_is_written_makes_it_a_request(portal: Portal, mina: Shopper) -> None:
    service = active(mina, VPN)
    path = f"/subscriptions/{service}/cancellation"
    portal.world.faults.switch("salesforce", "ensure_cancelling", "timeout_after", times=1_000)
    answer = mina.post(path, {"month": offered(portal)[0]})
    assert (answer.status_code, answer.json()["state"]) == (202, "in_progress")
    portal.world.faults.clear()
    settled(portal)
    assert mina.get(answer.headers["location"].removeprefix("/api")).json()["state"] == "done"
    assert mina.get(path).json()["state"] == "ending"
    assert len(cases(mina)) == 1
