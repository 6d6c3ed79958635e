"""Orders over HTTP: place, list, read, withdraw, and twenty at once (ORD)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.domain.order import CancelCode
from tests.http import shop_portal
from tests.http.account_portal import Portal
from tests.http.shop_portal import INTERNET, SIM, VPN, Shopper, order, seen, shopper

NOWHERE = "801000000000009AAA"

portal, shared = shop_portal.portal, shop_portal.shared


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return shopper(portal).ready()


@pytest.fixture(scope="module")
def ken(shared: Portal) -> Shopper:
    return shopper(shared, email="ken@example.com").ready()


# --- placing ---------------------------------------------------------------------------------------------------------
def test_a_cart_becomes_an_order_for_each_service(mina: Shopper) -> None:
    answer = mina.post("/orders", order(INTERNET, SIM, SIM, VPN))
    assert answer.status_code == 201
    placed = answer.json()["orders"]
    assert [each["productType"] for each in placed] == ["internet", "sim", "sim", "vpn"]
    assert [each["id"] for each in placed] == [row["id"] for row in mina.orders()]
    assert len({row["opportunity"] for row in mina.orders()}) == 4


def test_one_order_is_linked_to(mina: Shopper) -> None:
    answer = mina.post("/orders", order(VPN))
    [placed] = answer.json()["orders"]
    assert answer.headers["location"] == placed["links"]["self"] == f"/api/orders/{placed['id']}"


def test_a_price_that_was_not_seen_is_refused(mina: Shopper) -> None:
    answer = mina.post("/orders", order(VPN, seen={"monthly": 1, "oneTime": 0}))
    assert (answer.status_code, [gate["code"] for gate in answer.json()["gates"]]) == (409, ["price_changed"])


@pytest.mark.parametrize(
    ("change", "status", "field", "code"),
    [
        ({"cart": {"services": [{"plan": "GHOST"}]}}, 422, "cart.services[0].plan", "unknown_sku"),
        ({"seen": {"monthly": 2500}}, 400, "seen.oneTime", "required"),
        ({"seen": {"monthly": -1, "oneTime": 0}}, 400, "seen.monthly", "too_small"),
        ({"seen": {"monthly": 2500.5, "oneTime": 0}}, 400, "seen.monthly", "wrong_type"),
        ({"activation": "scheduled"}, 422, "activateAt", "required"),
        ({"activateAt": "yesterday"}, 400, "activateAt", "not_a_time"),
        ({"opportunityId": "not an id"}, 422, "opportunityId", "wrong_shape"),
        ({"account": "001"}, 400, "account", "unknown_field"),
    ],
)
def test_each_wrong_field_is_named(ken: Shopper, change: dict[str, Any], status: int, field: str, code: str) -> None:
    answer = ken.post("/orders", order(VPN) | change)
    assert answer.status_code == status, answer.text
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert ken.orders() == []


def test_a_number_brought_along_is_checked_field_by_field(ken: Shopper) -> None:
    porting = {
        "reservation": "12",
        "expires": "2020-01-01",
        "phoneNumber": "0312345678",
        "lastKana": "Park",
        "firstKana": "ミナ",
        "birthDate": "1994-05-06",
        "gender": "female",
    }
    wanted = {**SIM, "sim": {**SIM["sim"], "porting": porting}}
    answer = ken.post("/orders", order(wanted))
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("cart.services[0].sim.porting.reservation", "not_a_reservation"),
        ("cart.services[0].sim.porting.expires", "reservation_over"),
        ("cart.services[0].sim.porting.phoneNumber", "not_a_mobile_number"),
        ("cart.services[0].sim.porting.lastKana", "not_katakana"),
    ]


def test_a_number_brought_along_is_carried_on_the_order(mina: Shopper) -> None:
    porting = {
        "reservation": "1234567890",
        "expires": "2026-02-04",
        "phoneNumber": "09012345678",
        "lastKana": "パク",
        "firstKana": "ミナ",
        "birthDate": "1994-05-06",
        "gender": "female",
    }
    [placed] = mina.place({**SIM, "sim": {"type": "physical", "porting": porting}})
    said = mina.get(f"/orders/{placed['id']}").json()["sim"]
    assert said == {
        "type": "physical",
        "eid": None,
        "shippedAt": None,
        "phoneNumber": "09012345678",
        "reservationUntil": "2026-02-04",
    }


def test_nobody_orders_for_somebody_else(portal: Portal, mina: Shopper) -> None:
    assert portal.post("/orders", order(VPN)).status_code == 401
    jun = shopper(portal, email="jun@example.com").ready()
    mina.place(SIM)
    [theirs] = mina.orders()
    answer = jun.post("/orders", order(SIM, opportunityId=theirs["opportunity"]))
    assert (answer.status_code, answer.json()["code"]) == (422, "opportunity_unusable")
    assert jun.orders() == []


# --- asked twice -----------------------------------------------------------------------------------------------------
def test_the_same_key_is_the_same_answer_and_another_body_is_refused(mina: Shopper) -> None:
    key = {"Idempotency-Key": "order-1"}
    first, again = [mina.post("/orders", order(VPN), **key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = mina.post("/orders", order(SIM), **key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len(mina.orders()) == 1


@pytest.mark.parametrize("keys", ["none", "same", "different"])
@pytest.mark.parametrize("by", ["checkout", "body"])
def test_twenty_at_once_are_one(mina: Shopper, keys: str, by: str) -> None:
    mina.save(INTERNET)
    path, body = ("/checkout/submit", {}) if by == "checkout" else ("/orders", order(INTERNET))

    def submit(number: int) -> Any:
        sent = {"same": {"Idempotency-Key": "k"}, "different": {"Idempotency-Key": f"k{number}"}, "none": {}}[keys]
        return mina.post(path, body, **sent)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(submit, range(20)))
    codes = {answer.status_code for answer in answers}
    # with one key the others may be told that the first still runs
    assert codes <= ({201, 409} if keys == "same" else {201})
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"still_running"}
    done = [answer.json() for answer in answers if answer.status_code == 201]
    assert done
    assert all(each == done[0] for each in done)
    assert len(mina.orders()) == 1
    created = mina.portal.world.ledger
    assert len(created.of("create order")) == len(created.of("create opportunity")) == 1


# --- listing and reading ---------------------------------------------------------------------------------------------
def test_orders_are_listed_newest_first_page_by_page(mina: Shopper) -> None:
    placed = [each["id"] for each in mina.place(VPN, VPN, SIM)]
    first = mina.get("/orders", limit=2).json()
    rest = mina.get("/orders", limit=2, cursor=first["nextCursor"]).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [row["id"] for row in reversed(mina.orders())]
    assert {item["id"] for item in first["items"] + rest["items"]} == set(placed)
    assert rest["nextCursor"] is None
    assert first["items"][0].keys() == {
        "id",
        "number",
        "productType",
        "plan",
        "status",
        "activation",
        "activationType",
        "activateAt",
        "totals",
        "placedAt",
    }
    assert mina.get("/orders", cursor="made-up").status_code == 400
    assert mina.get("/orders", limit=0).status_code == 400


def test_an_order_in_full(mina: Shopper) -> None:
    [placed] = mina.place(INTERNET)
    said = mina.get(f"/orders/{placed['id']}").json()
    assert (said["number"], said["status"], said["activation"], said["canWithdraw"]) == (
        placed["number"],
        "pending_review",
        None,
        True,
    )
    assert (said["plan"], said["totals"]) == ("Internet Home 1G Silver", seen(INTERNET))
    assert [(line["sku"], line["unitPrice"], line["total"]) for line in said["lines"]] == [
        ("INTERNET-HOME-1G-SILVER", 5_500, 5_500),
        ("INTERNET-INSTALL-SINGLE", 22_800, 22_800),
    ]
    assert (said["eligibility"]["status"], said["eligibility"]["value"]) == ("eligible", "Home 1G")
    assert (said["identity"], said["sim"], said["cancelled"]) == (None, None, None)
    assert said["address"]["postcode"] == "110-0001"
    assert [(entry["event"], entry["open"]) for entry in said["timeline"]] == [
        ("check_eligible", False),
        ("order_placed", False),
        ("order_in_review", True),
    ]
    review = said["timeline"][-1]
    assert (review["holder"], review["late"], review["message"]) == ("sonixnet", False, "We are checking your order")
    assert review["expected"]["latest"] > said["placedAt"]
    assert mina.get(f"/orders/{placed['id']}/timeline").json()["entries"] == said["timeline"]
    japanese = mina.portal.http.get(
        f"/api/orders/{placed['id']}", headers={**mina.customer.headers, "Accept-Language": "ja"}
    )
    assert japanese.json()["timeline"][-1]["message"] == "お申し込み内容を確認しています"


def test_a_short_id_is_the_same_order(mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    assert mina.get(f"/orders/{placed['id'][:15]}").json()["id"] == placed["id"]


def test_activation_is_told_once_approved(mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    mina.portal.world.faults.switch("salesforce", "OrderChanged", "lost_event")
    mina.deed(mina.staff.approve_order, placed["id"])
    said = mina.get(f"/orders/{placed['id']}").json()
    assert (said["status"], said["activation"], said["canWithdraw"]) == ("approved", "not_started", False)


def test_an_id_that_is_not_the_customer_s_is_not_there(portal: Portal, mina: Shopper) -> None:
    jun = shopper(portal, email="jun@example.com").ready()
    [theirs] = jun.place(VPN)
    for id in (theirs["id"], theirs["id"][:15], NOWHERE, "801", "x" * 18, "0018000000000001"):
        for answer in (
            mina.get(f"/orders/{id}"),
            mina.get(f"/orders/{id}/timeline"),
            mina.post(f"/orders/{id}/withdraw"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    [row] = jun.orders()
    assert row["status"] == "Pending Review"


# --- withdrawing -----------------------------------------------------------------------------------------------------
def test_an_order_is_withdrawn_and_told(mina: Shopper) -> None:
    [placed] = mina.place(INTERNET)
    answer = mina.post(f"/orders/{placed['id']}/withdraw")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["status"]) == (placed["id"], "cancelled")
    again = mina.post(f"/orders/{placed['id']}/withdraw")
    assert (again.status_code, again.json()) == (200, answer.json())
    mina.portal.settle()
    said = mina.get(f"/orders/{placed['id']}").json()
    assert (said["status"], said["canWithdraw"]) == ("cancelled", False)
    assert said["cancelled"] == {
        "code": "CUSTOMER_WITHDREW",
        "message": "You withdrew this order. You can order again at any time.",
    }
    sale = mina.portal.world.records.get("opportunity", mina.orders()[0]["opportunity"])
    assert sale is not None
    assert sale["stage"] == "Void"
    [again_placed] = mina.place(INTERNET)
    assert again_placed["id"] != placed["id"]


def test_what_staff_said_no_to_is_told_with_their_words(mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    mina.deed(mina.staff.reject_order, placed["id"], CancelCode.DETAILS_WRONG, "Please spell your name in full.")
    said = mina.get(f"/orders/{placed['id']}").json()
    assert said["cancelled"] == {"code": "DETAILS_WRONG", "message": "Please spell your name in full."}
    answer = mina.post(f"/orders/{placed['id']}/withdraw")
    assert (answer.status_code, answer.json()["code"]) == (409, "move_refused")


def test_what_is_approved_is_not_withdrawn(mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    mina.portal.world.faults.switch("salesforce", "OrderChanged", "lost_event")
    mina.deed(mina.staff.approve_order, placed["id"])
    answer = mina.post(f"/orders/{placed['id']}/withdraw")
    assert (answer.status_code, answer.json()["code"]) == (409, "move_refused")
    assert mina.orders()[0]["status"] == "Approved"


def test_an_approval_on_the_way_wins_over_a_withdrawal(mina: Shopper) -> None:
    [placed] = mina.place(VPN)
    world = mina.portal.world
    world.faults.switch("salesforce", "OrderChanged", "lost_event")
    world.faults.switch("salesforce", "ensure_cancelled", "unavailable")
    answer = mina.post(f"/orders/{placed['id']}/withdraw")
    assert answer.status_code == 202
    mina.deed(mina.staff.approve_order, placed["id"])
    world.faults.clear("salesforce", "ensure_cancelled")
    mina.portal.settle()
    again = mina.post(f"/orders/{placed['id']}/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "move_refused")
