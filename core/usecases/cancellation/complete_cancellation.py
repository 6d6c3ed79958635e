"""The end of a service: billing has ended it, and the kit is settled."""

from asyncio import gather
from dataclasses import dataclass

from core.domain.billing import OVER
from core.domain.cancellation import ServiceRef, kit_is_settled
from core.domain.catalog import ProductType
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import Stage, Trigger, move
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.notices import Notifier
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class CompleteCancellation:
    """Close the sale when the service is terminated and the kit is back, paid for or needless; else wait (CAN-5).

    Where staff closed it themselves, the customer is told all the same, once the service has ended (STF-4).
    """

    services: ServiceBook
    opportunities: Opportunities
    notifier: Notifier
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: ServiceRef) -> None:
        plan = await steps.do("ended plan", str | None, lambda: self._ended_plan(data))
        if plan is None:
            return
        stage = await steps.do("complete", Stage, lambda: self._complete(data))
        if stage is not Stage.CANCELLED:
            return
        await steps.do("forget", None, lambda: self._forget(data))
        await steps.do("tell", None, lambda: self._tell(data, plan))

    async def _ended_plan(self, data: ServiceRef) -> str | None:
        sale, service = await gather(
            self.opportunities.find(data.opportunity), self.services.service(data.client, data.service)
        )
        if sale is None or sale.stage not in (Stage.CANCELLING, Stage.CANCELLED):
            return None
        if service is None or service.status not in OVER:
            return None
        has_line = ProductType.INTERNET in (sale.product_type, service.product_type)
        # staff who set the stage by themselves have settled the kit
        settled = sale.stage is Stage.CANCELLED or kit_is_settled(sale.kit, has_line=has_line)
        return service.name if settled else None

    async def _complete(self, data: ServiceRef) -> Stage:
        done = move(Stage.CANCELLING, Trigger.CANCELLATION_COMPLETE)
        return await self.opportunities.ensure_stage(data.opportunity, Stage.CANCELLING, done)

    async def _forget(self, data: ServiceRef) -> None:
        await self.caches.drop_account(data.account)
        await self.caches.drop_client(data.client)

    async def _tell(self, data: ServiceRef, plan: str) -> None:
        notice = NewNotice(
            user=data.user,
            type=NoticeType.CANCELLATION_COMPLETE,
            source_id=str(data.opportunity),
            # a sale is completed once and for good
            version=Stage.CANCELLED.value,
            values={"plan": plan, "service": str(data.service)},
            created_at=self.clock.now(),
        )
        await self.notifier(notice)
