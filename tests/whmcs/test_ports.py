"""What the ports make of answers that the made-up WHMCS does not give, and what they send."""

from datetime import date
from typing import Any

import msgspec
import pytest

from adapters.fakes.bindings import bind_world
from adapters.fakes.clock import WorldClock
from adapters.fakes.sendings import FakeSendings
from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.whmcs.bindings import WhmcsPorts, whmcs_ports
from core.domain.billing import InvoiceStatus, Page, PaymentMethod, ServiceStatus
from core.domain.catalog import BillingCycle, ProductType
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, ServiceId
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import MARK, PLAN, a_client, added, an_order
from tests.contracts.wired_whmcs import wired
from tests.whmcs.house import QUICK, House, client_of, error, listed
from tests.whmcs.php import Array, unserialize
from tests.worlds import a_world

MINA = ClientId("1")
SERVICE: dict[str, Any] = {
    "id": "5", "clientid": "1", "orderid": "3", "pid": "101", "regdate": "2026-01-20", "name": "Home &amp; 1G",
    "groupname": "Internet", "domain": MARK, "firstpaymentamount": "5500.00", "recurringamount": "5500.00",
    "billingcycle": "Monthly", "nextduedate": "0000-00-00", "status": "Active", "password": "canary",
    "customfields": {"customfield": []},
}  # fmt: skip
INVOICE: dict[str, Any] = {
    "invoiceid": 7, "userid": "1", "invoicenum": "", "date": "2026-01-20", "duedate": "2026-02-03", "status": "Unpaid",
    "datepaid": "0000-00-00 00:00:00", "total": "5830.00", "balance": "330.00", "transactions": "",
    "items": {"item": [
        {"id": 1, "type": "Hosting", "relid": 5, "description": "Line &#039;A&#039;", "amount": "5500.00"},
        {"id": 2, "type": "Addon", "relid": 5, "description": "Box", "amount": "330.00"},
    ]},
}  # fmt: skip


async def mapped(_: object) -> dict[str, ProductType]:
    return {"101": ProductType.INTERNET}


def ports_of(house: House, **changed: Any) -> WhmcsPorts:
    return whmcs_ports(client_of(house, **changed), mapped, WorldClock(None), lambda: "random", FakeSendings())


def services(*rows: dict[str, Any]) -> dict[str, Any]:
    return listed("products", "product", rows)


async def test_a_service_is_read_as_it_is_told() -> None:
    (service,) = await ports_of(House(GetClientsProducts=services(SERVICE))).service_book.services(MINA)
    assert (service.id, service.name, service.cycle, service.price) == ("5", "Home & 1G", BillingCycle.MONTHLY, 5500)
    assert (service.mark, service.started, service.next_due) == (MARK, date(2026, 1, 20), None)
    assert (service.product_type, service.status, service.billing_order) == (ProductType.INTERNET, "Active", "3")


async def test_another_clients_service_is_none_although_whmcs_tells_it() -> None:
    book = ports_of(House(GetClientsProducts=services({**SERVICE, "clientid": 2}))).service_book
    assert await book.service(MINA, ServiceId("5")) is None
    assert await book.services(MINA) == ()
    with pytest.raises(Rejected, match="not_found"):
        await book.ensure_terminated(MINA, ServiceId("5"))


async def test_what_is_not_known_is_other_and_what_is_not_readable_is_no_answer() -> None:
    odd = {**SERVICE, "status": "Frozen", "billingcycle": "Semi-Annually", "domain": "example.jp", "pid": "9"}
    (service,) = await ports_of(House(GetClientsProducts=services(odd))).service_book.services(MINA)
    assert (service.status, service.cycle, service.mark) == (ServiceStatus.OTHER, None, None)
    broken = {**SERVICE, "recurringamount": "55.50"}
    with pytest.raises(Unavailable, match="unreadable") as unavailable:
        await ports_of(House(GetClientsProducts=services(broken))).service_book.services(MINA)
    assert not unavailable.value.outcome_unknown


async def test_an_invoice_is_read_as_it_is_told() -> None:
    book = ports_of(House(GetInvoice=INVOICE)).invoice_book
    invoice = await book.invoice(MINA, InvoiceId("7"))
    assert invoice is not None
    assert (invoice.number, invoice.total, invoice.balance, invoice.paid_on) == ("7", 5830, 330, None)
    # the id of an add-on's line is an add-on's, though a service has the same
    assert [(line.description, line.amount, line.service) for line in invoice.lines] == [
        ("Line 'A'", 5500, "5"), ("Box", 330, None),
    ]  # fmt: skip
    odd = ports_of(House(GetInvoice={**INVOICE, "status": "Overpaid"})).invoice_book
    assert (found := await odd.invoice(MINA, InvoiceId("7"))) is not None and found.status is InvoiceStatus.OTHER
    assert await book.invoice(ClientId("2"), InvoiceId("7")) is None


