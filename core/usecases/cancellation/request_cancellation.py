"""Asking for the end of a service."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import Service, ServiceStatus
from core.domain.cancellation import CancellationData, months_offered
from core.domain.catalog import ProductType
from core.domain.ids import ServiceId, request_key
from core.domain.japan import Month
from core.domain.opportunity import Opportunity, Stage
from core.domain.refusals import MonthNotOffered, NotFound, ServiceNotActive
from core.domain.session import Session
from core.domain.work import Job, Reply, WorkKind
from ports.billing import ServiceBook
from ports.clock import Clock
from ports.durable import Reception
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class RequestCancellation:
    """End an active service with the month chosen; asking again while it ends changes nothing (CAN-1, CAN-2, CAN-3)."""

    services: ServiceBook
    opportunities: Opportunities
    reception: Reception
    clock: Clock

    async def __call__(self, session: Session, service_id: ServiceId, month: Month) -> Reply | None:
        """The request as it stands; None when the service is ending already. Raises MonthNotOffered and others."""
        service, opportunity = await gather(
            self.services.service(session.client, service_id),
            self.opportunities.for_service(session.account, service_id),
        )
        if service is None:
            raise NotFound(service=service_id)
        if opportunity is not None and opportunity.stage is Stage.CANCELLING:
            return None
        if service.status is not ServiceStatus.ACTIVE:
            raise ServiceNotActive(status=service.status.value)
        now = self.clock.now()
        offered = months_offered(now)
        if month not in offered:
            raise MonthNotOffered(earliest=str(offered[0]), latest=str(offered[-1]))
        data = CancellationData(
            account=session.account,
            contact=session.contact,
            client=session.client,
            user=session.user,
            service=service.id,
            plan=service.name,
            sku=service.billing_product,
            month=str(month),
            requested_at=now,
            has_line=service.product_type is ProductType.INTERNET,
            opportunity=opportunity.id if opportunity is not None and opportunity.stage is Stage.ACTIVE else None,
        )
        return await self.reception(
            session.user, "cancellation", _job(session, service, opportunity, data), ("cancellation", str(service.id))
        )


def _job(session: Session, service: Service, opportunity: Opportunity | None, data: CancellationData) -> Job:
    # a service may be cancelled, undone and cancelled again: each time the opportunity has changed since
    since = opportunity.changed_at if opportunity is not None else data.requested_at
    return Job(
        key=request_key("cancel", service.id, since.isoformat()),
        kind=WorkKind.REQUEST_CANCELLATION,
        data=msgspec.to_builtins(data),
        owner=session.user,
        lane=str(session.account),
    )
