"""Ending one service in billing."""

from dataclasses import dataclass

from core.domain.cancellation import ServiceRef, completion_job
from core.domain.opportunity import Stage
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import DurableWork, Steps
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class TerminateService:
    """End the service, unless the cancellation was taken back or moved meanwhile; then look if all is done (CAN-4)."""

    services: ServiceBook
    opportunities: Opportunities
    work: DurableWork
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: ServiceRef) -> None:
        if await steps.do("terminate", bool, lambda: self._terminate(data)):
            await steps.do("complete", None, lambda: self._complete(data))

    async def _terminate(self, data: ServiceRef) -> bool:
        sale = await self.opportunities.find(data.opportunity)
        if sale is None or sale.stage is not Stage.CANCELLING or sale.ends_at is None:
            return False
        if sale.ends_at > self.clock.now():
            return False
        await self.services.ensure_terminated(data.client, data.service)
        await self.caches.drop_client(data.client)
        return True

    async def _complete(self, data: ServiceRef) -> None:
        await self.work.start(completion_job(data, "terminated"))
