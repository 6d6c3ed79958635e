"""Ending one service in billing."""

from dataclasses import dataclass

from core.domain.cancellation import ServiceRef
from core.domain.opportunity import Opportunity, Stage
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class TerminateService:
    """End the service, unless the cancellation was taken back or moved meanwhile (CAN-4)."""

    services: ServiceBook
    opportunities: Opportunities
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: ServiceRef) -> None:
        await steps.do("terminate", None, lambda: self._terminate(data))

    async def _terminate(self, data: ServiceRef) -> None:
        opportunity: Opportunity | None = await self.opportunities.find(data.opportunity)
        if opportunity is None or opportunity.stage is not Stage.CANCELLING or opportunity.ends_at is None:
            return
        if opportunity.ends_at <= self.clock.now():
            await self.services.ensure_terminated(data.client, data.service)
            await self.caches.drop_client(data.client)
