"""Checkout over HTTP: pricing, saving, progress, the payment method and submitting (CAT-8, ORD)."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.domain.limits import LIMITS
from ports.store import Flag
from tests.http import shop_portal
from tests.http.account_portal import Portal
from tests.http.shop_portal import INTERNET, SIM, VPN, Shopper, a_shop, cart, order, seen, shopper

SESSION = "/api/checkout/session"

portal, shared = shop_portal.portal, shop_portal.shared


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return shopper(portal)


# --- pricing ---------------------------------------------------------------------------------------------------------
def test_anybody_may_price_a_cart(shared: Portal) -> None:
    answer = shared.post("/checkout/cart", cart(INTERNET, SIM))
    assert answer.status_code == 200
    said = answer.json()
    assert said["totals"] == {"monthly": 6_980, "oneTime": 24_300} == seen(INTERNET, SIM)
    assert [[line["sku"] for line in each["lines"]] for each in said["services"]] == [
        ["INTERNET-HOME-1G-SILVER", "INTERNET-INSTALL-SINGLE"],
        ["SIM-DATA-VOICE-5GB", "SIM-ACTIVATION-FEE"],
    ]
    assert said["services"][0]["lines"][0] == {
        "sku": "INTERNET-HOME-1G-SILVER",
        "name": "Internet Home 1G Silver",
        "itemClass": "plan",
        "billingCycle": "monthly",
        "quantity": 1,
        "unitPrice": 5500,
        "total": 5500,
    }
    bill = said["firstBill"]
    assert (bill["amount"], bill["starts"], bill["ends"]) == (31_280, "2026-01-20", "2026-02-19")
    assert (said["taxNote"], said["stale"]) == ("All prices include consumption tax.", False)
    japanese = shared.post("/checkout/cart", cart(VPN), **{"Accept-Language": "ja"})
    assert japanese.json()["taxNote"] == "価格はすべて税込みです。"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (cart({"plan": "GHOST"}), "services[0].plan", "unknown_sku"),
        (cart(VPN, {"plan": "INTERNET-HOME-1G-SILVER"}), "services[1].extras", "one_installation"),
        (cart(), "services", "cart_empty"),
        (cart(*[VPN] * 6), "services", "too_many_services"),
        (cart({"plan": "SIM-DATA-VOICE-5GB"}), "services[0].sim", "required"),
        (
            cart({"plan": "SIM-DATA-VOICE-5GB", "sim": {"type": "esim", "eid": "1"}}),
            "services[0].sim.eid",
            "not_an_eid",
        ),
    ],
)
def test_what_can_not_be_in_a_cart_is_named(shared: Portal, body: Any, field: str, code: str) -> None:
    answer = shared.post("/checkout/cart", body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert error["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"services": "VPN"},
        {"services": [{"plan": ""}]},
        {"services": [{"plan": "VPN-LONDON", "quantity": 3}]},
        {"services": [{"plan": "VPN-LONDON", "extras": ["X"] * 21}]},
        {"services": [VPN] * 21},
        {"services": [{"plan": "SIM-DATA-VOICE-5GB", "sim": {"type": "telepathy"}}]},
        {"services": [{"plan": "SIM-DATA-VOICE-5GB", "sim": {"type": "esim", "porting": {"reservation": "1"}}}]},
    ],
)
def test_a_body_that_is_no_cart_is_refused_by_field(shared: Portal, body: Any) -> None:
    answer = shared.post("/checkout/cart", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_pricing_is_limited_by_address(tmp_path: Path, migrated_file: Path) -> None:
    with a_shop(tmp_path, migrated_file, limits=LIMITS) as portal:
        codes = [portal.post("/checkout/cart", cart(VPN)).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]


# --- saving ----------------------------------------------------------------------------------------------------------
def test_a_checkout_is_saved_and_comes_back(mina: Shopper) -> None:
    home = mina.get("/me").json()["address"]
    body = {
        "cart": cart(SIM),
        "step": "identity",
        "address": home,
        "choices": {"addressConfirmed": True, "activation": "scheduled", "activateAt": "2026-03-01T09:00:00+09:00"},
    }
    saved = mina.put("/checkout/session", body)
    assert saved.status_code == 200
    said = saved.json()
    assert said["cart"] == {"services": [{"plan": SIM["plan"], "extras": [], "sim": {**SIM["sim"], "porting": None}}]}
    assert (said["step"], said["address"], said["version"], said["token"]) == ("identity", home, 1, None)
    assert said["choices"] == {
        "addressConfirmed": True,
        "activation": "scheduled",
        "activateAt": "2026-03-01T00:00:00Z",
        "opportunityId": None,
    }
    assert said["price"]["totals"] == seen(SIM)
    assert [(step["step"], step["state"]) for step in said["progress"]] == [
        ("address", "complete"),
        ("identity", "to_do"),
        ("payment", "to_do"),
        ("check", "blocked"),
    ]
    assert said["progress"][-1]["message"] == "The steps before this one come first."
    assert mina.get("/checkout/session").json() == said


def test_another_tab_s_save_is_not_overwritten(mina: Shopper) -> None:
    first = mina.save(VPN)
    second = mina.save(VPN, VPN, version=first["version"])
    assert second["version"] == 2
    answer = mina.put("/checkout/session", {"cart": cart(SIM), "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "checkout_changed")


def test_a_repeated_save_under_one_key_is_one_save(mina: Shopper) -> None:
    body = {"cart": cart(VPN), "version": mina.save(VPN)["version"]}
    answers = [mina.put("/checkout/session", body, **{"Idempotency-Key": "save-1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("change", "status", "field", "code"),
    [
        ({"cart": cart({"plan": "GHOST"})}, 422, "cart.services[0].plan", "unknown_sku"),
        (
            {"address": {"postcode": "1", "prefecture": "Tokyo", "city": "X", "town": "1"}},
            422,
            "address.postcode",
            "not_a_postcode",
        ),
        (
            {"choices": {"activation": "scheduled", "activateAt": "2020-01-01T00:00:00Z"}},
            422,
            "choices.activateAt",
            "in_the_past",
        ),
        ({"choices": {"activation": "scheduled"}}, 422, "choices.activateAt", "required"),
        (
            {"choices": {"activation": "scheduled", "activateAt": "2027-01-01T00:00:00Z"}},
            422,
            "choices.activateAt",
            "too_far",
        ),
        ({"choices": {"activateAt": "2026-02-01T00:00:00Z"}}, 422, "choices.activateAt", "not_for_immediate"),
        ({"choices": {"activation": "soon"}}, 400, "choices.activation", "not_one_of"),
        ({"choices": {"activateAt": "2026-02-01T00:00:00"}}, 400, "choices.activateAt", "not_a_time"),
        ({"choices": {"activateAt": "9999-12-31T23:59:59-23:59"}}, 422, "choices.activateAt", "out_of_range"),
        ({"choices": {"opportunityId": "006"}}, 422, "choices.opportunityId", "wrong_shape"),
        ({"step": "party"}, 400, "step", "not_one_of"),
        ({"version": -1}, 400, "version", "too_small"),
        ({"seen": seen(VPN)}, 400, "seen", "unknown_field"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_kept(
    portal: Portal, mina: Shopper, change: dict[str, Any], status: int, field: str, code: str
) -> None:
    answer = mina.put("/checkout/session", {"cart": cart(VPN)} | change)
    assert answer.status_code == status, answer.text
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert mina.get("/checkout/session").json()["code"] == "checkout_missing"


def test_without_an_account_a_token_is_the_way_back(portal: Portal) -> None:
    saved = portal.http.put(SESSION, json={"cart": cart(VPN)})
    assert saved.status_code == 200
    said = saved.json()
    assert said["progress"] is None
    token = {"X-Checkout-Token": said["token"]}
    again = portal.http.get(SESSION, headers=token).json()
    assert again == {**said, "token": None}
    changed = portal.http.put(SESSION, json={"cart": cart(SIM), "version": 1}, headers=token).json()
    assert (changed["version"], changed["token"], changed["id"]) == (2, None, said["id"])
    for headers in ({}, {"X-Checkout-Token": "no-such-token"}):
        answer = portal.http.get(SESSION, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "checkout_missing")
    assert portal.http.get(SESSION, headers={"X-Checkout-Token": "x" * 513}).status_code == 400
    assert portal.http.delete(SESSION, headers=token).status_code == 204
    assert portal.http.get(SESSION, headers=token).status_code == 404


def test_an_idempotency_key_never_keeps_a_token(portal: Portal) -> None:
    key = {"Idempotency-Key": "anonymous-1"}
    answers = [portal.http.put(SESSION, json={"cart": cart(VPN)}, headers=key).json() for _ in range(2)]
    assert answers[0]["token"] != answers[1]["token"]


def test_a_checkout_is_claimed_at_log_in(portal: Portal) -> None:
    token = portal.http.put(SESSION, json={"cart": cart(SIM)}).json()["token"]
    mina = shopper(portal, checkoutToken=token)
    assert mina.get("/checkout/session").json()["cart"]["services"][0]["plan"] == SIM["plan"]
    assert portal.http.get(SESSION, headers={"X-Checkout-Token": token}).status_code == 404


def test_another_customer_never_sees_it(portal: Portal, mina: Shopper) -> None:
    mina.save(VPN)
    jun = shopper(portal, email="jun@example.com")
    assert jun.get("/checkout/session").status_code == 404
    assert jun.delete("/checkout/session").status_code == 204
    assert mina.get("/checkout/session").status_code == 200
    assert mina.delete("/checkout/session").status_code == 204
    assert mina.get("/checkout/session").status_code == 404


def test_a_cart_that_went_out_of_sale_says_so(mina: Shopper) -> None:
    mina.save(VPN)
    mina.deed(mina.staff.deactivate_product, "VPN-LONDON")
    mina.deed(mina.portal.running.container.readings().drop_catalog)
    said = mina.get("/checkout/session").json()
    assert (said["price"], said["progress"]) == (None, None)
    assert [(e["field"], e["code"], e["message"]) for e in said["errors"]] == [
        ("cart.services[0].plan", "unknown_sku", "There is no product VPN-LONDON.")
    ]


# --- the payment method ----------------------------------------------------------------------------------------------
def test_the_payment_status_costs_billing_one_reading_in_three_seconds(portal: Portal, mina: Shopper) -> None:
    assert portal.http.get("/api/checkout/payment-status").status_code == 401
    first = mina.get("/checkout/payment-status").json()
    assert (first["present"], first["count"], first["method"], first["pollAfter"]) == (False, 0, None, 3)
    assert first["destination"] == "payment-methods"
    portal.world.clock.advance(timedelta(seconds=10))
    portal.world.calls.clear()
    for _ in range(5):
        mina.get("/checkout/payment-status")
    assert portal.world.calls["whmcs", "payment_methods"] == 1
    mina.deed(mina.billing.add_payment_method, mina.client)
    portal.world.clock.advance(timedelta(seconds=4))
    said = mina.get("/checkout/payment-status").json()
    assert (said["present"], said["count"]) == (True, 1)
    assert said["method"]["lastFour"] == "4242"


# --- submitting ------------------------------------------------------------------------------------------------------
def submit(mina: Shopper, **headers: str) -> Any:
    return mina.post("/checkout/submit", {}, **headers)


def test_a_saved_checkout_becomes_its_orders_once(mina: Shopper) -> None:
    mina.ready().save(INTERNET, SIM)
    answer = submit(mina)
    assert answer.status_code == 201
    said = answer.json()
    rows = mina.orders()
    assert said["orders"] == [
        {
            "id": row["id"],
            "number": row["number"],
            "productType": product,
            "status": "pending_review",
            "links": {"self": f"/api/orders/{row['id']}"},
        }
        for row, product in zip(rows, ("internet", "sim"), strict=True)
    ]
    assert answer.headers["location"] == "/api/orders"
    again = submit(mina, **{"Idempotency-Key": "another"})
    assert (again.status_code, again.json()) == (201, said)
    assert len(mina.orders()) == 2
    assert mina.get("/checkout/session").json()["requestId"] == said["requestId"]
    answer = mina.put("/checkout/session", {"cart": cart(VPN), "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "checkout_submitted")


def test_a_checkout_that_wished_for_the_same_is_submitted_too(mina: Shopper) -> None:
    """Saved and sent once more a moment later, and again when that is long over (ORD-5)."""
    mina.ready().save(VPN)
    said = submit(mina).json()
    mina.save(VPN)
    assert submit(mina).json() == said
    mina.portal.world.clock.advance(timedelta(minutes=5))
    again = submit(mina)
    assert (again.status_code, again.json()) == (201, said)
    assert len(mina.orders()) == 1
    assert mina.get("/checkout/session").json()["requestId"] == said["requestId"]


def test_every_closed_gate_is_named_with_what_opens_it(portal: Portal) -> None:
    new = shopper(portal, birthDate=None)
    new.put("/checkout/session", {"cart": cart(VPN, INTERNET, SIM)})
    answer = submit(new)
    assert (answer.status_code, answer.json()["code"]) == (409, "gates_closed")
    gates = answer.json()["gates"]
    assert [(gate["code"], gate.get("service")) for gate in gates] == [
        ("details_missing", None),
        ("address_not_confirmed", None),
        ("not_eligible", 1),
        ("id_not_verified", 2),
        ("payment_method_missing", None),
    ]
    assert gates[-1] == {
        "code": "payment_method_missing",
        "message": "There is no payment method.",
        "action": {"label": "Add a payment method", "url": "http://127.0.0.1:8000/account/billing"},
    }
    assert new.orders() == []
    japanese = submit(new, **{"Accept-Language": "ja"})
    assert japanese.json()["gates"][-1]["message"] == "お支払い方法が登録されていません。"


def test_a_refused_submit_does_not_use_up_its_key(mina: Shopper) -> None:
    mina.save(VPN)
    key = {"Idempotency-Key": "submit-1"}
    assert submit(mina, **key).json()["gates"][0]["code"] == "payment_method_missing"
    mina.deed(mina.billing.add_payment_method, mina.client)
    assert submit(mina, **key).status_code == 201
    assert submit(mina, **key).headers["idempotency-replayed"] == "true"
    assert len(mina.orders()) == 1


def test_a_price_that_changed_is_shown_before_it_is_paid(mina: Shopper) -> None:
    mina.ready().save(VPN)
    mina.portal.world.faults.switch("salesforce", "CatalogChanged", "lost_event")
    mina.deed(mina.staff.change_price, "VPN-LONDON", 2_600)
    assert submit(mina).json()["gates"][0]["code"] == "price_changed"
    assert mina.get("/checkout/session").json()["price"]["totals"]["monthly"] == 2_600
    assert submit(mina).status_code == 201


def test_a_gate_that_can_not_be_read_is_503_and_nothing_kept(mina: Shopper) -> None:
    mina.ready().save(VPN)
    mina.portal.world.faults.switch("whmcs", "*", "unavailable")
    answer = submit(mina)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    mina.portal.world.faults.clear()
    assert mina.get("/checkout/session").json()["submittedAt"] is None
    assert mina.orders() == []


def test_what_an_operator_ended_is_told_as_refused(mina: Shopper) -> None:
    mina.ready().save(VPN)
    mina.portal.world.faults.switch("salesforce", "ensure_order", "unavailable")
    said = submit(mina).json()
    work = mina.portal.running.container.work()
    [held] = [each.key for each in mina.portal.now(work.unsettled) if each.request == said["requestId"]]
    mina.portal.now(work.park, held)
    mina.portal.settle()  # a try that was under way when the work was parked is over
    mina.portal.now(partial(work.cancel, stopped=True), held)
    mina.portal.world.faults.clear()
    mina.portal.settle()
    shown = mina.get(f"/requests/{said['requestId']}").json()
    assert (shown["state"], shown["problem"]["code"]) == ("refused", "refused")
    assert submit(mina).status_code == 201


def test_a_checkout_whose_earlier_twin_came_to_nothing_is_open_again(mina: Shopper) -> None:
    """An order without a checkout was on its way, and Salesforce would not have it."""
    mina.ready()
    mina.portal.world.faults.switch("salesforce", "ensure_order", "unavailable")
    said = mina.post("/orders", order(VPN)).json()
    mina.save(VPN)
    assert submit(mina).json()["requestId"] == said["requestId"]
    mina.portal.world.faults.clear()
    mina.portal.world.faults.switch("salesforce", "ensure_order", "refused", times=1)
    mina.portal.settle()
    assert mina.get(f"/requests/{said['requestId']}").json()["state"] == "refused"
    assert submit(mina).status_code == 201


def test_what_takes_longer_is_received_and_then_there(mina: Shopper) -> None:
    mina.ready().save(VPN)
    mina.portal.world.faults.switch("salesforce", "ensure_order", "unavailable")
    answer = submit(mina)
    assert answer.status_code == 202
    said = answer.json()
    assert said["state"] in ("received", "in_progress")
    assert answer.headers["location"] == said["links"]["self"] == f"/api/requests/{said['requestId']}"
    mina.portal.world.faults.clear()
    mina.portal.settle()
    done = submit(mina)
    assert (done.status_code, done.json()["requestId"]) == (201, said["requestId"])
    assert len(mina.orders()) == 1


def test_nothing_saved_is_nothing_to_submit(portal: Portal, mina: Shopper) -> None:
    assert (submit(mina).status_code, submit(mina).json()["code"]) == (404, "checkout_missing")
    assert portal.post("/checkout/submit", {}).status_code == 401
    assert mina.post("/checkout/submit", {"cart": cart(VPN)}).status_code == 400


def test_unified_checkout_can_be_switched_off(portal: Portal, mina: Shopper) -> None:
    mina.ready().save(VPN)

    async def switch() -> None:
        async with portal.running.container.store().begin() as shelves:
            await shelves.flags.set(Flag("unified_checkout", 0))

    portal.now(switch)
    portal.world.clock.advance(timedelta(minutes=1))
    for answer in (submit(mina), mina.get("/checkout/session"), mina.put("/checkout/session", {"cart": cart(VPN)})):
        assert (answer.status_code, answer.json()["code"]) == (403, "switched_off")
    assert len(mina.place(VPN)) == 1


def test_a_customer_whose_token_is_over_is_not_taken_for_a_stranger(mina: Shopper) -> None:
    mina.save(VPN)
    mina.portal.world.clock.advance(timedelta(hours=1))
    for answer in (mina.get("/checkout/session"), mina.put("/checkout/session", {"cart": cart(VPN)})):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")
