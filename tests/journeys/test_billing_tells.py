"""The sandbox's WHMCS tells the portal that is served beside it what happens there, by hook (ORD-9, SRV-2, SRV-6)."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from core.domain.japan import tokyo_date
from features.open_page import OpenPage
from genkan.client import Customer
from genkan.demo.people import PEOPLE, TERMS
from tests.journeys.serving import Process, until

AT_ONCE = 20.0
"""Seconds, for a machine that has much else to do."""
QUIET = 2.0
"""Seconds in which nothing more is heard of what was done before."""
HOOK = "/api/hooks/whmcs"


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Process]:
    with Process(tmp_path, {"profile": "sandbox"}) as served:
        yield served


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=AT_ONCE, trust_env=False) as browser:
        yield browser


def customer_of(portal: Process) -> Customer:
    told = {"email": "mina@example.com", "password": "persimmons on the veranda", "termsVersion": TERMS}
    return portal.backstage.sign_up(**PEOPLE["Mina"], **told)


def answered(portal: Process) -> list[int]:
    """The status of each answer to a hook."""
    lines = [json.loads(line) for line in (portal.folder / "log").read_text().splitlines() if line.startswith("{")]
    return [line["status"] for line in lines if line.get("route") == HOOK]


def follow(browser: httpx.Client, link: str) -> tuple[httpx.URL, dict[str, str]]:
    """The page that a link into billing leads to, and what each of its forms has to bring back."""
    page = browser.get(link)
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return page.url, {"token": found[1]}


@pytest.mark.slow
def test_what_is_done_on_billing_s_pages_is_seen_at_once(portal: Process, browser: httpx.Client) -> None:
    customer, backstage = customer_of(portal), portal.backstage
    # whatever is looked for is not found: only what is told gets through
    backstage.fault("stream", "after", "unavailable")
    page = OpenPage(customer, "en")
    page.open()
    at, form = follow(browser, customer.door("payment-methods"))
    while page.hear("status", QUIET):
        pass  # what happened until now
    assert not customer.payment_status()["present"]
    form |= {"ccnumber": "4242 4242 4242 4242", "ccexpirydate": "12/30"}
    assert browser.post(at.join("index.php?rp=/account/paymentmethods/add"), data=form).status_code == 200
    assert page.hear("status", AT_ONCE) is not None
    assert customer.payment_status()["present"]

    due, client = tokyo_date(backstage.now()) + timedelta(days=3), backstage.account(customer)["client"]
    invoice = backstage.whmcs.make_invoice(client=client, description="A visit", amount=3300, due=due.isoformat())
    notice = page.hear("notice", AT_ONCE)
    assert notice is not None
    assert notice.data["type"] == "invoice_due"

    at, form = follow(browser, customer.door("invoice", invoice))
    while page.hear("status", QUIET):
        pass
    assert [each["status"] for each in customer.invoices()] == ["unpaid"]
    assert browser.post(at, data=form).status_code == 200
    assert page.hear("status", AT_ONCE) is not None
    assert [each["status"] for each in customer.invoices()] == ["paid"]
    page.close()
    until("the log tells of it", lambda: answered(portal))
    assert {*answered(portal)} == {202}
