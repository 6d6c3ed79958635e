"""Taking a cancellation back."""

from asyncio import gather
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.billing import OVER
from core.domain.cancellation import ASKED, Cancellation, ServiceRef, kit_is_back, undo_until
from core.domain.ids import ServiceId, request_key
from core.domain.opportunity import Opportunity
from core.domain.policy import Policy
from core.domain.refusals import MoveRefused, NotFound, StillRunning, TooLate
from core.domain.session import Session
from core.domain.work import Job, Reply, WorkKind, WorkState
from ports.billing import ServiceBook
from ports.clock import Clock
from ports.durable import DurableWork, Reception
from ports.endings import Endings
from ports.opportunities import Opportunities
from ports.store import Store


@dataclass(frozen=True, slots=True)
class UndoCancellation:
    """Let a service go on that was to end, while there is time and the kit is not back (CAN-7)."""

    services: ServiceBook
    opportunities: Opportunities
    endings: Endings
    reception: Reception
    work: DurableWork
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session, service_id: ServiceId) -> Reply | None:
        """The request as it stands; None when nothing was to end.

        Raises NotFound; TooLate after the last day for it; MoveRefused when only staff can, or nobody since the service
        has ended; StillRunning while the cancellation itself is still being written.
        """
        service, sale = await gather(
            self.services.service(session.client, service_id),
            self.opportunities.for_service(session.account, service_id),
        )
        if service is None:
            raise NotFound(service=service_id)
        ending = await self.endings(session, service_id, sale)
        if ending is None:
            await self._check_none_coming(session, service_id)
            return None
        if service.status in OVER:
            raise MoveRefused(machine="service", state=service.status.value, trigger="cancellation undone")
        self._check_possible(ending, self.clock.now())
        if sale is None:
            return None
        ref = ServiceRef(
            account=session.account,
            client=session.client,
            user=session.user,
            service=service.id,
            opportunity=sale.id,
            plan=service.name,
        )
        job = await self._job(ref, sale)
        return await self.reception(session.user, "cancellation", job, (ASKED, str(service.id)))

    async def _check_none_coming(self, session: Session, service_id: ServiceId) -> None:
        async with self.store.reading() as shelves:
            holder = await shelves.intents.holder(ASKED, str(service_id))
            request = await shelves.requests.find(holder, session.user) if holder is not None else None
        if request is not None and request.job.kind is WorkKind.REQUEST_CANCELLATION:
            raise StillRunning(retry_after=2)

    def _check_possible(self, ending: Cancellation, now: datetime) -> None:
        if ending.by_case:
            raise MoveRefused(machine="cancellation", state="with staff", trigger="undone by the customer")
        until = undo_until(ending.ends_at, self.policy.undo_until_days)
        if now > until:
            raise TooLate(until=until.isoformat())
        if ending.kit is not None and kit_is_back(ending.kit):
            raise MoveRefused(machine="kit", state=ending.kit.value, trigger="cancellation undone")

    async def _job(self, ref: ServiceRef, sale: Opportunity) -> Job:
        job, attempt = _attempt(ref, sale, 1), 1
        # what was refused is over: asking again is something new
        while (work := await self.work.outcome(job.key, 0)) is not None and work.state is WorkState.REFUSED:
            attempt += 1
            job = _attempt(ref, sale, attempt)
        return job


def _attempt(ref: ServiceRef, sale: Opportunity, attempt: int) -> Job:
    return Job(
        key=request_key("undo", ref.service, sale.changed_at.isoformat(), *([attempt] if attempt > 1 else [])),
        kind=WorkKind.UNDO_CANCELLATION,
        data=msgspec.to_builtins(ref),
        owner=ref.user,
        lane=str(ref.account),
    )
