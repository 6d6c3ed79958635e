"""What follows when an invoice or a payment method changed in billing."""

from dataclasses import dataclass

from core.domain.facts import InvoiceChanged, PaymentMethodsChanged
from core.domain.ids import ClientId
from core.domain.japan import tokyo_date
from ports.bell import Bell
from ports.billing import PaymentBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.store import CardMonth, Store


@dataclass(frozen=True, slots=True)
class LearnBilling:
    """Let an open page see a new payment method, or an invoice made or paid, at once (ORD-9, SRV-2, SRV-6)."""

    payments: PaymentBook
    store: Store
    caches: Caches
    bell: Bell
    clock: Clock

    async def __call__(self, steps: Steps, fact: InvoiceChanged | PaymentMethodsChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("ring", None, lambda: self._ring(fact.client))
        if isinstance(fact, PaymentMethodsChanged):
            await steps.do("card", None, lambda: self._remember_card(fact.client))

    async def _remember_card(self, client: ClientId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(client)
        if user is None:
            return
        methods = await self.payments.payment_methods(client)
        card = CardMonth.of(user.id, client, methods, tokyo_date(self.clock.now()))
        async with self.store.begin() as shelves:
            await shelves.things.keep_card(card)

    async def _ring(self, client: ClientId) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(client)
        if user is not None:
            await self.bell.ring(user.id, "status")
