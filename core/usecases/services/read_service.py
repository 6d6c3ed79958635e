"""One service, whole."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import LIVE, Service
from core.domain.cancellation import Cancellation
from core.domain.ids import OpportunityId, ServiceId
from core.domain.refusals import NotFound
from core.domain.session import Session
from ports.billing import ServiceBook
from ports.endings import Endings
from ports.opportunities import Opportunities
from ports.store import Store


class ServiceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A service with its sale, its end where one is under way, and the code that brings its eSIM into a phone."""

    service: Service
    opportunity: OpportunityId | None
    cancellation: Cancellation | None
    esim_qr: str | None


@dataclass(frozen=True, slots=True)
class ReadService:
    """One service of the account; another account's does not exist (SRV-1, SRV-5)."""

    services: ServiceBook
    opportunities: Opportunities
    endings: Endings
    store: Store

    async def __call__(self, session: Session, service_id: ServiceId) -> ServiceShown:
        """The service; raises NotFound."""
        service, sale = await gather(
            self.services.service(session.client, service_id),
            self.opportunities.for_service(session.account, service_id),
        )
        if service is None:
            raise NotFound(service=service_id)
        is_live = service.status in LIVE
        async with self.store.reading() as shelves:
            esim = await shelves.things.esim_of_service(session.account, service_id)
        return ServiceShown(
            service=service,
            opportunity=sale.id if sale is not None else None,
            cancellation=await self.endings(session, service_id, sale) if is_live else None,
            esim_qr=esim.qr if esim is not None and is_live else None,
        )
