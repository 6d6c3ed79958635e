"""A word before an invoice is due."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.billing import Invoice
from core.domain.due import due_notice, is_due_soon
from core.domain.japan import tokyo_date
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
        due = [each for each in await self.invoices.due_by(until) if is_due_soon(each, today, self.policy)]
        for invoice in due:
            await self._tell(invoice)
        return len(due)

    async def _tell(self, invoice: Invoice) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(invoice.client)
        if user is not None:
            await self.notifier(due_notice(invoice, user.id, self.clock.now()))
