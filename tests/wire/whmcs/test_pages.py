"""The pages behind a single sign-on: a card is added and an invoice paid, by whom the link was made for."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.world import World
from tests.wire.whmcs.conftest import Caller

CARD = "4242424242424242"
ADD = "index.php?rp=/account/paymentmethods/add"
METHODS = "index.php?rp=/account/paymentmethods"


@pytest.fixture
async def browser(whmcs: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=whmcs.url, follow_redirects=True, timeout=10) as browser:
        yield browser


@pytest.fixture
async def client(portal: Caller) -> str:
    return await portal.add_client()


async def link(portal: Caller, client: str, destination: str = "clientarea:billing_info", path: str = "") -> str:
    made = await portal("CreateSsoToken", client_id=client, destination=destination, sso_redirect_path=path)
    return str(made["redirect_url"])


def token_on(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


async def test_a_card_is_added_by_hand(browser: httpx.AsyncClient, portal: Caller, client: str, world: World) -> None:
    page = await browser.get(await link(portal, client))
    assert (page.status_code, page.url.query) == (200, b"rp=/account/paymentmethods")
    assert "There is none yet" in page.text
    form = {"token": token_on(page), "ccnumber": "4242 4242 4242 4242", "ccexpirydate": "12/30"}
    page = await browser.post(ADD, data=form)
    assert "Visa 4242" in page.text
    (method,) = (await portal("GetPayMethods", clientid=client))["paymethods"]
    assert (method["card_last_four"], method["expiry_date"], method["card_type"]) == ("4242", "12/30", "Visa")
    assert CARD not in str(world.records.find("payment_method")), "the number itself is kept nowhere"
    page = await browser.post(f"{METHODS}/delete", data={"token": token_on(page), "method": str(method["id"])})
    assert "There is none yet" in page.text


@pytest.mark.parametrize(
    ("number", "expiry"),
    [("", "12/30"), (CARD, "13/30"), (CARD, "9930"), (CARD, "１２/30"), ("４２４２424242424242", "12/30"),
     ("4242<b>", "12/30"), (CARD, "")],
)  # fmt: skip
async def test_a_card_that_is_none_is_refused(
    browser: httpx.AsyncClient, portal: Caller, client: str, world: World, number: str, expiry: str
) -> None:
    page = await browser.get(await link(portal, client))
    form = {"token": token_on(page), "ccnumber": number, "ccexpirydate": expiry}
    assert (await browser.post(ADD, data=form)).status_code == 422
    assert world.records.find("payment_method") == []


async def test_an_invoice_is_paid_by_hand(browser: httpx.AsyncClient, portal: Caller, client: str) -> None:
    invoice = (await portal.add_order(client))["invoiceid"]
    path = f"viewinvoice.php?id={invoice}"
    page = await browser.get(await link(portal, client, "sso:custom_redirect", path))
    assert (page.status_code, page.url.path) == (200, "/viewinvoice.php")
    assert "Pay ¥5500" in page.text
    token = token_on(page)
    page = await browser.post(path, data={"token": token})
    assert "Paid" in page.text
    assert "Pay ¥" not in page.text
    assert (await portal("GetInvoice", invoiceid=invoice))["status"] == "Paid"
    assert (await browser.post(path, data={"token": token})).status_code == 409


async def test_a_link_works_once(browser: httpx.AsyncClient, portal: Caller, client: str) -> None:
    url = await link(portal, client)
    assert (await browser.head(url)).status_code == 403, "looking at it first does not use it up"
    assert (await browser.get(url)).status_code == 200
    browser.cookies.clear()
    assert (await browser.get(url)).status_code == 403
    assert (await browser.get(METHODS)).status_code == 403, "nobody is logged in by it"


async def test_a_link_works_for_a_minute(browser: httpx.AsyncClient, portal: Caller, client: str, world: World) -> None:
    url = await link(portal, client)
    world.clock.set(world.clock.now() + timedelta(seconds=61))
    assert (await browser.get(url)).status_code == 403
    assert (await browser.get("oauth/singlesignon.php?access_token=None")).status_code == 403
    assert (await browser.get("oauth/singlesignon.php")).status_code == 403


@pytest.mark.parametrize(
    ("destination", "shows"),
    [
        ("clientarea:invoices", "Invoices</h1>"),
        ("clientarea:services", "Services</h1>"),
        ("clientarea:profile", "mina@example.com"),
        ("clientarea:tickets", "mina@example.com"),
    ],
)
async def test_each_destination_has_a_page(
    browser: httpx.AsyncClient, portal: Caller, client: str, destination: str, shows: str
) -> None:
    await portal.add_order(client)
    page = await browser.get(await link(portal, client, destination))
    assert page.status_code == 200
    assert shows in page.text


@pytest.mark.parametrize("path", ["https://elsewhere.example/x", "//elsewhere.example/x", "\\\\elsewhere.example"])
async def test_no_path_leads_elsewhere(portal: Caller, client: str, http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(await link(portal, client, "sso:custom_redirect", path))
    assert answer.status_code == 302
    location = answer.headers["location"]
    assert location[0] == "/"
    assert location[1] not in "/\\"


@pytest.mark.parametrize("path", ["東京.php?x=é", "a\r\nset-cookie: x=1", "\x00", "😀", "a b"])
async def test_an_odd_path_leads_to_no_page(portal: Caller, client: str, http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(await link(portal, client, "sso:custom_redirect", path))
    assert (answer.status_code, "x=1" in answer.headers["set-cookie"]) == (302, False)
    assert (await http.get(answer.headers["location"])).status_code == 404


async def test_a_form_without_its_token_does_nothing(
    browser: httpx.AsyncClient, portal: Caller, client: str, world: World
) -> None:
    await browser.get(await link(portal, client))
    form = {"ccnumber": CARD, "ccexpirydate": "12/30"}
    for token in ({}, {"token": ""}, {"token": "0" * 64}, {"token[]": "x"}):
        assert (await browser.post(ADD, data=form | token)).status_code == 403
    other = await portal.add_client(email="ken@example.com")
    async with httpx.AsyncClient(base_url=str(browser.base_url), follow_redirects=True) as another:
        theirs = token_on(await another.get(await link(portal, other)))
    assert (await browser.post(ADD, data=form | {"token": theirs})).status_code == 403
    assert world.records.find("payment_method") == []


async def test_nobody_sees_or_pays_what_is_another_s(
    browser: httpx.AsyncClient, portal: Caller, staff: Caller, client: str
) -> None:
    other = await portal.add_client(email="ken@example.com")
    invoice = (await portal.add_order(other))["invoiceid"]
    card = {"card_number": CARD, "card_expiry": "1230"}
    method = (await staff("AddPayMethod", clientid=other, **card))["paymethodid"]
    token = token_on(await browser.get(await link(portal, client)))
    assert (await browser.get(f"viewinvoice.php?id={invoice}")).status_code == 404
    assert (await browser.post(f"viewinvoice.php?id={invoice}", data={"token": token})).status_code == 404
    gone = await browser.post(f"{METHODS}/delete", data={"token": token, "method": str(method)})
    assert gone.status_code == 404
    assert (await portal("GetInvoice", invoiceid=invoice))["status"] == "Unpaid"
    assert len((await portal("GetPayMethods", clientid=other))["paymethods"]) == 1


async def test_what_people_wrote_is_no_html(browser: httpx.AsyncClient, portal: Caller) -> None:
    client = await portal.add_client(firstname="<script>alert(1)</script>", companyname='"><img src=x>')
    page = await browser.get(await link(portal, client, "clientarea:profile"))
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_pages_are_kept_and_framed_by_nobody(
    browser: httpx.AsyncClient, http: httpx.AsyncClient, portal: Caller, client: str
) -> None:
    answer = await http.get(await link(portal, client))
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=Lax" in answer.headers["set-cookie"]
    page = await browser.get(await link(portal, client))
    for headers in (answer.headers, page.headers):
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (await browser.put(METHODS)).status_code == 405
    assert (await browser.get("admin/")).status_code == 404
