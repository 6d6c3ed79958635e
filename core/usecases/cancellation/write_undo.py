"""Taking a cancellation out of Salesforce again."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.cancellation import ServiceRef
from core.domain.notice import NewNotice, NoticeType
from core.domain.opportunity import Stage
from core.domain.refusals import MoveRefused
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.errors import Rejected
from ports.notices import Notifier
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class WriteUndo:
    """Active again, notice and date cleared, the case closed, the customer told (CAN-7)."""

    opportunities: Opportunities
    notifier: Notifier
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: ServiceRef) -> None:
        """Raises MoveRefused when staff have moved the sale on meanwhile, so that there is nothing to take back."""
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
        await self.opportunities.ensure_cancellation_undone(data.opportunity)
        sale = await self.opportunities.find(data.opportunity)
        if sale is None:
            raise Rejected("NOT_FOUND", "opportunity")
        return sale.stage

    async def _now(self) -> datetime:
        return self.clock.now()
