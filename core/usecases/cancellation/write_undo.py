"""Taking a cancellation out of Salesforce again."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.cancellation import ServiceRef
from core.domain.notice import NewNotice, NoticeType
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
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
        now = await steps.do("now", datetime, self._now)
        await steps.do("undo", None, lambda: self.opportunities.ensure_cancellation_undone(data.opportunity))
        await steps.do("forget", None, lambda: self.caches.drop_account(data.account))
        notice = NewNotice(
            user=data.user,
            type=NoticeType.CANCELLATION_UNDONE,
            source_id=str(data.service),
            version=now.isoformat(),
            values={"plan": data.plan, "service": str(data.service)},
            created_at=now,
        )
        await steps.do("tell", None, lambda: self.notifier(notice))

    async def _now(self) -> datetime:
        return self.clock.now()
