"""What follows when an invoice changed in billing."""

from dataclasses import dataclass

from core.domain.facts import InvoiceChanged
from core.domain.session import PortalUser
from ports.bell import Bell
from ports.caches import Caches
from ports.durable import Steps
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnInvoice:
    """Show an invoice as made, paid or cancelled at once (SRV-2)."""

    store: Store
    caches: Caches
    bell: Bell

    async def __call__(self, steps: Steps, fact: InvoiceChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("ring", None, lambda: self._ring(fact))

    async def _ring(self, fact: InvoiceChanged) -> None:
        async with self.store.reading() as shelves:
            user: PortalUser | None = await shelves.users.by_client(fact.client)
        if user is not None:
            await self.bell.ring(user.id, "status")
