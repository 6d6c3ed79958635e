"""Knowing the end of a service."""

from dataclasses import dataclass

import msgspec

from core.domain.cancellation import BY_CASE, Cancellation, CancellationData
from core.domain.ids import ServiceId
from core.domain.opportunity import Opportunity
from core.domain.session import Session
from ports.clock import Clock
from ports.store import Store
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class ReadEnding:
    """Tell the end a service is on its way to: by its sale, else by the request that is with staff (CAN-3, CAN-6).

    Binds `ports.endings.Endings`. A request without a sale counts until its last day has passed, or staff close its
    case: the customer stays.
    """

    store: Store
    desk: SupportDesk
    clock: Clock

    async def __call__(self, session: Session, service: ServiceId, sale: Opportunity | None) -> Cancellation | None:
        if sale is not None and sale.cancellation is not None:
            return sale.cancellation
        async with self.store.reading() as shelves:
            holder = await shelves.intents.holder(BY_CASE, str(service))
            request = await shelves.requests.find(holder, session.user) if holder is not None else None
        if request is None:
            return None
        data = msgspec.convert(request.job.data, CancellationData)
        ending = data.ending()
        if ending.ends_at < self.clock.now() or await self.desk.is_closed(data.case_key):
            return None
        return ending
