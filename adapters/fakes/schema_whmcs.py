"""WHMCS's tables as the world keeps them, and what WHMCS's hooks tell of their changes.

Custom fields stand as columns: the client's customer number, the service's CRM order. Amounts are whole yen, days are
days in Japan.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from adapters.fakes.records import Records
from adapters.fakes.tables import Access, Breach, Change, Column, Kind, Table, Telling, Upstream
from core.domain.facts import AnyFact, InvoiceChanged, PaymentMethodsChanged, ServiceChanged
from core.domain.ids import ClientId, InvoiceId, ServiceId

CLIENT_STATUSES: Final = ("Active", "Inactive", "Closed")
ORDER_STATUSES: Final = ("Pending", "Active", "Fraud", "Cancelled")
SERVICE_STATUSES: Final = ("Pending", "Active", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed")
INVOICE_STATUSES: Final = (
    "Draft",
    "Unpaid",
    "Paid",
    "Cancelled",
    "Refunded",
    "Collections",
    "Payment Pending",
)
GATEWAYS: Final = ("stripe", "banktransfer")
"""The payment gateways that are set up; the first is the portal's."""

CODES: Final[Mapping[Breach, str]] = MappingProxyType(
    dict.fromkeys(Breach, "validation")
    | {
        Breach.READ_ONLY: "permission",
        Breach.DUPLICATE: "conflict",
        Breach.WRONG_REFERENCE: "not_found",
        Breach.MALFORMED_ID: "not_found",
        Breach.NOT_FOUND: "not_found",
        Breach.DELETED: "not_found",
        Breach.INTEGRITY: "wrong_state",
    }
)
"""The classes of WHMCS's refusals; it has no codes of its own."""

_DAY: Final = Column(kind=Kind.DATE)
_YEN: Final = Column(kind=Kind.NUMBER, default=0)
_READ: Final = Access.READS


def _choice(*choices: str, default: str | None = None) -> Column:
    return Column(kind=Kind.PICKLIST, choices=choices, default=default, required=True, shown=True)


def _to(table: str, *, required: bool = True, fixed: bool = True) -> Column:
    return Column(kind=Kind.REFERENCE, references=(table,), required=required, fixed=fixed)


CLIENT: Final = Table(
    name="client",
    system="whmcs",
    codes=CODES,
    key="customer_number",
    columns={
        "firstname": Column(),
        "lastname": Column(),
        "companyname": Column(),
        "email": Column(kind=Kind.EMAIL, required=True, unique=True),
        # the login user that AddClient makes beside the client, unless another's owns it: its address stays when the
        # client's changes
        "user_email": Column(kind=Kind.EMAIL, unique=True, fixed=True),
        "address1": Column(),
        "address2": Column(),
        "city": Column(),
        "state": Column(),
        "postcode": Column(),
        "country": Column(length=2),
        "phonenumber": Column(),
        "language": Column(),
        "marketingoptin": Column(kind=Kind.CHECKBOX, default=False),
        "status": _choice(*CLIENT_STATUSES, default="Active"),
        "datecreated": _DAY,
        "customer_number": Column(indexed=True),
        "sso_off": Column(kind=Kind.CHECKBOX, default=False, portal=_READ),
    },
)

PAYMENT_METHOD: Final = Table(
    name="payment_method",
    system="whmcs",
    codes=CODES,
    columns={
        "client": Column(kind=Kind.REFERENCE, references=("client",), required=True, fixed=True, portal=_READ),
        "type": _choice("CreditCard", "RemoteCreditCard", "BankAccount", "RemoteBankAccount"),
        "description": Column(portal=_READ),
        "gateway_name": Column(portal=_READ),
        "card_last_four": Column(length=4, portal=_READ),
        # MM/YY, as WHMCS answers it
        "expiry_date": Column(length=5, portal=_READ),
        "card_type": Column(portal=_READ),
        "bank_name": Column(portal=_READ),
    },
)

BILLING_PRODUCT: Final = Table(
    name="billing_product",
    system="whmcs",
    codes=CODES,
    columns={
        "pid": Column(required=True, unique=True, fixed=True),
        "name": Column(required=True),
        "groupname": Column(required=True),
        "paytype": _choice("free", "onetime", "recurring"),
        # -1 is WHMCS's word for a cycle that is not offered
        "monthly": Column(kind=Kind.NUMBER, least=-1, default=-1),
        "onetime": Column(kind=Kind.NUMBER, least=-1, default=-1),
        # the provisioning module; a product without one has no module actions
        "module": Column(),
        # whether an order must say in the product's custom field which CRM order it is for
        "needs_crm_order": Column(kind=Kind.CHECKBOX, default=False),
    },
)