@pytest.mark.parametrize("whose", ["everybody's", "one client's"])
async def test_unpaid_invoices_of_everybody_may_take_as_long_as_they_need(whose: str) -> None:
    def pages(form: Array) -> dict[str, Any]:
        return listed("invoices", "invoice", [{**INVOICE, "invoiceid": int(str(form["limitstart"])) + 1}], total=6)

    house, patience = House(delay=0.1, GetInvoices=pages), msgspec.structs.replace(QUICK, deadline=0.4)
    book = ports_of(house, patience=patience, page_size=1).invoice_book
    if whose == "everybody's":
        assert len(await book.due_by(date(2026, 2, 3))) == len(house.asked) == 6
        return
    with pytest.raises(Unavailable, match="took too long"):
        await book.invoices(MINA)


async def test_payment_methods_are_read_as_they_are_told() -> None:
    told = [
        {"id": 1, "type": "RemoteCreditCard", "description": "", "card_type": "Visa", "card_last_four": 42,
         "expiry_date": "03/27", "remote_token": "canary"},
        {"id": 2, "type": "RemoteBankAccount", "description": "", "bank_name": "Rakuten &amp; Co"},
        {"id": 3, "type": "CreditCard", "description": "Mine", "card_last_four": "4242424242424242", "expiry_date": ""},
    ]  # fmt: skip
    methods = await ports_of(House(GetPayMethods={"paymethods": told})).payment_book.payment_methods(MINA)
    assert methods.methods == (
        PaymentMethod(kind="RemoteCreditCard", label="Visa", last_four="0042", expires="2027-03"),
        PaymentMethod(kind="RemoteBankAccount", label="Rakuten & Co"),
        PaymentMethod(kind="CreditCard", label="Mine"),
    )


@pytest.mark.parametrize(
    ("described", "label"),
    [
        ("Visa 4242424242424242", "Visa …4242"),
        ("4242 4242 4242 4242", "…4242"),
        ("4242-4242-4242-4242 of Mina", "…4242 of Mina"),
        ("口座 １２３４５６７", "口座 …４５６７"),
        ("Visa until 2027-03", "Visa until 2027-03"),
    ],
)
async def test_a_number_that_somebody_wrote_into_a_description_is_not_shown(described: str, label: str) -> None:
    told = [{"id": 1, "type": "CreditCard", "description": described}]
    (method,) = (await ports_of(House(GetPayMethods={"paymethods": told})).payment_book.payment_methods(MINA)).methods
    assert method.label == label


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/x?access_token=t", "http://billing.example/x", "", "https://[", "//evil.example/",
        "https://billing.example:444/x", "https://billing.example:80/x", "https://billing.example:0/x",
        "http://billing.example:443/x", "https://billing.example:x/", "https://billing.example:99999/x",
        "https://mina@billing.example/x", "https://@billing.example/x", "https://mina:pw@billing.example:443/x",
        "https://billing.example:443@evil.example/x", "https://evil.example\\@billing.example/x",
        "https://billing.example./x", "https://xbilling.example/x", "https://billing.example.evil.example/x",
        "//billing.example/x", "billing.example/x", "https:///x", "ftp://billing.example/x", "javascript:alert(1)",
    ],
)  # fmt: skip
async def test_a_link_to_elsewhere_is_no_link(url: str) -> None:
    house = House(CreateSsoToken={"redirect_url": url, "access_token": "t"})
    with pytest.raises(Unavailable, match="unreadable") as refused:
        await ports_of(house).billing_door.link(MINA, Page.SERVICES)
    assert "access_token" not in str(refused.value)


@pytest.mark.parametrize(
    ("own", "url"),
    [
        ("https://billing.example/", "https://Billing.EXAMPLE/oauth/x.php?access_token=T"),
        ("https://billing.example/", "HTTPS://billing.example:443/oauth/x.php?access_token=T"),
        ("https://billing.example/", "https://billing.example:/oauth/x.php?access_token=T"),
        ("https://Billing.example:443/", "https://billing.example/oauth/x.php?access_token=T"),
        ("https://billing.example:8443/", "https://BILLING.example:8443/oauth/x.php?access_token=T"),
        ("http://localhost:80/", "http://localhost/oauth/x.php?access_token=T"),
        ("http://[::1]/", "http://[::1]:80/oauth/x.php?access_token=T"),
    ],
)
async def test_a_link_to_the_same_place_written_otherwise_is_a_link(own: str, url: str) -> None:
    house = House(CreateSsoToken={"redirect_url": url, "access_token": "T"})
    assert (await ports_of(house, url=own).billing_door.link(MINA, Page.SERVICES)).url == url


@pytest.mark.parametrize("own", ["https://billing.example:99999/", "https://mina@billing.example/"])
async def test_where_no_place_is_known_nothing_is_a_link(own: str) -> None:
    for url in (own, "", "https://billing.example/"):
        house = House(CreateSsoToken={"redirect_url": url, "access_token": "t"})
        with pytest.raises(Unavailable, match="unreadable"):
            await ports_of(house, url=own).billing_door.link(MINA, Page.SERVICES)


