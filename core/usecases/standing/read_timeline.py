"""Reading what happened, and who holds the next step."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from core.domain.eligibility import REVIEWS_READ
from core.domain.journeys import Journey, Past, journeys
from core.domain.policy import Policy
from core.domain.session import Session
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Unavailable
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook


@dataclass(frozen=True, slots=True)
class ReadTimeline:
    """Tell each of the customer's journeys across all systems, with who holds the next step and by when (STA-3)."""

    desk: EligibilityDesk
    identity_desk: IdentityDesk
    orders: OrderBook
    opportunities: Opportunities
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session) -> tuple[Journey, ...]:
        """The journeys, open ones first; raises Unavailable when what they are made of can't be read."""
        eligibility, identity, orders, opportunities, reviews = await asyncio.gather(
            self.desk.standing(session.account),
            self.identity_desk.standing(session.account),
            self.orders.of_account(session.account),
            self.opportunities.of_account(session.account),
            self._reviews(),
        )
        checks, ids, placed = reviews
        past = Past(
            eligibility=eligibility,
            identity=identity,
            orders=orders,
            opportunities=opportunities,
            check_reviews=checks,
            id_reviews=ids,
            order_reviews=placed,
        )
        return journeys(past, self.clock.now(), self.policy)

    async def _reviews(self) -> tuple[tuple[timedelta, ...], ...]:
        desks = (self.desk, self.identity_desk, self.orders)
        return tuple(await asyncio.gather(*(_times(desk.review_times) for desk in desks)))


async def _times(read: Callable[[int], Awaitable[tuple[timedelta, ...]]]) -> tuple[timedelta, ...]:
    try:
        return await read(REVIEWS_READ)
    except Unavailable:
        return ()  # the rule's own days are the answer then
