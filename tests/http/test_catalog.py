"""The catalog over HTTP (CAT-1 to CAT-7, OPS-3)."""

from typing import Any

import pytest

from core.domain.eligibility import EligibilityStatus
from ports.store import Flag
from tests.http import shop_portal
from tests.http.account_portal import Portal
from tests.http.shop_portal import Shopper, shopper

PATHS = ("/api/catalog", "/api/catalog/internet", "/api/catalog/sim", "/api/catalog/vpn")

portal, shared = shop_portal.portal, shop_portal.shared


def shelf(answer: Any, line: str) -> dict[str, Any]:
    [found] = [each for each in answer.json()["shelves"] if each["type"] == line]
    return dict(found)


def reads(portal: Portal) -> int:
    return portal.world.calls["salesforce", "catalog"]


def test_anyone_sees_what_is_sold(shared: Portal) -> None:
    answer = shared.http.get("/api/catalog")
    assert answer.status_code == 200
    said = answer.json()
    assert [each["type"] for each in said["shelves"]] == ["internet", "sim", "vpn"]
    assert (said["taxIncluded"], said["stale"], "readAt" in said) == (True, False, False)
    [silver] = [i for i in shelf(answer, "internet")["items"] if i["sku"] == "INTERNET-HOME-1G-SILVER"]
    assert silver == {
        "sku": "INTERNET-HOME-1G-SILVER",
        "name": "Internet Home 1G Silver",
        "description": "Fibre to your home, up to 1 Gbps. Line, provider and modem.",
        "type": "internet",
        "itemClass": "plan",
        "billingCycle": "monthly",
        "unitPrice": 5500,
        "orderable": True,
        "offering": "Home 1G",
        "tier": "Silver",
    }
    sims = shelf(answer, "sim")["items"]
    assert not any(item.get("familyDiscount") for item in sims)
    [soon] = [item for item in sims if item["sku"] == "SIM-DATA-VOICE-100GB"]
    assert (soon["orderable"], soon["dataSize"], soon["planType"]) == (False, "100GB", "data_sms_voice")
    assert "INTERNET-HOME-1G-CLASSIC" not in answer.text


@pytest.mark.parametrize("line", ["internet", "sim", "vpn"])
def test_a_product_line_is_the_same_by_itself(shared: Portal, line: str) -> None:
    assert shared.http.get(f"/api/catalog/{line}").json()["shelves"] == [shelf(shared.http.get("/api/catalog"), line)]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_is_told_so(shared: Portal, path: str) -> None:
    first = shared.http.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = shared.http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert shared.http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert shared.http.head(path).headers["etag"] == first.headers["etag"]
    assert shared.http.get(path, params={"page": "2"}).status_code == 400


def test_a_look_costs_salesforce_nothing_and_a_change_is_seen(portal: Portal) -> None:
    etags = {portal.http.get("/api/catalog/vpn").headers["etag"] for _ in range(20)}
    assert (reads(portal), len(etags)) == (1, 1)
    mina = shopper(portal)
    mina.deed(mina.staff.change_price, "VPN-LONDON", 2_600)
    mina.deed(portal.running.container.readings().drop_catalog)
    said = portal.http.get("/api/catalog/vpn")
    assert said.headers["etag"] not in etags
    assert {item["unitPrice"] for item in said.json()["shelves"][0]["items"]} == {2_500, 2_600}
    assert portal.http.get("/api/catalog/internet").status_code == 200
    assert reads(portal) == 2


def test_while_salesforce_is_down_the_last_one_is_shown_and_marked(portal: Portal) -> None:
    fresh = portal.http.get("/api/catalog").json()
    portal.world.faults.switch("salesforce", "*", "unavailable")
    portal.now(portal.running.container.readings().drop_catalog)
    stale = portal.http.get("/api/catalog")
    assert stale.status_code == 200
    said = stale.json()
    assert said["stale"]
    assert "readAt" in said
    assert said["shelves"] == fresh["shelves"]


def test_without_any_there_is_nothing_to_show(portal: Portal) -> None:
    portal.world.faults.switch("salesforce", "*", "unavailable")
    answer = portal.http.get("/api/catalog")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


def switch(portal: Portal, feature: str, percentage: int) -> None:
    async def set_it() -> None:
        async with portal.running.container.store().begin() as shelves:
            await shelves.flags.set(Flag(feature, percentage))

    portal.now(set_it)


def test_the_catalog_may_be_for_customers_alone(portal: Portal) -> None:
    switch(portal, "public_catalog", 0)
    mina = shopper(portal)
    for path in PATHS:
        assert mina.get(path.removeprefix("/api")).status_code == 200
        answer = portal.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")


@pytest.fixture(scope="module")
def mina(shared: Portal) -> Shopper:
    return shopper(shared)


def personal(mina: Shopper, line: str, **headers: str) -> Any:
    sent = {**mina.customer.headers, **headers}
    return mina.portal.http.get("/api/catalog/personalized", params={"type": line}, headers=sent)


def test_the_personal_catalog_is_the_customer_s(shared: Portal, mina: Shopper) -> None:
    assert shared.http.get("/api/catalog/personalized").status_code == 401
    assert mina.get("/catalog/personalized", type="phone").status_code == 400
    everything = mina.get("/catalog/personalized")
    assert [each["type"] for each in everything.json()["shelves"]] == ["internet", "sim", "vpn"]
    assert everything.headers["cache-control"] == "private, no-cache"
    known = {**mina.customer.headers, "If-None-Match": everything.headers["etag"]}
    assert shared.http.get("/api/catalog/personalized", headers=known).status_code == 304


def test_why_a_plan_is_closed_is_said_with_what_to_do(mina: Shopper) -> None:
    said = shelf(personal(mina, "internet"), "internet")
    reason = {
        "code": "check_needed",
        "message": "We have to check your address first.",
        "label": "Check availability",
        "url": "http://127.0.0.1:8000/account/order",
    }
    assert said["notice"] == reason
    assert {item["orderable"] for item in said["items"]} == {False}
    assert all(item["reason"] == reason for item in said["items"])
    japanese = personal(mina, "internet", **{"Accept-Language": "ja"})
    assert shelf(japanese, "internet")["notice"]["message"] == "先にご住所の確認が必要です。"
    assert (japanese.headers["content-language"], japanese.headers["vary"]) == ("ja", "Accept-Language")


def test_once_eligible_the_value_chooses(portal: Portal) -> None:
    mina = shopper(portal).ready()
    plans = [i for i in shelf(personal(mina, "internet"), "internet")["items"] if i["itemClass"] == "plan"]
    assert {(plan["offering"], plan["orderable"]) for plan in plans} == {("Home 1G", True)}
    mina.deed(mina.staff.answer_availability, mina.account, EligibilityStatus.ELIGIBLE, "Castle 1G")
    portal.settle()
    mina.deed(portal.running.container.readings().drop_account, mina.account)
    said = shelf(personal(mina, "internet"), "internet")
    assert (said["items"], said["notice"]["code"]) == ([], "confirming_options")


def test_a_running_service_is_linked_to(portal: Portal) -> None:
    mina = shopper(portal).ready()
    service = mina.deed(mina.billing.add_service, mina.client, "Old internet", "Internet")
    said = shelf(personal(mina, "internet"), "internet")
    assert said["notice"]["code"] == "internet_already"
    assert said["notice"]["url"] == f"http://127.0.0.1:8000/account/services/{service}"
    assert not any(item["orderable"] for item in said["items"])