async def test_the_door_leads_to_the_pages_of_the_list_alone() -> None:
    made = {"redirect_url": "https://my.example/oauth/singlesignon.php?access_token=t", "access_token": "t"}
    house = House(CreateSsoToken=made, GetInvoice=INVOICE)
    door = ports_of(house, site="https://my.example/", payment_methods_path="index.php?rp=/account/paymentmethods")
    for page in Page:
        await door.billing_door.link(MINA, page, InvoiceId("7"))
    asked = [form for form in house.asked if form["action"] == "CreateSsoToken"]
    assert [(form["destination"], form.get("sso_redirect_path")) for form in asked] == [
        ("sso:custom_redirect", "index.php?rp=/account/paymentmethods"),
        ("sso:custom_redirect", "viewinvoice.php?id=7"),
        ("clientarea:invoices", None), ("clientarea:services", None), ("clientarea:profile", None),
    ]  # fmt: skip


async def test_what_is_sent_of_a_new_client() -> None:
    house = House(GetClientsDetails=error("Client Not Found"), AddClient={"clientid": "9"})
    assert await ports_of(house).client_book.ensure_client("k", a_client()) == "9"  # type: ignore[arg-type]
    sent = house.asked[-1]
    assert unserialize(sent["customfields"]) == {7: "P1000001"}
    assert (sent["noemail"], sent["password2"], sent["country"], sent["phonenumber"]) == (
        "1", "random", "JP", "+81.9012345678",
    )  # fmt: skip
    assert "skipvalidation" not in sent
    await ports_of(house).client_book.ensure_client("k", a_client(address=None))  # type: ignore[arg-type]
    assert house.asked[-1]["skipvalidation"] == "1" and "address1" not in house.asked[-1]


async def test_what_is_sent_of_changed_details() -> None:
    house = House(UpdateClient={})
    book = ports_of(house).client_book
    await book.save_details(MINA, a_client().phone, None, marketing_consent=False)
    await book.clear_details(MINA, phone=True, address=False)
    mine = [{n: v for n, v in f.items() if n not in ("identifier", "secret", "accesskey")} for f in house.asked]
    fixed = {"action": "UpdateClient", "responsetype": "json", "clientid": "1"}
    assert mine == [
        {**fixed, "phonenumber": "+81.9012345678", "marketingoptin": "0"},
        {**fixed, "skipvalidation": "1", "phonenumber": ""},
    ]


async def test_of_several_with_one_address_ours_is_found() -> None:
    def details(form: Any) -> dict[str, Any]:
        id = form.get("clientid", "1")
        number = {"1": "", "2": "P1000001"}[id]
        held = {"id": id, "email": "mina@example.com", "status": "Active", "customfields": [{"id": 7, "value": number}]}
        return {"client": held}

    rows = [{"id": 1, "email": "mina@example.com"}, {"id": 2, "email": "Mina@example.com"}]
    house = House(GetClientsDetails=details, GetClients=listed("clients", "client", rows))
    assert await ports_of(house).client_book.ensure_client("k", a_client()) == "2"  # type: ignore[arg-type]


async def test_what_is_sent_of_an_order_lines_up() -> None:
    house = House(
        GetClientsProducts=services(), GetProducts=listed("products", "product", [
            {"pid": 101, "customfields": {"customfield": [{"id": "31", "name": "CRM Order"}]}},
        ]), AddOrder={"orderid": 4, "serviceids": "8,9", "invoiceid": 2},
    )  # fmt: skip
    billed = await ports_of(house).provisioner.ensure_billed("k", an_order(MINA))  # type: ignore[arg-type]
    assert (billed.order, billed.services, billed.accepted) == (BillingOrderId("4"), ("8", "9"), False)
    sent = house.asked[-1]
    assert (sent["pid"], sent["billingcycle"]) == ({0: "101", 1: "113"}, {0: "monthly", 1: "onetime"})
    assert (sent["priceoverride"], sent["domain"]) == ({0: "5500", 1: "22800"}, {0: MARK, 1: MARK})
    assert sent["customfields"][1] == "" and unserialize(sent["customfields"][0]) == {31: MARK}


async def test_a_twin_that_comes_late_is_dropped_when_the_order_is_accepted() -> None:
    world = a_world()
    client = await added(bind_world(world))
    async with wired(world) as (ports, _):
        billed = await ports.provisioner.ensure_billed("k", an_order(client, lines=(PLAN,)))  # type: ignore[arg-type]
    WhmcsActions(world).add_order(client, paymentmethod="stripe", pid=["101"], billingcycle=["monthly"], domain=[MARK])
    async with wired(world) as (ports, _):
        await ports.provisioner.ensure_accepted(client, billed.order)
    assert [row["id"] for row in world.records.find("billing_order")] == [billed.order]
    world.close()
