"""What a customer should know before, and after, asking for the end of a service."""

from asyncio import gather
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.billing import OVER, ServiceStatus
from core.domain.cancellation import (
    ASKED,
    Cancellation,
    CancellationData,
    Kit,
    asked_a_day_later,
    ends_at,
    last_bill,
    may_undo,
    months_offered,
    undo_until,
)
from core.domain.catalog import ProductType
from core.domain.ids import RequestId, ServiceId
from core.domain.japan import Month
from core.domain.opportunity import Stage
from core.domain.policy import Policy
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.domain.work import SETTLED, Reply
from ports.billing import ServiceBook
from ports.clock import Clock
from ports.durable import DurableWork
from ports.endings import Endings
from ports.opportunities import Opportunities
from ports.store import Store


class MonthShown(msgspec.Struct, frozen=True, kw_only=True):
    """One month that may be chosen: its last day and bill, and what asking a day later would change (CAN-6)."""

    month: Month
    ends_at: datetime
    last_bill: Month
    a_day_later: Month


class CancellationShown(msgspec.Struct, frozen=True, kw_only=True):
    """A service's end: how it stands, and what may be chosen while it runs (CAN-6).

    `request` is what the customer asked for and is not decided yet (T-3). `is_ending` without a `cancellation`: staff
    have not set the date.
    """

    can_cancel: bool
    has_line: bool
    months: tuple[MonthShown, ...]
    cancellation: Cancellation | None
    request: RequestId | None
    is_ending: bool
    is_over: bool
    undo_until: datetime | None
    can_undo: bool


@dataclass(frozen=True, slots=True)
class ReadCancellation:
    """Choices and preview before a cancellation, its state afterwards; never the case (CAN-1, CAN-6)."""

    services: ServiceBook
    opportunities: Opportunities
    endings: Endings
    store: Store
    work: DurableWork
    clock: Clock
    policy: Policy

    async def __call__(
        self, session: Session, service_id: ServiceId, *, asked: Reply | None = None
    ) -> CancellationShown:
        """How the service's end stands; raises NotFound. What was `asked` for and is done is known already."""
        if asked is not None and (known := await self._known(session, asked)) is not None:
            return known
        service, sale = await gather(
            self.services.service(session.client, service_id),
            self.opportunities.for_service(session.account, service_id),
        )
        if service is None:
            raise NotFound(service=service_id)
        now, days = self.clock.now(), self.policy.undo_until_days
        ending = await self.endings(session, service_id, sale)
        request = await self._undecided(session, service_id)
        is_over = service.status in OVER or (sale is not None and sale.stage is Stage.CANCELLED)
        is_ending = ending is not None or (sale is not None and sale.stage is Stage.CANCELLING)
        is_free = request is None and not is_over
        can_cancel = is_free and service.status is ServiceStatus.ACTIVE and not is_ending
        can_undo = is_free and ending is not None and may_undo(ending, now, days)
        return CancellationShown(
            can_cancel=can_cancel,
            has_line=service.product_type is ProductType.INTERNET,
            months=tuple(_shown(month, now) for month in months_offered(now)) if can_cancel else (),
            cancellation=ending,
            request=request,
            is_ending=is_ending,
            is_over=is_over,
            undo_until=undo_until(ending.ends_at, days) if ending is not None and can_undo else None,
            can_undo=can_undo,
        )

    async def _known(self, session: Session, asked: Reply) -> CancellationShown | None:
        """How it stands when it was just written as asked; None where staff were quicker, or no sale tells of it."""
        async with self.store.reading() as shelves:
            request = await shelves.requests.find(asked.request, session.user)
        if request is None or not asked.work.result:
            return None
        data = msgspec.convert(request.job.data, CancellationData)
        month, now, days = Month.parse(data.month), self.clock.now(), self.policy.undo_until_days
        end = ends_at(month)
        if data.opportunity is None or asked.work.result != end.isoformat():
            return None
        kit = Kit.NOT_YET if data.has_line else None
        ending = Cancellation(month=month, ends_at=end, requested_at=data.requested_at, kit=kit)
        can_undo = may_undo(ending, now, days)
        return CancellationShown(
            can_cancel=False,
            has_line=data.has_line,
            months=(),
            cancellation=ending,
            request=None,
            is_ending=True,
            is_over=False,
            undo_until=undo_until(ending.ends_at, days) if can_undo else None,
            can_undo=can_undo,
        )

    async def _undecided(self, session: Session, service_id: ServiceId) -> RequestId | None:
        async with self.store.reading() as shelves:
            holder = await shelves.intents.holder(ASKED, str(service_id))
            request = await shelves.requests.find(holder, session.user) if holder is not None else None
        if request is None:
            return None
        # the intent is given back a moment after its work has ended
        work = await self.work.outcome(request.job.key, 0)
        return None if work is not None and work.state in SETTLED else request.id


def _shown(month: Month, now: datetime) -> MonthShown:
    return MonthShown(
        month=month,
        ends_at=ends_at(month),
        last_bill=last_bill(month),
        a_day_later=asked_a_day_later(month, now),
    )
