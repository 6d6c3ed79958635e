"""What follows when a service changed in billing, or the order of some."""

from dataclasses import dataclass
from typing import Final

from core.domain.cancellation import ServiceRef, completion_job
from core.domain.facts import BillingOrderChanged, ServiceChanged
from core.domain.ids import ServiceId
from core.domain.opportunity import STAGE_SEEN, Opportunity, Stage
from ports.bell import Bell
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.durable import DurableWork, Steps
from ports.opportunities import Opportunities
from ports.store import Store

_MANY: Final = 50


@dataclass(frozen=True, slots=True)
class LearnService:
    """Forget how the service was, and complete its cancellation where it has ended (SRV-1, CAN-5).

    Of an order in billing, each of its services is looked at.
    """

    services: ServiceBook
    opportunities: Opportunities
    work: DurableWork
    store: Store
    caches: Caches
    bell: Bell

    async def __call__(self, steps: Steps, fact: ServiceChanged | BillingOrderChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("complete", None, lambda: self._complete(fact))
        await steps.do("ring", None, lambda: self._ring(fact))

    async def _complete(self, fact: ServiceChanged | BillingOrderChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(fact.client)
        if user is None:
            return
        for service in await self._named(fact):
            sale = await self.opportunities.for_service(user.account, service)
            if sale is not None and await self._is_ending(sale):
                ref = ServiceRef(
                    account=user.account, client=fact.client, user=user.id, service=service, opportunity=sale.id
                )
                await self.work.start(completion_job(ref, fact.id))

    async def _named(self, fact: ServiceChanged | BillingOrderChanged) -> tuple[ServiceId, ...]:
        if isinstance(fact, ServiceChanged):
            return (fact.service,)
        services = await self.services.services(fact.client)
        return tuple(service.id for service in services if service.billing_order == fact.order)

    async def _is_ending(self, sale: Opportunity) -> bool:
        if sale.stage is not Stage.CANCELLED:
            return sale.stage is Stage.CANCELLING
        # staff closed it before the service had ended; one that was closed before the portal saw it is long over
        async with self.store.reading() as shelves:
            seen = await shelves.audit.of_subject(str(sale.id), _MANY)
        return any(line.deed == STAGE_SEEN and line.details["stage"] == Stage.CANCELLING for line in seen)

    async def _ring(self, fact: ServiceChanged | BillingOrderChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(fact.client)
        if user is not None:
            await self.bell.ring(user.id, "status")
