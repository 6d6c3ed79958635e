"""WHMCS's actions about invoices."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from adapters.fakes.schema_whmcs import GATEWAYS
from adapters.fakes.tables import Row
from adapters.fakes.whmcs.acting import Acting, Listing, action
from adapters.fakes.whmcs.invoicing import paid_up_to
from adapters.fakes.whmcs.sayings import Says


class InvoiceWithItems(msgspec.Struct, frozen=True):
    """One invoice with its lines, in their order."""

    invoice: Row
    items: tuple[Row, ...]


class InvoiceActions(Acting):
    """Actions about invoices."""

    @action("GetInvoices")
    def get_invoices(
        self, *, userid: str | None = None, status: str | None = None, limitstart: int = 0, limitnum: int = 25
    ) -> Listing:
        """Invoices that fit, oldest first; "Overdue" is a filter, not a status."""
        overdue = status == "Overdue"
        filters = {"client": userid, "status": "Unpaid" if overdue else status}
        wanted: dict[str, Any] = {name: value for name, value in filters.items() if value is not None}
        rows = self.records.find("invoice", **wanted)
        return self._listing((r for r in rows if not overdue or r["duedate"] < self.today), limitstart, limitnum)

    @action("GetInvoice")
    def get_invoice(self, invoiceid: str) -> InvoiceWithItems:
        """The invoice, whosever it is."""
        invoice = self._invoice(invoiceid)
        return InvoiceWithItems(invoice, tuple(self.records.find("invoice_line", invoice=invoice["id"])))

    @action("CreateInvoice")
    def create_invoice(
        self, userid: str, items: Sequence[tuple[str, int]], *, duedate: date, status: str = "Unpaid"
    ) -> str:
        """Make an invoice of free lines: (description, amount)."""
        if self.records.get("client", userid) is None:
            raise Says.CLIENT_ID_MISSING.about()
        if not items:
            raise Says.NOT_ENTERED.about("item", fields=("items",))
        total = sum(amount for _, amount in items)
        fields = {"client": userid, "date": self.today, "duedate": duedate, "status": status}
        invoice = self.records.create("invoice", {**fields, "total": total, "balance": total}, by=self.by)
        for description, amount in items:
            line = {"invoice": invoice, "type": "Item", "description": description, "amount": amount}
            self.records.create("invoice_line", line, by=self.by)
        return invoice

    @action("UpdateInvoice")
    def update_invoice(self, invoiceid: str, *, status: str) -> None:
        """Write another status on the invoice; nothing follows from it."""
        self.records.update("invoice", self._invoice(invoiceid)["id"], {"status": status}, by=self.by)

    @action("AddInvoicePayment")
    def add_invoice_payment(
        self,
        invoiceid: str,
        *,
        transid: str,
        gateway: str,
        date: datetime,
        amount: int | None = None,
        may_repeat: bool = False,
    ) -> None:
        """Pay what is open, or a part; once all is paid, services billed on the invoice are due a month later.

        Only the transaction's id keeps a payment from being made twice, unless it `may_repeat`.
        """
        if not transid.strip():
            raise Says.NOT_ENTERED.about("transid", fields=("transid",))
        if gateway not in GATEWAYS:
            raise Says.GATEWAY_WRONG.about(", ".join(GATEWAYS), fields=("gateway",))
        invoice = self._invoice(invoiceid)
        if not may_repeat and self.records.one("transaction", transid=transid) is not None:
            raise Says.TRANSACTION_TAKEN.about(fields=("transid",))
        paid = invoice["balance"] if amount is None else amount
        payment = {"invoice": invoice["id"], "transid": transid, "gateway": gateway, "date": date, "amount": paid}
        self.records.create("transaction", payment, by=self.by)
        left = max(0, invoice["balance"] - paid)
        settled = {"status": "Paid", "datepaid": date} if left == 0 else {}
        self.records.update("invoice", invoice["id"], {"balance": left, **settled}, by=self.by)
        if settled:
            self._move_on(invoice)

    def _move_on(self, invoice: Row) -> None:
        for line in self.records.find("invoice_line", invoice=invoice["id"]):
            service = self.records.get("service", line["relid"])
            if service is not None and service["nextduedate"] is not None:
                due = {"nextduedate": paid_up_to(service, invoice["duedate"])}
                self.records.update("service", service["id"], due, by=self.by)

    def _invoice(self, invoiceid: str) -> Row:
        invoice = self.records.get("invoice", invoiceid)
        if invoice is None:
            raise Says.INVOICE_MISSING.about()
        return invoice
