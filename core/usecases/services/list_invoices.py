"""The invoices of a customer."""

from dataclasses import dataclass

from core.domain.billing import Invoice
from core.domain.session import Session
from ports.billing import InvoiceBook


@dataclass(frozen=True, slots=True)
class ListInvoices:
    """All invoices but drafts, newest first (SRV-2)."""

    invoices: InvoiceBook

    async def __call__(self, session: Session) -> tuple[Invoice, ...]:
        return await self.invoices.invoices(session.client)
