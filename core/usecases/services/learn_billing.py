"""What follows when an invoice or a payment method changed in billing."""

from dataclasses import dataclass

from core.domain.facts import InvoiceChanged, PaymentMethodsChanged
from core.domain.ids import ClientId
from ports.bell import Bell
from ports.billing import PaymentBook
from ports.caches import Caches
from ports.durable import Steps
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnBilling:
    """Let an open page see a new payment method, or an invoice made or paid, at once (ORD-9, SRV-2, SRV-6)."""

    payments: PaymentBook
    store: Store
    caches: Caches
    bell: Bell

    async def __call__(self, steps: Steps, fact: InvoiceChanged | PaymentMethodsChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("ring", None, lambda: self._ring(fact.client))
        if isinstance(fact, PaymentMethodsChanged):
            await steps.do("card", None, lambda: self._read_card(fact.client))

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
