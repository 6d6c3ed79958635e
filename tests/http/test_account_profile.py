"""The profile and the door to billing over HTTP (ACC-10, ACC-11, SRV-3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.fakes.desk_whmcs import BillingDesk
from tests.http.account_portal import Customer, Portal

PHONE = {"countryCode": "81", "number": "8011112222"}
ELSEWHERE = {
    "postcode": "1500001",
    "prefecture": "東京都",
    "city": "渋谷区",
    "town": "神宮前４－１２－１０",
    "building": "",
}


@pytest.fixture(scope="module")
def somebody(shared: Portal) -> Customer:
    """A customer of the shared portal."""
    return shared.customer(email="somebody@example.com")


def test_the_profile_shows_what_is_held(portal: Portal) -> None:
    me = portal.customer().get("/me")
    assert me.status_code == 200
    shown = me.json()
    assert (shown["email"], shown["phone"]) == ("mina@example.com", {"countryCode": "81", "number": "9012345678"})
    assert shown["eligibility"] == {"status": "not_requested", "value": None}
    assert shown["idVerification"] == "not_submitted"
    assert (shown["saving"], shown["marketingConsent"], shown["language"]) == (None, True, "en")
    assert shown["terms"]["acceptedVersion"] == shown["terms"]["currentVersion"] == "2026-01"


def test_a_change_is_answered_when_both_systems_hold_it(portal: Portal) -> None:
    mina = portal.customer()
    changed = mina.patch("/me", {"phone": PHONE, "address": ELSEWHERE})
    assert changed.status_code == 200
    assert changed.json()["phone"] == PHONE
    assert changed.json()["address"]["town"] == "神宮前4-12-10"
    assert mina.get("/me").json() == changed.json()
    [client] = portal.world.records.find("client")
    assert (client["phonenumber"], client["city"], client["postcode"]) == ("+81.8011112222", "渋谷区", "150-0001")


def test_a_change_that_takes_longer_is_shown_as_being_saved(portal: Portal) -> None:
    mina = portal.customer()
    portal.world.faults.switch("salesforce", "save_details", "unavailable")
    waiting = mina.patch("/me", {"phone": PHONE})
    assert (waiting.status_code, waiting.json()["state"]) == (202, "in_progress")
    shown = mina.get("/me").json()
    told = {"requestId": waiting.json()["requestId"], "phone": PHONE, "address": None, "birthDate": None}
    assert shown["saving"] == told
    assert shown["phone"]["number"] == "9012345678"
    other = mina.patch("/me", {"address": ELSEWHERE})
    assert (other.status_code, other.json()["code"]) == (409, "still_running")
    portal.world.faults.clear()
    portal.settle()
    shown = mina.get("/me").json()
    assert (shown["saving"], shown["phone"]) == (None, PHONE)


def test_what_staff_correct_is_shown_within_a_minute_though_nobody_told(portal: Portal) -> None:
    mina = portal.customer()
    mina.get("/me")
    portal.world.faults.switch("salesforce", "AccountChanged", "lost_event")
    contact = portal.world.records.one("contact", email="mina@example.com")
    assert contact is not None
    portal.world.records.update("contact", contact["id"], {"last_name": "Okafor-Sato"}, "staff")
    portal.world.clock.advance(timedelta(minutes=1))
    assert mina.get("/me").json()["lastName"] == "Okafor-Sato"


def test_language_consent_and_terms_are_changed_at_once(portal: Portal) -> None:
    mina = portal.customer()
    changed = mina.patch("/me", {"language": "ja", "marketingConsent": False, "termsVersion": "2026-01"}).json()
    assert (changed["language"], changed["marketingConsent"]) == ("ja", False)
    assert mina.patch("/me", {}).json() == changed


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"email": "other@example.com"}, 400, "email"),
        ({"firstName": "Nina"}, 400, "firstName"),
        ({"customerNumber": "P1000002"}, 400, "customerNumber"),
        ({"phone": {"countryCode": "81"}}, 400, "phone.number"),
        ({"phone": {"countryCode": "81", "number": "x"}}, 422, "phone.number"),
        ({"address": {**ELSEWHERE, "postcode": "12"}}, 422, "address.postcode"),
        ({"termsVersion": "1999-01"}, 422, "termsVersion"),
    ],
)
def test_what_may_not_be_changed_is_named(
    somebody: Customer, change: dict[str, object], status: int, field: str
) -> None:
    before = somebody.get("/me").json()
    answer = somebody.patch("/me", {"language": "ja", **change})
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (status, [field])
    assert somebody.get("/me").json() == before


def test_changes_at_once_leave_both_systems_the_same(portal: Portal) -> None:
    mina = portal.customer()
    phones = [{"phone": {"countryCode": "81", "number": f"80111122{n:02d}"}} for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda change: mina.patch("/me", change).status_code, phones))
    assert set(answers) <= {200, 202, 409}
    assert set(answers) & {200, 202}
    portal.settle()
    [client] = portal.world.records.find("client")
    shown = mina.get("/me").json()["phone"]["number"]
    assert client["phonenumber"] == f"+81.{shown}"


def test_nobody_without_a_session_has_a_profile(shared: Portal) -> None:
    for answer in (shared.http.get("/api/me"), shared.http.patch("/api/me", json={})):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in")


# --- the door ----------------------------------------------------------------------------------------------------
def test_a_link_is_made_on_click_and_kept_nowhere(portal: Portal, tmp_path: Path) -> None:
    mina = portal.customer()
    links = [mina.post("/auth/sso-link", {"page": "payment-methods"}) for _ in range(2)]
    assert [link.status_code for link in links] == [200, 200]
    assert links[0].headers["cache-control"] == "no-store"
    assert links[0].json()["url"] != links[1].json()["url"]
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("genkan.db*"))
    assert links[0].json()["url"].encode() not in kept


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"page": "https://evil.example"}, 400),
        ({"page": "payment-methods", "url": "https://evil.example"}, 400),
        ({"page": "invoice"}, 422),
        ({"page": "services", "invoiceId": "1"}, 422),
        ({"page": "invoice", "invoiceId": "1"}, 404),
    ],
)
def test_the_door_leads_to_listed_pages_alone(somebody: Customer, body: dict[str, str], status: int) -> None:
    assert somebody.post("/auth/sso-link", body).status_code == status


def test_an_invoice_must_be_the_customers_own(portal: Portal) -> None:
    mina, kai = portal.customer(), portal.customer(email="kai@example.com")
    desk = BillingDesk(portal.world)
    [client] = portal.world.records.find("client", email="kai@example.com")
    invoice = portal.now(lambda: desk.make_invoice(client["id"], "January", 4980, date(2026, 2, 1)))
    body = {"page": "invoice", "invoiceId": str(invoice)}
    assert kai.post("/auth/sso-link", body).status_code == 200
    theirs, nobodys = mina.post("/auth/sso-link", body), mina.post("/auth/sso-link", {**body, "invoiceId": "999"})
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json()["code"] == nobodys.json()["code"] == "not_found"
