"""What follows when an invoice or a payment method changed in billing."""

from dataclasses import dataclass

from core.domain.due import due_notice, is_due_soon
from core.domain.facts import InvoiceChanged, PaymentMethodsChanged
from core.domain.ids import ClientId
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from ports.bell import Bell
from ports.billing import InvoiceBook, PaymentBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.notices import Notifier
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnBilling:
    """Let an open page see a new payment method, or an invoice made or paid, at once (ORD-9, SRV-2, SRV-6).

    Whoever has an invoice that is due soon is told now, and not only with the day's others.
    """

    payments: PaymentBook
    invoices: InvoiceBook
    store: Store
    notifier: Notifier
    caches: Caches
    bell: Bell
    clock: Clock
    policy: Policy

    async def __call__(self, steps: Steps, fact: InvoiceChanged | PaymentMethodsChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("ring", None, lambda: self._ring(fact.client))
        if isinstance(fact, PaymentMethodsChanged):
            await steps.do("card", None, lambda: self._read_card(fact.client))
        else:
            await steps.do("due", None, lambda: self._tell_due(fact))

    async def _tell_due(self, fact: InvoiceChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(fact.client)
        if user is None:
            return
        invoice = fact.seen or await self.invoices.invoice(fact.client, fact.invoice)
        now = self.clock.now()
        if invoice is None or invoice.issued == invoice.due:
            return  # an order's own: its customer has just heard of it
        if is_due_soon(invoice, tokyo_date(now), self.policy):
            await self.notifier(due_notice(invoice, user.id, now))

    async def _read_card(self, client: ClientId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(client)
        if user is None:
            return
        await self.payments.payment_methods(client)  # what is read is remembered

    async def _ring(self, client: ClientId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(client)
        if user is not None:
            await self.bell.ring(user.id, "status")
