"""One invoice, whole."""

from dataclasses import dataclass

from core.domain.billing import Invoice
from core.domain.ids import InvoiceId
from core.domain.refusals import NotFound
from core.domain.session import Session
from ports.billing import InvoiceBook


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """One invoice of the customer with lines and balance; another customer's does not exist (SRV-2)."""

    invoices: InvoiceBook

    async def __call__(self, session: Session, invoice_id: InvoiceId) -> Invoice:
        invoice = await self.invoices.invoice(session.client, invoice_id)
        if invoice is None:
            raise NotFound(invoice=invoice_id)
        return invoice
