"""Services and eSIMs over HTTP (SRV-1, SRV-4, SRV-5)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.domain.limits import LIMITS, Limited
from tests.http.account_portal import Portal
from tests.http.service_portal import active, another, settled
from tests.http.shop_portal import INTERNET, SIM, VPN, Shopper, a_shop, shopper
from tests.portal import OPEN_DOORS


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    """One portal for all; each test has a customer of its own."""
    with a_shop(tmp_path_factory.mktemp("shop"), migrated_file) as portal:
        yield portal


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return another(portal)


@pytest.fixture(scope="module")
def ken(portal: Portal) -> Shopper:
    """A customer for what leaves nothing behind."""
    return another(portal)


def esims(mina: Shopper, service: str) -> list[dict[str, Any]]:
    """The profiles the issuer made for a service, the oldest first."""
    records = mina.portal.world.records
    [line] = records.find("order_line", service=service)
    return [dict(row) for row in records.find("esim", order=line["order"])]


# --- what there is -------------------------------------------------------------------------------------------------
def test_services_are_listed_newest_first_page_by_page(mina: Shopper) -> None:
    none = mina.get("/subscriptions").json()
    assert (none["items"], none["nextCursor"], "readAt" in none) == ([], None, True)
    internet, sim = active(mina, INTERNET), active(mina, SIM)
    whole = mina.get("/subscriptions").json()["items"]
    ids = [item["id"] for item in whole]
    assert ids.index(sim) < ids.index(internet)
    shown = whole[ids.index(internet)]
    assert shown.keys() == {
        "id",
        "name",
        "productType",
        "status",
        "price",
        "cycle",
        "nextDue",
        "startedOn",
        "opportunityId",
        "cancellation",
    }
    assert (shown["productType"], shown["status"], shown["price"], shown["cycle"]) == (
        "internet",
        "active",
        5_500,
        "monthly",
    )
    assert shown["opportunityId"] is not None

    paged: list[str] = []
    cursor: str | None = None
    while cursor is not None or not paged:
        page = mina.get("/subscriptions", limit=2, **({"cursor": cursor} if cursor else {})).json()
        paged += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert paged == ids
    for bad in ("made-up-cursor", page["items"][0]["id"]):
        assert mina.get("/subscriptions", cursor=bad).status_code == 400


def test_a_service_in_full_brings_the_code_of_its_esim(mina: Shopper) -> None:
    sim, internet = active(mina, SIM), active(mina, INTERNET)
    answer = mina.get(f"/subscriptions/{sim}")
    assert answer.json()["esimQr"] == esims(mina, sim)[0]["qr"]
    assert answer.headers["cache-control"] == "no-store"
    assert mina.get(f"/subscriptions/{internet}").json()["esimQr"] is None


def test_nobody_elses_service_is_there(portal: Portal, mina: Shopper) -> None:
    sim = active(mina, SIM)
    ken = another(portal)
    for id in (sim, "999999", "0" + sim, "nonsense", "9" * 5_000, "%EF%BC%91"):
        answers = [
            ken.get(f"/subscriptions/{id}"),
            ken.post(f"/subscriptions/{id}/reissue-esim"),
            ken.post(f"/subscriptions/{id}/topup", {"megabytes": 1000}),
            ken.get(f"/subscriptions/{id}/cancellation"),
            ken.post(f"/subscriptions/{id}/cancel", {"month": "2026-02"}),
            ken.delete(f"/subscriptions/{id}/cancellation"),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 6, id
    assert len(esims(mina, sim)) == 1
    assert portal.http.get("/api/subscriptions").status_code == 401


# --- eSIMs ---------------------------------------------------------------------------------------------------------
def test_an_esim_is_issued_anew_once_for_a_key(mina: Shopper) -> None:
    sim = active(mina, SIM)
    first, again = (mina.post(f"/subscriptions/{sim}/reissue-esim", **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert first.json()["links"] == {"service": f"/api/subscriptions/{sim}"}
    assert "LPA" not in first.text
    assert [row["status"] for row in esims(mina, sim)] == ["replaced", "active"]
    assert mina.get(f"/subscriptions/{sim}").json()["esimQr"] == esims(mina, sim)[1]["qr"]


def test_data_is_added_once_for_a_key(mina: Shopper) -> None:
    sim = active(mina, SIM)

    def top_up(megabytes: int, key: str) -> Any:
        return mina.post(f"/subscriptions/{sim}/topup", {"megabytes": megabytes}, **{"Idempotency-Key": key})

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: top_up(3_000, "k"), range(10)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"still_running"}
    assert top_up(3_000, "k").status_code == 200
    assert esims(mina, sim)[0]["megabytes"] == 3_000
    assert (top_up(1_000, "k").status_code, top_up(1_000, "k2").status_code) == (422, 200)
    assert esims(mina, sim)[0]["megabytes"] == 4_000


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"megabytes": 1_234}, 422, "not_offered"),
        ({"megabytes": 0}, 400, "too_small"),
        ({"megabytes": -1}, 400, "too_small"),
        ({"megabytes": 2**62}, 400, "out_of_range"),
        ({"megabytes": "3000"}, 400, "wrong_type"),
        ({"megabytes": 3_000.5}, 400, "wrong_type"),
        ({}, 400, "required"),
    ],
)
def test_an_amount_that_is_not_on_offer_is_refused_by_field(
    ken: Shopper, body: dict[str, Any], status: int, code: str
) -> None:
    answer = ken.post("/subscriptions/1/topup", body)
    assert answer.status_code == status, answer.text
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("megabytes", code)]


def test_what_has_no_esim_or_does_not_run_is_refused(mina: Shopper) -> None:
    vpn, sim = active(mina, VPN), active(mina, SIM)
    assert mina.post(f"/subscriptions/{vpn}/reissue-esim").json()["code"] == "not_an_esim"
    mina.deed(mina.billing.suspend_service, sim)
    answer = mina.post(f"/subscriptions/{sim}/topup", {"megabytes": 1000})
    assert (answer.status_code, answer.json()["code"]) == (409, "service_not_active")


def test_a_slow_issuer_makes_it_a_request(portal: Portal, mina: Shopper) -> None:
    sim = active(mina, SIM)
    portal.world.faults.switch("esim", "ensure_reissued", "unavailable")
    answer = mina.post(f"/subscriptions/{sim}/reissue-esim")
    assert (answer.status_code, answer.json()["state"]) == (202, "in_progress")
    portal.world.faults.clear()
    settled(portal)
    shown = mina.get(answer.json()["links"]["self"].removeprefix("/api")).json()
    assert (shown["state"], shown["links"]["result"]) == ("done", "/api/subscriptions")
    assert len(esims(mina, sim)) == 2


def test_changes_are_limited(tmp_path: Path, migrated_file: Path) -> None:
    limits = {**OPEN_DOORS, Limited.ESIM: LIMITS[Limited.ESIM]}
    with a_shop(tmp_path, migrated_file, limits=limits) as portal:
        mina = shopper(portal).ready()
        sim = active(mina, SIM)
        most = LIMITS[Limited.ESIM].times
        answers = [mina.post(f"/subscriptions/{sim}/topup", {"megabytes": 1000}) for _ in range(most + 1)]
        assert [answer.status_code for answer in answers] == [200] * most + [429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 3_600
        assert esims(mina, sim)[0]["megabytes"] == 1_000 * most
