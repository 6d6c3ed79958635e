"""What follows when a payment method was added or removed in billing."""

from dataclasses import dataclass

from core.domain.facts import PaymentMethodsChanged
from core.domain.session import PortalUser
from ports.bell import Bell
from ports.caches import Caches
from ports.durable import Steps
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnPaymentMethods:
    """Let the payment step of an open page see the new method at once (ORD-9)."""

    store: Store
    caches: Caches
    bell: Bell

    async def __call__(self, steps: Steps, fact: PaymentMethodsChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("ring", None, lambda: self._ring(fact))

    async def _ring(self, fact: PaymentMethodsChanged) -> None:
        async with self.store.reading() as shelves:
            user: PortalUser | None = await shelves.users.by_client(fact.client)
        if user is not None:
            await self.bell.ring(user.id, "status")
