"""Reading what happened, and who holds the next step."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.billing import LIVE, Service
from core.domain.cancellation import Cancellation
from core.domain.eligibility import REVIEWS_READ
from core.domain.ids import OpportunityId, OrderId, ServiceId
from core.domain.journeys import APPROVAL_SEEN, LINES_READ, Journey, Past, journeys
from core.domain.opportunity import STAGE_SEEN, Opportunity, Stage
from core.domain.order import Order
from core.domain.policy import Policy
from core.domain.session import Session
from ports.billing import ServiceBook
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk
from ports.endings import Endings
from ports.errors import Unavailable
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ReadTimeline:
    """Tell each of the customer's journeys across all systems, with who holds the next step and by when (STA-3)."""

    desk: EligibilityDesk
    identity_desk: IdentityDesk
    orders: OrderBook
    opportunities: Opportunities
    services: ServiceBook
    endings: Endings
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session) -> tuple[Journey, ...]:
        """The journeys, open ones first; raises Unavailable when what they are made of can't be read."""
        eligibility, identity, orders, opportunities, services, reviews = await asyncio.gather(
            self.desk.standing(session.account),
            self.identity_desk.standing(session.account),
            self.orders.of_account(session.account),
            self.opportunities.of_account(session.account),
            self._services(session),
            self._reviews(),
        )
        checks, ids, placed = reviews
        approved, moved = await self._learned(orders, opportunities)
        past = Past(
            eligibility=eligibility,
            identity=identity,
            orders=orders,
            opportunities=opportunities,
            check_reviews=checks,
            id_reviews=ids,
            order_reviews=placed,
            services=services,
            endings=await self._endings(session, services, opportunities),
            approved=approved,
            moved=moved,
        )
        return journeys(past, self.clock.now(), self.policy)

    async def _services(self, session: Session) -> tuple[Service, ...]:
        try:
            return await self.services.services(session.client)
        except Unavailable:
            return ()  # what Salesforce and the portal tell is a story without billing's days

    async def _endings(
        self, session: Session, services: tuple[Service, ...], sales: tuple[Opportunity, ...]
    ) -> dict[ServiceId, Cancellation]:
        sold = {sale.service for sale in sales}
        alone = [service.id for service in services if service.status in LIVE and service.id not in sold]
        found = {service: await self.endings(session, service, None) for service in alone}
        return {service: ending for service, ending in found.items() if ending is not None}

    async def _learned(
        self, orders: tuple[Order, ...], sales: tuple[Opportunity, ...]
    ) -> tuple[dict[OrderId, datetime], dict[tuple[OpportunityId, Stage], datetime]]:
        approved: dict[OrderId, datetime] = {}
        moved: dict[tuple[OpportunityId, Stage], datetime] = {}
        async with self.store.reading() as shelves:
            for order in orders:
                for line in await shelves.audit.of_subject(str(order.id), LINES_READ):
                    if line.deed == APPROVAL_SEEN:
                        approved[order.id] = line.at
            for sale in sales:
                lines = await shelves.audit.of_subject(str(sale.id), LINES_READ)
                latest = next((line for line in lines if line.deed == STAGE_SEEN), None)
                if latest is not None:
                    moved[sale.id, Stage(latest.details["stage"])] = latest.at
        return approved, moved

    async def _reviews(self) -> tuple[tuple[timedelta, ...], ...]:
        desks = (self.desk, self.identity_desk, self.orders)
        return tuple(await asyncio.gather(*(_times(desk.review_times) for desk in desks)))


async def _times(read: Callable[[int], Awaitable[tuple[timedelta, ...]]]) -> tuple[timedelta, ...]:
    try:
        return await read(REVIEWS_READ)
    except Unavailable:
        return ()  # the rule's own days are the answer then
