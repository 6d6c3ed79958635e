"""Asking for the end of a service."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import Service, ServiceStatus
from core.domain.cancellation import ASKED, BY_CASE, CancellationData, months_offered
from core.domain.catalog import ProductType
from core.domain.ids import RequestId, ServiceId, request_key
from core.domain.japan import Month
from core.domain.opportunity import Opportunity, Stage
from core.domain.refusals import MonthNotOffered, NotFound, ServiceNotActive, StillRunning
from core.domain.session import Session
from core.domain.work import Job, Reply, WorkKind, WorkState
from ports.billing import ServiceBook
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import DurableWork, Reception
from ports.endings import Endings
from ports.errors import if_available
from ports.opportunities import Opportunities
from ports.store import Intent, Shelves, Store


@dataclass(frozen=True, slots=True)
class RequestCancellation:
    """End an active service with the month chosen; asking again while it ends changes nothing (CAN-1, CAN-2, CAN-3)."""

    services: ServiceBook
    opportunities: Opportunities
    endings: Endings
    reception: Reception
    work: DurableWork
    store: Store
    clock: Clock
    registry: CustomerRegistry
    catalog: CatalogShelf

    async def __call__(self, session: Session, service_id: ServiceId, month: Month) -> Reply | None:
        """The request as it stands; None when the service is ending already.

        Raises NotFound, ServiceNotActive, MonthNotOffered; StillRunning while a cancellation is being taken back.
        """
        service, sale, catalog, _ = await gather(
            self.services.service(session.client, service_id),
            self.opportunities.for_service(session.account, service_id),
            # what the case tells staff is read along with the rest; it is not what the request depends on
            if_available(self.catalog.catalog()),
            if_available(self.registry.profile(session.account)),
        )
        if service is None:
            raise NotFound(service=service_id)
        lapsed = await self._check_free(session, service_id)
        is_ending = sale is not None and sale.stage is Stage.CANCELLING
        if is_ending or await self.endings(session, service_id, sale) is not None:
            return None
        if service.status is not ServiceStatus.ACTIVE:
            raise ServiceNotActive(status=service.status.value)
        sku = catalog.billed_as(service.billing_product) if catalog is not None else None
        return await self._accept(session, service, sale, month, lapsed, sku)

    async def _check_free(self, session: Session, service_id: ServiceId) -> RequestId | None:
        async with self.store.reading() as shelves:
            by_case = await shelves.intents.holder(BY_CASE, str(service_id))
            holder = await shelves.intents.holder(ASKED, str(service_id))
            request = await shelves.requests.find(holder, session.user) if holder is not None else None
        if request is not None and request.job.kind is not WorkKind.REQUEST_CANCELLATION:
            raise StillRunning(retry_after=2)
        return by_case

    async def _accept(
        self,
        session: Session,
        service: Service,
        sale: Opportunity | None,
        month: Month,
        lapsed: RequestId | None,
        sku: str | None,
    ) -> Reply:
        now = self.clock.now()
        offered = months_offered(now)
        if month not in offered:
            raise MonthNotOffered(earliest=str(offered[0]), latest=str(offered[-1]))
        active = sale if sale is not None and sale.stage is Stage.ACTIVE else None
        data = CancellationData(
            account=session.account,
            contact=session.contact,
            client=session.client,
            user=session.user,
            service=service.id,
            plan=service.name,
            billing_product=service.billing_product,
            month=str(month),
            requested_at=now,
            has_line=service.product_type is ProductType.INTERNET,
            opportunity=active.id if active is not None else None,
            sku=sku,
        )

        async def also(shelves: Shelves, request: RequestId) -> RequestId | None:
            # without a sale nothing in the CRM tells that it was asked for, so the request itself is remembered
            return await _hold(shelves, request, data, lapsed) if active is None else None

        job = await self._job(data, active)
        return await self.reception(session.user, "cancellation", job, (ASKED, str(service.id)), also=also)

    async def _job(self, data: CancellationData, sale: Opportunity | None) -> Job:
        job, attempt = _attempt(data, sale, 1), 1
        # what was refused is over: asking again is something new
        while (work := await self.work.outcome(job.key, 0)) is not None and work.state is WorkState.REFUSED:
            attempt += 1
            job = _attempt(data, sale, attempt)
        return job


async def _hold(
    shelves: Shelves, request: RequestId, data: CancellationData, lapsed: RequestId | None
) -> RequestId | None:
    wanted = Intent(kind=BY_CASE, subject=str(data.service), request=request)
    holder = await shelves.intents.take(wanted, data.requested_at)
    if holder is None or holder != lapsed:
        return holder
    # it ends nothing any more, and the service runs: staff let it go on, or forgot
    await shelves.intents.close(BY_CASE, str(data.service), holder)
    return await shelves.intents.take(wanted, data.requested_at)


def _attempt(data: CancellationData, sale: Opportunity | None, attempt: int) -> Job:
    # a service may be cancelled, undone and cancelled again: each time its sale has changed since
    since = sale.changed_at if sale is not None else data.requested_at
    return Job(
        key=request_key("cancel", data.service, since.isoformat(), *([attempt] if attempt > 1 else [])),
        kind=WorkKind.REQUEST_CANCELLATION,
        data=msgspec.to_builtins(data),
        owner=data.user,
        lane=str(data.account),
    )
