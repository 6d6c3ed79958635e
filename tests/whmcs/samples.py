"""One plain answer of each action that the portal reads, as the API's documentation has them, and what it says."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

import msgspec

from adapters.whmcs.bindings import WhmcsPorts
from adapters.whmcs.checking import check
from adapters.whmcs.client import Client
from adapters.whmcs.marking import Marks
from core.domain.account import Address, Person, Phone
from core.domain.billing import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Page,
    PaymentMethod,
    Service,
    ServiceStatus,
)
from core.domain.catalog import BillingCycle, ProductType
from core.domain.ids import BillingOrderId, ClientId, CustomerNumber, InvoiceId, ServiceId
from core.domain.money import Yen
from core.domain.provisioning import Billed
from ports.billing import ClientRecord
from tests.contracts.billing_fixtures import MARK, an_order

MINA: Final = ClientId("1")
KEPT: Final = 123_456_789_012_345_678
"""An amount that no float can hold."""

Reads = Callable[[Client, WhmcsPorts], Awaitable[Any]]


class Sample(msgspec.Struct, frozen=True):
    """An answer to an action, in what is read by it: `means` is what comes of it.

    `others` are the answers to other actions that are asked on the way; `rows` is the list of which there may be any
    number.
    """

    action: str
    body: dict[str, Any]
    reads: Reads
    means: Any
    others: dict[str, Any] = {}
    rows: tuple[str, str] | None = None


CLIENT: Final[dict[str, Any]] = {
    "id": 1, "client_id": 1, "userid": 1, "owner_user_id": 4, "uuid": "6c1f", "firstname": "Mina", "lastname": "O'Hara",
    "companyname": "Kobo <& Sons> \"渋谷\"", "email": "mina@example.com", "address1": "神宮前1-2-3", "address2": "",
    "city": "渋谷区", "state": "東京都", "postcode": "150-0001", "countrycode": "JP", "phonecc": 81,
    "phonenumber": "9012345678", "phonenumberformatted": "+81.9012345678", "status": "Active", "currency": 1,
    "credit": "0.00", "marketing_emails_opt_in": True, "isOptedInToMarketingEmails": True, "datecreated": "2026-01-05",
    "lastlogin": "Date: 05/01/2026<br>Host: a",
    "customfields": [{"id": 3, "value": "x"}, {"id": 7, "value": "P1000001"}],
    "users": {"user": [{"id": 4, "name": "Mina", "email": "mina@example.com", "is_owner": True}]},
}  # fmt: skip
SERVICE: Final[dict[str, Any]] = {
    "id": 5, "qty": 1, "clientid": 1, "orderid": 3, "ordernumber": 4_294_967_296, "pid": 101, "regdate": "2026-01-20",
    "name": "Home & 1G <Gold>", "groupname": "Internet 'fast'", "domain": MARK, "serverid": 0, "suspensionreason": "",
    "firstpaymentamount": "27800.00", "recurringamount": "5500.00", "paymentmethod": "stripe",
    "billingcycle": "Monthly", "nextduedate": "2026-02-20", "terminationdate": None, "status": "Active",
    "password": "&amp;", "customfields": {"customfield": []},
    "configoptions": {"configoption": [{"id": 1, "option": "Line", "type": "dropdown", "value": "A"}]},
}  # fmt: skip
VISIT: Final[dict[str, Any]] = {
    **SERVICE, "id": 6, "pid": 113, "name": "A visit", "billingcycle": "One-Time", "firstpaymentamount": "22800.00",
    "recurringamount": "0.00", "nextduedate": None, "domain": "",
    "customfields": {"customfield": [{"id": 31, "name": "CRM Order", "value": MARK}]},
}  # fmt: skip
YEARLY: Final[dict[str, Any]] = {
    **SERVICE, "id": 7, "orderid": 0, "pid": 201, "name": "A name", "billingcycle": "Annually", "domain": "example.jp",
    "firstpaymentamount": "71000.00", "recurringamount": "66000.00", "status": "Terminated",
    "terminationdate": "2026-01-31",
}  # fmt: skip
INVOICE: Final[dict[str, Any]] = {
    "id": 7, "userid": 1, "invoicenum": "", "date": "2026-01-20", "duedate": "2026-02-03", "datepaid": None,
    "subtotal": "5300.00", "credit": "0.00", "tax": "530.00", "tax2": "0.00", "total": "5830.00", "taxrate": "10.000",
    "status": "Unpaid", "paymentmethod": "stripe", "paymethodid": None, "notes": "", "currencycode": "JPY",
}  # fmt: skip
PAID: Final[dict[str, Any]] = {
    **INVOICE, "id": 6, "invoicenum": "2026 & 'A'", "datepaid": "2026-01-21", "total": f"{KEPT}.00", "status": "Paid",
}  # fmt: skip
ODD: Final[dict[str, Any]] = {**INVOICE, "id": 5, "total": "-1200.00", "status": "Overpaid"}
ITEMS: Final[list[dict[str, Any]]] = [
    {"id": 1, "type": "Hosting", "relid": 5, "description": "Line <A> & 'B'", "amount": "5500.00", "taxed": 1},
    {"id": 2, "type": "", "relid": 0, "description": "Discount", "amount": "-170.00", "taxed": 0},
]
PRODUCT: Final[dict[str, Any]] = {
    "pid": 101, "gid": 1, "type": "other", "name": "Home & 1G", "description": "<b>Fast</b>", "paytype": "recurring",
    "pricing": {"JPY": {"prefix": "¥", "suffix": "", "msetupfee": "0.00", "monthly": "5500.00", "quarterly": "-1.00"}},
    "customfields": {"customfield": [{"id": 31, "name": "CRM Order", "description": "", "required": ""}]},
    "configoptions": {"configoption": []},
}  # fmt: skip


def listed(plural: str, singular: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"totalresults": len(rows), "startnumber": 0, "numreturned": len(rows), plural: {singular: list(rows)}}


RECORD: Final = ClientRecord(
    id=MINA, email="mina@example.com", number=CustomerNumber("P1000001"), phone=Phone("81", "9012345678"),
    person=Person(first_name="Mina", last_name="O'Hara", company="Kobo <& Sons> \"渋谷\""),
    address=Address("150-0001", "東京都", "渋谷区", "神宮前1-2-3", ""), marketing_consent=True,
    added_on=date(2026, 1, 5),
)  # fmt: skip
HOME: Final = Service(
    id=ServiceId("5"), client=MINA, name="Home & 1G <Gold>", group="Internet 'fast'", billing_product="101",
    product_type=ProductType.INTERNET, status=ServiceStatus.ACTIVE, cycle=BillingCycle.MONTHLY, price=Yen(5500),
    next_due=date(2026, 2, 20), started=date(2026, 1, 20), billing_order=BillingOrderId("3"), mark=MARK,
)  # fmt: skip
ENDED: Final = msgspec.structs.replace(
    HOME, id=ServiceId("7"), name="A name", billing_product="201", status=ServiceStatus.TERMINATED, cycle=None,
    price=Yen(66_000), ended=date(2026, 1, 31), billing_order=None, mark=None,
)  # fmt: skip
DONE: Final = msgspec.structs.replace(
    HOME, id=ServiceId("6"), name="A visit", billing_product="113", status=ServiceStatus.COMPLETED, next_due=None,
    cycle=BillingCycle.ONE_TIME, price=Yen(22_800),
)  # fmt: skip
DUE: Final = Invoice(
    id=InvoiceId("7"), client=MINA, number="7", status=InvoiceStatus.UNPAID, issued=date(2026, 1, 20),
    due=date(2026, 2, 3), total=Yen(5830),
)  # fmt: skip
SETTLED: Final = msgspec.structs.replace(
    DUE, id=InvoiceId("6"), number="2026 & 'A'", status=InvoiceStatus.PAID, paid_on=date(2026, 1, 21), total=Yen(KEPT),
)  # fmt: skip
STRANGE: Final = msgspec.structs.replace(
    DUE, id=InvoiceId("5"), number="5", status=InvoiceStatus.OTHER, total=Yen(-1200)
)
WHOLE: Final = msgspec.structs.replace(
    DUE, balance=Yen(330),
    lines=(InvoiceLine("Line <A> & 'B'", Yen(5500), ServiceId("5")), InvoiceLine("Discount", Yen(-170))),
)  # fmt: skip
CHECKED: Final[dict[str, dict[str, Any]]] = {
    "WhmcsDetails": {"whmcs": {"version": "8.13.1", "canonicalversion": "8.13.1-release.1"}},
    "GetCurrencies": {"totalresults": 1, "currencies": {"currency": [
        {"id": 1, "code": "JPY", "prefix": "¥", "suffix": "", "format": 4, "rate": "1.00000"},
    ]}},
    "GetPaymentMethods": {"totalresults": 1, "paymentmethods": {"paymentmethod": [
        {"module": "stripe", "displayname": "Card & more"},
    ]}},
    "GetProducts": {"totalresults": 1, "products": {"product": [PRODUCT]}},
    "GetClients": listed("clients", "client", {"id": 1, "email": "mina@example.com", "datecreated": "2026-01-05"}),
    "GetClientsDetails": {"client": CLIENT},
}  # fmt: skip


async def _link(_: Client, ports: WhmcsPorts) -> str:
    return (await ports.billing_door.link(MINA, Page.SERVICES)).url


SAMPLES: Final = (
    Sample("GetClientsDetails", {"client": CLIENT}, lambda _, p: p.client_book.find(MINA), RECORD),
    Sample("GetClients", CHECKED["GetClients"], lambda _, p: p.client_book.all_clients(None, 9), (RECORD,),
           others={"GetClientsDetails": {"client": CLIENT}}, rows=("clients", "client")),
    Sample("GetPayMethods", {"clientid": 1, "paymethods": [
        {"id": 1, "type": "RemoteCreditCard", "description": "Mine & 'hers'", "gateway_name": "stripe",
         "contact_type": "Client", "contact_id": 1, "card_last_four": "4242", "expiry_date": "03/27",
         "card_type": "Visa", "remote_token": "canary", "last_updated": "05/01/2026 10:00"},
        {"id": 2, "type": "RemoteBankAccount", "description": "", "bank_name": "渋谷 & Co"},
        {"id": 3, "type": "CreditCard", "description": "", "card_type": "JCB", "card_last_four": "0042",
         "expiry_date": "12/30"},
    ]}, lambda _, p: p.payment_book.payment_methods(MINA), (
        PaymentMethod(kind="RemoteCreditCard", label="Mine & 'hers'", last_four="4242", expires="2027-03"),
        PaymentMethod(kind="RemoteBankAccount", label="渋谷 & Co"),
        PaymentMethod(kind="CreditCard", label="JCB", last_four="0042", expires="2030-12"),
    ), rows=("paymethods", "")),
    Sample("GetClientsProducts", listed("products", "product", SERVICE, VISIT, YEARLY),
           lambda _, p: p.service_book.services(MINA), (ENDED, DONE, HOME), rows=("products", "product")),
    Sample("GetInvoices", listed("invoices", "invoice", INVOICE, PAID, ODD),
           lambda _, p: p.invoice_book.invoices(MINA), (DUE, SETTLED, STRANGE), rows=("invoices", "invoice")),
    Sample("GetInvoice", {**INVOICE, "invoiceid": 7, "balance": "330.00", "items": {"item": ITEMS}, "transactions": [],
                          "ccgateway": True}, lambda _, p: p.invoice_book.invoice(MINA, InvoiceId("7")), WHOLE),
    Sample("GetOrders", listed("orders", "order", {
        "id": 3, "ordernum": 9_007_199_254_740_993, "userid": 1, "date": "2026-01-20", "amount": "28300.00",
        "invoiceid": 7, "status": "Active", "notes": "", "fraudoutput": "{}", "currencyprefix": "¥",
        "lineitems": {"lineitem": [{"type": "product", "relid": 5, "amount": "5500.00", "status": "Active"}]},
    }), lambda client, _: Marks(client).status_of(BillingOrderId("3")), "active", rows=("orders", "order")),
    Sample("AddOrder", {"orderid": 4, "serviceids": "8,9", "addonids": "", "domainids": "", "invoiceid": 2},
           lambda _, p: p.provisioner.ensure_billed("k", an_order(MINA)),  # type: ignore[arg-type]
           Billed(BillingOrderId("4"), (ServiceId("8"), ServiceId("9")), accepted=False),
           others={"GetClientsProducts": listed("products", "product"), "GetProducts": CHECKED["GetProducts"]}),
    Sample("CreateSsoToken", {"access_token": "t", "redirect_url": "https://billing.example/oauth/x.php?access_token=t"},
           _link, "https://billing.example/oauth/x.php?access_token=t"),
)  # fmt: skip
CHECKS: Final = tuple(
    Sample(action, body, lambda client, _: check(client, {"101": "monthly"}), (), others=CHECKED)
    for action, body in CHECKED.items()
)
"""The same of what the check reads, which asks all there is: it finds nothing."""
