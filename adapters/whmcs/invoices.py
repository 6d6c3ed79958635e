"""Invoices, as the portal reads them in WHMCS."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import structlog

from adapters.whmcs.client import Client, reading
from adapters.whmcs.decoding import (
    Row,
    Unreadable,
    amount,
    check_currency,
    day,
    id_of,
    maybe_id,
    needed_day,
    raw,
    rows,
    shown,
    word,
)
from adapters.whmcs.sayings import Class
from core.domain.billing import Invoice, InvoiceLine, InvoiceStatus
from core.domain.ids import ClientId, InvoiceId, ServiceId
from ports.errors import Rejected

log = structlog.get_logger(__name__)

_STATUSES: Final = {word(status): status for status in InvoiceStatus if status is not InvoiceStatus.OTHER}
_OF_SERVICES: Final = "hosting"
UNPAID: Final = "Unpaid"


class WhmcsInvoiceBook:
    """`ports.billing.InvoiceBook` on a WHMCS."""

    def __init__(self, client: Client) -> None:
        self._whmcs = client
        self._currency = client.settings.currency

    async def invoices(self, client: ClientId) -> tuple[Invoice, ...]:
        listed = await invoices_of(self._whmcs, client)
        with reading("GetInvoices"):
            found = [_invoice_of(row, self._currency) for row in listed if status_of(row) is not InvoiceStatus.DRAFT]
        return tuple(sorted(found, key=lambda invoice: int(invoice.id), reverse=True))

    async def invoice(self, client: ClientId, invoice: InvoiceId) -> Invoice | None:
        row = await invoice_row(self._whmcs, client, invoice)
        if row is None:
            return None
        with reading("GetInvoice"):
            if status_of(row) is InvoiceStatus.DRAFT:
                return None
            return _invoice_of(row, self._currency, items_of(row))

    async def due_by(self, day: date) -> tuple[Invoice, ...]:
        listed = self._whmcs.each("GetInvoices", "invoices", "invoice", status=UNPAID)
        found = [invoice async for row in listed if (invoice := self._due_by(row, day)) is not None]
        # of what was paid while the pages were read, a row may stand on two of them
        found = list({invoice.id: invoice for invoice in found}.values())
        return tuple(sorted(found, key=lambda invoice: (invoice.due, int(invoice.id))))

    # --- inside ----------------------------------------------------------------------------------------------------
    def _due_by(self, row: Row, day: date) -> Invoice | None:
        try:
            return _invoice_of(row, self._currency) if needed_day(row, "duedate") <= day else None
        except Unreadable as odd:
            # it is one customer's, and hides nobody else's: who puts it right in WHMCS is told which it is
            log.error("whmcs.invoice.unreadable", subject=_told_id(row), error=str(odd))
            return None


async def invoices_of(whmcs: Client, client: ClientId, status: str | None = None) -> list[Row]:
    """The client's invoices as WHMCS lists them."""
    listed = await whmcs.every("GetInvoices", "invoices", "invoice", userid=client, status=status)
    with reading("GetInvoices"):
        return [row for row in listed if id_of(row, "userid") == client]


async def invoice_row(whmcs: Client, client: ClientId, invoice: InvoiceId) -> Row | None:
    """One invoice of that client, or None: WHMCS itself does not look whose it is."""
    try:
        body = await whmcs.read("GetInvoice", invoiceid=invoice)
    except Rejected as refused:
        if refused.code != Class.NOT_FOUND:
            raise
        return None
    with reading("GetInvoice"):
        is_theirs = id_of(body, "userid") == client and id_of(body, "invoiceid", "id") == invoice
    return body if is_theirs else None


def items_of(row: Row) -> list[Row]:
    """The lines of one invoice."""
    return rows(row, "items", "item")


def service_of(item: Row) -> ServiceId | None:
    """The service that a line is for; the id of a line of another kind is something else's."""
    found = maybe_id(item, "relid") if raw(item, "type").casefold() == _OF_SERVICES else None
    return ServiceId(found) if found else None


def status_of(row: Row) -> InvoiceStatus:
    """The invoice's status; one that is not known is `other`."""
    return _STATUSES.get(word(raw(row, "status")), InvoiceStatus.OTHER)


def _line_of(item: Row) -> InvoiceLine:
    return InvoiceLine(shown(item, "description"), amount(item, "amount"), service_of(item))


def _told_id(row: Row) -> str:
    try:
        return id_of(row, "invoiceid", "id")
    except Unreadable:
        return ""


def seen_of(row: Row, currency: str) -> Invoice | None:
    """What a row of a list says of an invoice; None where it can't be read."""
    try:
        return _invoice_of(row, currency)
    except Unreadable:
        return None


def _invoice_of(row: Row, currency: str, items: Iterable[Row] | None = None) -> Invoice:
    check_currency(row, currency)
    id = InvoiceId(id_of(row, "invoiceid", "id"))
    return Invoice(
        id=id,
        client=ClientId(id_of(row, "userid")),
        number=shown(row, "invoicenum").strip() or id,
        status=status_of(row),
        issued=needed_day(row, "date"),
        due=needed_day(row, "duedate"),
        paid_on=day(row, "datepaid"),
        total=amount(row, "total"),
        balance=amount(row, "balance") if items is not None else None,
        lines=tuple(map(_line_of, items or ())),
    )
