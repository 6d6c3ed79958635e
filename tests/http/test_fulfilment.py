"""The signed calls: provision an order, and what billing tells (FUL-7, T-4)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.domain.order import CancelCode
from tests.http.account_portal import Portal
from tests.http.service_portal import another, provision, settled, signed
from tests.http.shop_portal import INTERNET, VPN, Shopper, a_shop

CARD = {"plan": "SIM-DATA-VOICE-5GB", "sim": {"type": "physical"}}
NEWS = {"event": "InvoicePaid", "id": "n-1", "at": "2026-01-05T10:00:00+09:00", "clientId": "1"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    """One portal for all; each test has a customer of its own."""
    with a_shop(tmp_path_factory.mktemp("shop"), migrated_file) as portal:
        yield portal


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return another(portal)


def billed(mina: Shopper) -> int:
    """How many orders billing ever had of the customer."""
    return len([e for e in mina.portal.world.ledger.of("create billing order") if is_of(mina, e.id)])


def is_of(mina: Shopper, billing_order: str) -> bool:
    row = mina.portal.world.records.get("billing_order", billing_order)
    return row is None or row["client"] == mina.client


def approved(mina: Shopper, service: dict[str, Any]) -> str:
    [placed] = mina.place(service)
    mina.deed(mina.staff.approve_order, placed["id"])
    return str(placed["id"])


def test_an_order_that_is_not_approved_is_a_conflict(portal: Portal, mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    answer = provision(portal, placed["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_approved")
    assert answer.headers["content-type"] == "application/problem+json"
    mina.deed(mina.staff.reject_order, placed["id"], CancelCode.OTHER, "Sorry.")
    assert provision(portal, placed["id"]).status_code == 409
    settled(portal)
    assert billed(mina) == 0


@pytest.mark.parametrize("order", ["801000000000009AAA", "801000000000009", "nonsense", "1", "８０１"])
def test_an_order_that_is_not_there_is_not_found(portal: Portal, order: str) -> None:
    answer = provision(portal, order) if order.isascii() else signed(portal, "/orders/%EF%BC%98/provision", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_call_says_how_the_work_stands(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, VPN)
    first = provision(portal, order)
    assert first.status_code == 202
    assert first.json()["state"] in ("received", "in_progress", "done")
    assert first.json() | {"state": ""} == {"orderId": order, "state": "", "code": None, "waitsFor": None}
    settled(portal)
    later = provision(portal, order)
    assert (later.status_code, later.json()["state"]) == (202, "done")
    assert mina.get(f"/orders/{order}").json()["activation"] == "activated"
    assert billed(mina) == 1


def test_a_stranger_can_not_use_up_the_key_of_a_signed_call(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, VPN)
    stranger = {"X-Signature": "v1=" + "0" * 64, "Idempotency-Key": f"prov-{order}"}
    sent = portal.http.post("/api/auth/resend-verification", json={"signupId": "nobody"}, headers=stranger)
    assert sent.status_code == 202
    assert provision(portal, order, key=f"prov-{order}").status_code == 202


def test_the_short_id_is_the_same_order(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, VPN)
    answers = [provision(portal, id) for id in (order[:15], order)]
    assert [answer.json()["orderId"] for answer in answers] == [order, order]
    settled(portal)
    assert billed(mina) == 1


def test_a_key_that_was_seen_gives_the_first_answer(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, VPN)
    first = provision(portal, order, key="prov-1")
    settled(portal)
    again = provision(portal, order, key="prov-1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert provision(portal, order, key="prov-2").json()["state"] == "done"


def test_twenty_calls_and_the_event_provision_once(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, INTERNET)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: provision(portal, order, key=f"k{number}"), range(20)))
    assert {answer.status_code for answer in answers} == {202}
    settled(portal)
    assert billed(mina) == 1
    assert len(portal.world.records.find("service", client=mina.client)) == 2
    assert mina.get("/subscriptions").json()["items"][-1]["status"] == "active"


def test_a_scheduled_order_is_activated_now(portal: Portal, mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    now = portal.world.clock.now()
    mina.deed(mina.staff.reschedule, placed["id"], now.replace(year=now.year + 1))
    mina.deed(mina.staff.approve_order, placed["id"])
    settled(portal)
    assert mina.get(f"/orders/{placed['id']}").json()["activation"] == "not_started"
    assert provision(portal, placed["id"]).status_code == 202
    settled(portal)
    assert mina.get(f"/orders/{placed['id']}").json()["activation"] == "activated"


def test_an_order_whose_card_was_not_sent_waits_for_it(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, CARD)
    answer = provision(portal, order)
    assert (answer.status_code, answer.json()["state"], answer.json()["waitsFor"]) == (202, "received", "shipping")
    mina.deed(mina.staff.ship_sim, order)
    settled(portal)
    assert provision(portal, order).json() == {"orderId": order, "state": "done", "code": None, "waitsFor": None}


def test_a_failed_activation_is_calm_for_the_customer_and_a_call_tries_again(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, VPN)
    for row in portal.world.records.find("payment_method", client=mina.client):
        mina.deed(mina.billing.remove_payment_method, mina.client, row["id"])
    provision(portal, order)
    settled(portal)
    failed = provision(portal, order)
    settled(portal)
    assert failed.status_code == 202
    shown = mina.get(f"/orders/{order}").json()
    assert shown["activation"] == "failed"
    assert "PAYMENT_REQUIRED" not in str(shown)
    told = [item["type"] for item in mina.get("/notifications").json()["items"]]
    assert told.count("order_failed") == 2
    mina.deed(mina.billing.add_payment_method, mina.client)
    provision(portal, order)
    settled(portal)
    assert mina.get(f"/orders/{order}").json()["activation"] == "activated"


def test_an_unsigned_call_is_refused(portal: Portal, mina: Shopper) -> None:
    order = approved(mina, VPN)
    assert mina.post(f"/orders/{order}/provision", {"activation": "now"}).status_code == 400
    assert provision(portal, order, secret="another-secret-0123456789abcdef0123").status_code == 401
    assert signed(portal, "/hooks/whmcs", NEWS, secret="another-secret-0123456789abcdef0123").status_code == 401


# --- what billing tells --------------------------------------------------------------------------------------------
def test_news_of_billing_are_taken_once(portal: Portal, mina: Shopper) -> None:
    mina.get("/me/status")
    news = NEWS | {"clientId": mina.client, "invoiceId": 7, "serviceId": "5"}
    for _ in range(2):
        answer = signed(portal, "/hooks/whmcs", news)
        assert (answer.status_code, answer.json()) == (202, {"id": "n-1"})
    settled(portal)
    work = portal.running.container.work()
    for fact in ("invoice", "service"):
        learned = portal.now(work.outcome, f"fact:whmcs:n-1:{fact}", 0)
        assert (learned.state, learned.attempts) == ("done", 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": ""}, "event"),
        ({"event": "Invoice Paid"}, "event"),
        ({"id": "あ"}, "id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-01-05T10:00:00"}, "at"),
        ({"clientId": "one"}, "clientId"),
        ({"clientId": 0}, "clientId"),
        ({"clientId": "0"}, "clientId"),
        ({"clientId": "07"}, "clientId"),
        ({"clientId": True}, "clientId"),
        ({"clientId": None}, "clientId"),
        ({"invoiceId": "9" * 40}, "invoiceId"),
        ({"email": "mina@example.com"}, "email"),
    ],
)
def test_news_that_are_none_are_refused_by_field(portal: Portal, change: dict[str, Any], field: str) -> None:
    answer = signed(portal, "/hooks/whmcs", NEWS | change)
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_news_of_a_time_outside_of_all_calendars_are_refused(portal: Portal) -> None:
    answer = signed(portal, "/hooks/whmcs", NEWS | {"at": "0001-01-01T00:00:00+14:00"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "out_of_range")
