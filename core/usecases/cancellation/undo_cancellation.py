"""Taking a cancellation back."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.cancellation import ServiceRef, kit_is_back, undo_until
from core.domain.ids import ServiceId, request_key
from core.domain.opportunity import Stage
from core.domain.policy import Policy
from core.domain.refusals import NotFound, TooLate
from core.domain.session import Session
from core.domain.work import Job, Reply, WorkKind
from ports.billing import ServiceBook
from ports.clock import Clock
from ports.durable import Reception
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class UndoCancellation:
    """Let a service go on that was to end, while there is time and the kit is not back (CAN-7)."""

    services: ServiceBook
    opportunities: Opportunities
    reception: Reception
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session, service_id: ServiceId) -> Reply | None:
        """The request as it stands; None when nothing was to end. Raises NotFound or TooLate."""
        service, opportunity = await gather(
            self.services.service(session.client, service_id),
            self.opportunities.for_service(session.account, service_id),
        )
        if service is None:
            raise NotFound(service=service_id)
        if opportunity is None or opportunity.stage is not Stage.CANCELLING or opportunity.ends_at is None:
            return None
        until = undo_until(opportunity.ends_at, self.policy.undo_until_days)
        if self.clock.now() > until or kit_is_back(opportunity.kit):
            raise TooLate(until=until.isoformat())
        data = ServiceRef(
            account=session.account,
            client=session.client,
            user=session.user,
            service=service.id,
            plan=service.name,
            opportunity=opportunity.id,
        )
        job = Job(
            key=request_key("undo", service.id, opportunity.ends_at.isoformat(), opportunity.changed_at.isoformat()),
            kind=WorkKind.UNDO_CANCELLATION,
            data=msgspec.to_builtins(data),
            owner=session.user,
            lane=str(session.account),
        )
        return await self.reception(session.user, "cancellation", job, ("cancellation", str(service.id)))
