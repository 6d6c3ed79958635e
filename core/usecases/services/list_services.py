"""The services a customer has."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import LIVE, Service
from core.domain.cancellation import Cancellation
from core.domain.ids import OpportunityId
from core.domain.opportunity import Opportunity
from core.domain.session import Session
from ports.billing import ServiceBook
from ports.endings import Endings
from ports.opportunities import Opportunities


class ServiceListed(msgspec.Struct, frozen=True):
    """A service with the sale it belongs to and its end, where one is under way."""

    service: Service
    opportunity: OpportunityId | None
    cancellation: Cancellation | None


@dataclass(frozen=True, slots=True)
class ListServices:
    """All services of the account, newest first (SRV-1)."""

    services: ServiceBook
    opportunities: Opportunities
    endings: Endings

    async def __call__(self, session: Session) -> tuple[ServiceListed, ...]:
        services, sales = await gather(
            self.services.services(session.client), self.opportunities.of_account(session.account)
        )
        # the newest sale of a service counts
        linked = {sale.service: sale for sale in reversed(sales) if sale.service is not None}
        return tuple([await self._listed(session, service, linked.get(service.id)) for service in services])

    async def _listed(self, session: Session, service: Service, sale: Opportunity | None) -> ServiceListed:
        ending = await self.endings(session, service.id, sale) if service.status in LIVE else None
        return ServiceListed(service, sale.id if sale is not None else None, ending)
