"""The services a customer has."""

from asyncio import gather
from dataclasses import dataclass

import msgspec

from core.domain.billing import Service
from core.domain.cancellation import Cancellation
from core.domain.ids import OpportunityId
from core.domain.opportunity import Opportunity
from core.domain.session import Session
from ports.billing import ServiceBook
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

    async def __call__(self, session: Session) -> tuple[ServiceListed, ...]:
        services, opportunities = await gather(
            self.services.services(session.client), self.opportunities.of_account(session.account)
        )
        linked = {o.service: o for o in reversed(opportunities) if o.service is not None}
        return tuple(_listed(service, linked.get(service.id)) for service in services)


def _listed(service: Service, opportunity: Opportunity | None) -> ServiceListed:
    if opportunity is None:
        return ServiceListed(service, None, None)
    return ServiceListed(service, opportunity.id, opportunity.cancellation)
