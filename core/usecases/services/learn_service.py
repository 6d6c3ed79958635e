"""What follows when a service changed in billing."""

from dataclasses import dataclass

from core.domain.cancellation import ServiceRef, completion_job
from core.domain.facts import ServiceChanged
from core.domain.opportunity import Stage
from ports.bell import Bell
from ports.caches import Caches
from ports.durable import DurableWork, Steps
from ports.opportunities import Opportunities
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnService:
    """Forget how the service was, and complete its cancellation where it has ended (SRV-1, CAN-5)."""

    opportunities: Opportunities
    work: DurableWork
    store: Store
    caches: Caches
    bell: Bell

    async def __call__(self, steps: Steps, fact: ServiceChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("complete", None, lambda: self._complete(fact))
        await steps.do("ring", None, lambda: self._ring(fact))

    async def _complete(self, fact: ServiceChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(fact.client)
        if user is None:
            return
        sale = await self.opportunities.for_service(user.account, fact.service)
        if sale is None or sale.stage is not Stage.CANCELLING:
            return
        ref = ServiceRef(
            account=user.account, client=fact.client, user=user.id, service=fact.service, opportunity=sale.id
        )
        await self.work.start(completion_job(ref, fact.id))

    async def _ring(self, fact: ServiceChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(fact.client)
        if user is not None:
            await self.bell.ring(user.id, "status")
