"""What follows when a service changed in billing."""

from dataclasses import dataclass

import msgspec

from core.domain.cancellation import ServiceRef
from core.domain.facts import ServiceChanged
from core.domain.ids import request_key
from core.domain.opportunity import Stage
from core.domain.work import Job, WorkKind
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.durable import DurableWork, Steps
from ports.opportunities import Opportunities
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LearnService:
    """Read the service again, and complete its cancellation where it has ended (SRV-1, CAN-5)."""

    services: ServiceBook
    opportunities: Opportunities
    work: DurableWork
    store: Store
    caches: Caches

    async def __call__(self, steps: Steps, fact: ServiceChanged) -> None:
        await steps.do("forget", None, lambda: self.caches.drop_client(fact.client))
        await steps.do("complete", None, lambda: self._complete(fact))

    async def _complete(self, fact: ServiceChanged) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_client(fact.client)
        if user is None:
            return
        opportunity = await self.opportunities.for_service(user.account, fact.service)
        if opportunity is None or opportunity.stage is not Stage.CANCELLING:
            return
        service = await self.services.service(fact.client, fact.service)
        data = ServiceRef(
            account=user.account,
            client=fact.client,
            user=user.id,
            service=fact.service,
            plan=service.name if service is not None else "",
            opportunity=opportunity.id,
        )
        await self.work.start(
            Job(
                key=request_key("complete", opportunity.id, fact.id),
                kind=WorkKind.COMPLETE_CANCELLATION,
                data=msgspec.to_builtins(data),
                lane=str(user.account),
            )
        )