BILLING_ORDER: Final = Table(
    name="billing_order",
    system="whmcs",
    codes=CODES,
    columns={
        "ordernum": Column(required=True, fixed=True),
        "client": _to("client"),
        "date": Column(kind=Kind.INSTANT, required=True),
        "amount": _YEN,
        "paymentmethod": _choice(*GATEWAYS),
        "invoice": _to("invoice", required=False, fixed=False),
        "status": _choice(*ORDER_STATUSES, default="Pending"),
    },
)

SERVICE: Final = Table(
    name="service",
    system="whmcs",
    codes=CODES,
    key="crm_order",
    columns={
        "client": _to("client"),
        "order": Column(kind=Kind.REFERENCE, references=("billing_order",), fixed=True),
        "pid": Column(required=True),
        "name": Column(required=True),
        "groupname": Column(required=True),
        "regdate": _DAY,
        "domain": Column(indexed=True),
        "crm_order": Column(indexed=True),
        "firstpaymentamount": _YEN,
        "recurringamount": _YEN,
        "billingcycle": _choice("Free Account", "One-Time", "Monthly"),
        "nextduedate": _DAY,
        "nextinvoicedate": _DAY,
        "terminationdate": _DAY,
        "paymentmethod": Column(),
        "suspensionreason": Column(),
        "status": _choice(*SERVICE_STATUSES, default="Pending"),
    },
)

INVOICE: Final = Table(
    name="invoice",
    system="whmcs",
    codes=CODES,
    columns={
        "client": _to("client"),
        "invoicenum": Column(),
        "date": Column(kind=Kind.DATE, required=True),
        "duedate": Column(kind=Kind.DATE, required=True),
        "datepaid": Column(kind=Kind.INSTANT),
        "total": _YEN,
        "balance": _YEN,
        "paymentmethod": Column(),
        "status": _choice(*INVOICE_STATUSES, default="Unpaid"),
    },
)

INVOICE_LINE: Final = Table(
    name="invoice_line",
    system="whmcs",
    codes=CODES,
    columns={
        "invoice": _to("invoice"),
        "type": _choice("Hosting", "Item"),
        "relid": _to("service", required=False),
        "description": Column(required=True, length=1000),
        "amount": _YEN,
    },
)

TRANSACTION: Final = Table(
    name="transaction",
    system="whmcs",
    codes=CODES,
    # what is told and counted is the invoice that it pays
    silent=True,
    columns={
        "invoice": _to("invoice", required=False),
        # unique unless whoever enters it says that it need not be
        "transid": Column(indexed=True, fixed=True),
        "gateway": Column(required=True, fixed=True),
        "date": Column(kind=Kind.INSTANT, required=True, fixed=True),
        "amount": Column(kind=Kind.NUMBER, required=True, fixed=True, least=0),
    },
)


def _of_service(records: Records, change: Change) -> Iterator[AnyFact]:
    yield ServiceChanged(id="", at=change.at, client=ClientId(change.row["client"]), service=ServiceId(change.id))


def _of_invoice(records: Records, change: Change) -> Iterator[AnyFact]:
    yield InvoiceChanged(id="", at=change.at, client=ClientId(change.row["client"]), invoice=InvoiceId(change.id))


def _of_payment_method(records: Records, change: Change) -> Iterator[AnyFact]:
    yield PaymentMethodsChanged(id="", at=change.at, client=ClientId(change.row["client"]))


TELLINGS: Final[Mapping[str, Telling]] = MappingProxyType(
    {"service": _of_service, "invoice": _of_invoice, "payment_method": _of_payment_method}
)

SSO_TOKEN: Final = Table(
    name="sso_token",
    system="whmcs",
    codes=CODES,
    # WHMCS's own note of a door it opened; nothing was done yet
    silent=True,
    columns={
        "token": Column(required=True, unique=True, fixed=True),
        "client": _to("client"),
        "destination": Column(required=True, fixed=True),
        "path": Column(fixed=True),
        "until": Column(kind=Kind.INSTANT, required=True, fixed=True),
        "used": Column(kind=Kind.CHECKBOX, default=False),
    },
)

WHMCS: Final = Upstream(
    tables=(
        CLIENT,
        PAYMENT_METHOD,
        BILLING_PRODUCT,
        BILLING_ORDER,
        SERVICE,
        INVOICE,
        INVOICE_LINE,
        TRANSACTION,
        SSO_TOKEN,
    ),
    tellings=TELLINGS,
)
