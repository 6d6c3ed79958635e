"""Bills: invoices, and how the customer pays (SRV-2)."""

from datetime import date, datetime
from typing import Any, ClassVar, Final

from litestar import get

from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.paging import PAGE, Cursors, CursorText, PageSize, ReadPage
from adapters.http.people import word_of
from adapters.http.subjects import InvoiceInPath
from core.domain.billing import Invoice, PaymentMethod
from core.domain.ids import InvoiceId, is_billing_id
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.usecases.services.list_invoices import ListInvoices
from core.usecases.services.read_invoice import ReadInvoice
from core.usecases.services.summarize_payment_methods import SummarizePaymentMethods
from ports.caches import ReadTimes

_INVOICE: Final = {
    "id": "7",
    "number": "2026-0007",
    "status": "unpaid",
    "issuedOn": "2026-01-20",
    "dueOn": "2026-02-03",
    "paidOn": None,
    "total": 28800,
}


class InvoiceShown(Answer, frozen=True):
    """An invoice in a list."""

    id: str
    number: str
    status: str
    issued_on: date
    due_on: date
    paid_on: date | None
    total: int

    example: ClassVar[Any] = _INVOICE


class InvoiceLineShown(Answer, frozen=True):
    """One line of an invoice."""

    description: str
    amount: int
    service_id: str | None


class InvoiceDetail(InvoiceShown, frozen=True, kw_only=True):
    """An invoice with its lines and what is left to pay; a link to pay it comes from `/api/auth/sso-link`."""

    balance: int | None = None
    lines: tuple[InvoiceLineShown, ...] = ()
    read_at: datetime

    example: ClassVar[Any] = _INVOICE | {
        "readAt": "2026-01-20T01:00:05Z",
        "balance": 28800,
        "lines": [{"description": "Internet Home 1G Gold", "amount": 6000, "serviceId": "12"}],
    }


class MethodShown(Answer, frozen=True):
    """A payment method by what may be shown of it."""

    kind: str
    label: str
    last_four: str | None
    expires: str | None

    @classmethod
    def of(cls, method: PaymentMethod | None) -> "MethodShown | None":
        """The method, if there is one."""
        if method is None:
            return None
        return cls(kind=method.kind, label=method.label, last_four=method.last_four, expires=method.expires)


class PaymentSummaryShown(Answer, frozen=True):
    """How many payment methods there are, the one that is used, and whether it ends soon."""

    count: int
    first: MethodShown | None
    expires_soon: bool
    read_at: datetime

    example: ClassVar[Any] = {
        "readAt": "2026-01-20T01:00:05Z",
        "count": 1,
        "first": {"kind": "card", "label": "Visa", "lastFour": "4242", "expires": "2030-03"},
        "expiresSoon": False,
    }


@get("/billing/invoices", **operation("billing.invoices", tag="Billing", summary="Your invoices"))
async def invoices(
    session: Given[Session],
    list_invoices: Given[ListInvoices],
    read_times: Given[ReadTimes],
    cursors: Given[Cursors],
    limit: PageSize = PAGE,
    cursor: CursorText = None,
) -> ReadPage[InvoiceShown]:
    """All invoices, newest first (SRV-2)."""
    found, read_at = await read_times.of(list_invoices(session))
    shown, following = cursors.page("invoices", found, lambda each: each.id, limit, cursor)
    items = tuple(InvoiceShown(**_of(each)) for each in shown)
    return ReadPage(items=items, next_cursor=following, read_at=read_at)


@get("/billing/invoices/{id:str}", **operation("billing.invoice", tag="Billing", summary="One invoice"))
async def invoice(
    id: InvoiceInPath, session: Given[Session], read_times: Given[ReadTimes], read_invoice: Given[ReadInvoice]
) -> InvoiceDetail:
    """One invoice with its lines; another customer's is not there (SRV-2)."""
    found, read_at = await read_times.of(read_invoice(session, _invoice_id(id)))
    lines = tuple(
        InvoiceLineShown(description=x.description, amount=x.amount, service_id=x.service) for x in found.lines
    )
    return InvoiceDetail(**_of(found), balance=found.balance, lines=lines, read_at=read_at)


@get(
    "/billing/payment-methods/summary",
    **operation("billing.paymentMethods", tag="Billing", summary="How you pay"),
)
async def payment_methods(
    session: Given[Session], summarize_payment_methods: Given[SummarizePaymentMethods]
) -> PaymentSummaryShown:
    """The number of payment methods and the one used, by its last four digits (SRV-2)."""
    found = await summarize_payment_methods(session)
    first = MethodShown.of(found.first)
    return PaymentSummaryShown(count=found.count, first=first, expires_soon=found.expires_soon, read_at=found.read_at)


def _of(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.id,
        "number": invoice.number,
        "status": word_of(invoice.status),
        "issued_on": invoice.issued,
        "due_on": invoice.due,
        "paid_on": invoice.paid_on,
        "total": invoice.total,
    }


def _invoice_id(text: str) -> InvoiceId:
    if not is_billing_id(text):
        raise NotFound
    return InvoiceId(text)


BILLING: Final = (invoices, invoice, payment_methods)
