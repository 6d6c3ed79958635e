"""Taking a cancellation out of Salesforce again."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.billing import OVER
from core.domain.cancellation import ServiceRef, kit_is_back
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import Opportunity, Stage
from core.domain.refusals import EndingRefused, MoveRefused
from ports.billing import ServiceBook
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.errors import Rejected
from ports.notices import Notifier
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class WriteUndo:
    """Active again, notice and date cleared, the case closed, the customer told (CAN-7)."""

    services: ServiceBook
    opportunities: Opportunities
    notifier: Notifier
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: ServiceRef) -> None:
        """Raises MoveRefused when staff have gone on meanwhile, so that there is nothing to take back.

        Raises EndingRefused when Salesforce will not have it.
        """
        now = await steps.do("now", datetime, self._now)
        stage = await steps.do("undo", Stage, lambda: self._undo(data))
        await steps.do("forget", None, lambda: self.caches.drop_account(data.account))
        if stage is not Stage.ACTIVE:
            raise MoveRefused(machine="opportunity", state=stage.value, trigger="cancellation undone")
        notice = NewNotice(
            user=data.user,
            type=NoticeType.CANCELLATION_UNDONE,
            source_id=str(data.service),
            version=now.isoformat(),
            values={"plan": data.plan, "service": str(data.service)},
            created_at=now,
        )
        await steps.do("tell", None, lambda: self.notifier(notice))

    async def _undo(self, data: ServiceRef) -> Stage:
        try:
            sale = await self._sale(data)
            if sale.stage is Stage.CANCELLING:
                await self._check(data, sale)
                await self.opportunities.ensure_cancellation_undone(data.opportunity)
                sale = await self._sale(data)
        except Rejected as refused:
            raise EndingRefused(reason=refused.code) from None
        return sale.stage

    async def _sale(self, data: ServiceRef) -> Opportunity:
        sale = await self.opportunities.find(data.opportunity)
        if sale is None:
            raise Rejected("NOT_FOUND", "opportunity")
        return sale

    async def _check(self, data: ServiceRef, sale: Opportunity) -> None:
        # since the customer asked, staff may have ended the service or taken the kit back
        service = await self.services.service(data.client, data.service)
        if service is None or service.status in OVER:
            state = service.status.value if service is not None else "gone"
            raise MoveRefused(machine="service", state=state, trigger="cancellation undone")
        if sale.kit is not None and kit_is_back(sale.kit):
            raise MoveRefused(machine="kit", state=sale.kit.value, trigger="cancellation undone")

    async def _now(self) -> datetime:
        return self.clock.now()
