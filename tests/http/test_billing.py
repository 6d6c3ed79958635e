"""Invoices and payment methods over HTTP (SRV-2)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.japan import tokyo_date
from tests.http.account_portal import Portal
from tests.http.service_portal import active, another
from tests.http.shop_portal import VPN, Shopper, a_shop


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    """One portal for all; each test has a customer of its own."""
    with a_shop(tmp_path_factory.mktemp("shop"), migrated_file) as portal:
        yield portal


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return another(portal)


def billed(mina: Shopper, amount: int, *, draft: bool = False) -> str:
    due = tokyo_date(mina.portal.world.clock.now()) + timedelta(days=14)
    made: str = mina.deed(mina.billing.make_invoice, mina.client, f"Fee of {amount}", amount, due, draft)
    return made


def test_invoices_are_listed_newest_first_page_by_page(mina: Shopper) -> None:
    none = mina.get("/billing/invoices").json()
    assert (none["items"], none["nextCursor"], "readAt" in none) == ([], None, True)
    made = [billed(mina, amount) for amount in (100, 200, 300)]
    billed(mina, 400, draft=True)
    first = mina.get("/billing/invoices", limit=2).json()
    rest = mina.get("/billing/invoices", limit=2, cursor=first["nextCursor"]).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == list(reversed(made))
    assert rest["nextCursor"] is None
    shown = first["items"][0]
    assert shown.keys() == {"id", "number", "status", "issuedOn", "dueOn", "paidOn", "total"}
    assert (shown["status"], shown["total"], shown["paidOn"]) == ("unpaid", 300, None)
    assert mina.get("/billing/invoices", cursor="made-up-cursor").status_code == 400
    assert mina.get("/billing/invoices", limit=101).status_code == 400


def test_an_invoice_in_full(mina: Shopper) -> None:
    vpn = active(mina, VPN)
    [invoice] = mina.get("/billing/invoices").json()["items"]
    shown = mina.get(f"/billing/invoices/{invoice['id']}").json()
    assert (shown["total"], shown["balance"]) == (2_500, 2_500)
    assert [(line["amount"], line["serviceId"]) for line in shown["lines"]] == [(2_500, vpn)]
    mina.deed(mina.billing.pay_invoice, invoice["id"])
    paid = mina.get(f"/billing/invoices/{invoice['id']}").json()
    assert (paid["status"], paid["balance"]) == ("paid", 0)
    assert paid["paidOn"] is not None


def test_nobody_elses_invoice_is_there(portal: Portal, mina: Shopper) -> None:
    invoice, draft = billed(mina, 100), billed(mina, 200, draft=True)
    ken = another(portal)
    for id in (invoice, draft, "999999", "nonsense", f"0{invoice}", "9" * 5_000):
        answer = ken.get(f"/billing/invoices/{id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), id
    assert mina.get(f"/billing/invoices/{draft}").status_code == 404
    assert ken.get("/billing/invoices").json()["items"] == []
    assert portal.http.get("/api/billing/invoices").status_code == 401


def test_payment_methods_are_shown_by_their_last_digits(portal: Portal, mina: Shopper) -> None:
    [row] = portal.world.records.find("payment_method", client=mina.client)
    mina.deed(mina.billing.remove_payment_method, mina.client, row["id"])
    nothing = mina.get("/billing/payment-methods/summary").json()
    assert (nothing["count"], nothing["first"], nothing["expiresSoon"]) == (0, None, False)
    soon = f"{portal.world.clock.now():%Y-%m}"
    mina.deed(mina.billing.add_payment_method, mina.client, "1881", soon)
    mina.deed(mina.billing.add_payment_method, mina.client, "4242", "2030-12")
    shown = mina.get("/billing/payment-methods/summary").json()
    assert (shown["count"], shown["expiresSoon"]) == (2, True)
    assert (shown["first"]["lastFour"], shown["first"]["expires"]) == ("1881", soon)


def test_billing_away_is_try_again_later(portal: Portal, mina: Shopper) -> None:
    portal.world.faults.switch("whmcs", "*", "unavailable")
    try:
        for path in ("/billing/invoices", "/billing/invoices/1", "/billing/payment-methods/summary", "/subscriptions"):
            answer = mina.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), path
            assert int(answer.headers["retry-after"]) > 0
    finally:
        portal.world.faults.clear()
