"""A word before an invoice is due."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.billing import Invoice
from core.domain.japan import tokyo_date
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy
from ports.billing import InvoiceBook
from ports.clock import Clock
from ports.notices import Notifier
from ports.store import Store


@dataclass(frozen=True, slots=True)
class TellInvoicesDue:
    """Tell each customer once of an unpaid invoice that is due in three days or less (SRV-6).

    WHMCS itself reminds of what is overdue.
    """

    invoices: InvoiceBook
    store: Store
    notifier: Notifier
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        """How many unpaid invoices are due so soon."""
        today = tokyo_date(self.clock.now())
        until = today + timedelta(days=self.policy.invoice_due_days)
        due = [invoice for invoice in await self.invoices.due_by(until) if invoice.due >= today]
        for invoice in due:
            await self._tell(invoice)
        return len(due)

    async def _tell(self, invoice: Invoice) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(invoice.client)
        if user is None:
            return
        amount = invoice.balance if invoice.balance is not None else invoice.total
        await self.notifier(
            NewNotice(
                user=user.id,
                type=NoticeType.INVOICE_DUE,
                source_id=str(invoice.id),
                version=invoice.due.isoformat(),
                values={
                    "invoice": str(invoice.id),
                    "number": invoice.number,
                    "amount": f"{amount:,}",
                    "due": invoice.due.isoformat(),
                },
                created_at=self.clock.now(),
            )
        )
