"""The end of a service: billing has ended it, and the kit is settled."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.billing import OVER, Service
from core.domain.cancellation import ServiceRef, kit_is_settled
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import Opportunity, Stage
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.notices import Notifier
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class CompleteCancellation:
    """Close the sale when the service is terminated and the kit is back, paid for or needless; else wait (CAN-5)."""

    services: ServiceBook
    opportunities: Opportunities
    notifier: Notifier
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: ServiceRef) -> None:
        now = await steps.do("now", datetime, self._now)
        opportunity = await steps.do(
            "opportunity", Opportunity | None, lambda: self.opportunities.find(data.opportunity)
        )
        service = await steps.do("service", Service | None, lambda: self.services.service(data.client, data.service))
        ended = service is not None and service.status in OVER
        if opportunity is None or opportunity.stage is not Stage.CANCELLING or not ended:
            return
        if not kit_is_settled(opportunity.kit):
            return
        await steps.do(
            "complete",
            Stage,
            lambda: self.opportunities.ensure_stage(opportunity.id, Stage.CANCELLING, Stage.CANCELLED),
        )
        await steps.do("forget", None, lambda: self._forget(data))
        notice = NewNotice(
            user=data.user,
            type=NoticeType.CANCELLATION_COMPLETE,
            source_id=str(data.service),
            version=str(opportunity.ends_at.isoformat() if opportunity.ends_at else now.isoformat()),
            values={"plan": data.plan, "service": str(data.service)},
            created_at=now,
        )
        await steps.do("tell", None, lambda: self.notifier(notice))

    async def _now(self) -> datetime:
        return self.clock.now()

    async def _forget(self, data: ServiceRef) -> None:
        await self.caches.drop_account(data.account)
        await self.caches.drop_client(data.client)
