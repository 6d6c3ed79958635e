"""One order, with its story."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from core.domain.catalog import ProductType
from core.domain.eligibility import REVIEWS_READ, Eligibility, EligibilityStatus, Expected, expected_answer
from core.domain.identifying import needs_id
from core.domain.identity import Identity, IdStatus, expected_review
from core.domain.ids import OrderId
from core.domain.journeys import APPROVAL_SEEN, LINES_READ
from core.domain.order import Order, OrderStatus, expected_activation, expected_approval
from core.domain.policy import Policy
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.domain.timeline import Entry, eligibility_entries, identity_entries, in_order, order_entries
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Unavailable
from ports.identity_desk import IdentityDesk
from ports.order_book import OrderBook
from ports.store import Store

T = TypeVar("T")


class OrderStory(msgspec.Struct, frozen=True, kw_only=True):
    """An order with what it depended on and its timeline.

    `eligibility` stands there for Internet, `identity` where ID is needed, each None where it does not apply or could
    not be read.
    """

    order: Order
    eligibility: Eligibility | None
    identity: Identity | None
    timeline: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """Show one order of the customer's with its timeline; another's is not there (ORD-6, STA-3, T-7)."""

    orders: OrderBook
    desk: EligibilityDesk
    identities: IdentityDesk
    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session, order_id: OrderId) -> OrderStory:
        now = self.clock.now()
        order = await self.orders.find(order_id, session.account)
        if order is None:
            raise NotFound
        eligibility, identity, expected = await asyncio.gather(
            self._eligibility(order), self._identity(order), self._approval_expected(order)
        )
        entries: list[Entry] = []
        if eligibility is not None:
            entries += eligibility_entries(eligibility, await self._answer_expected(eligibility), now)
        if identity is not None:
            entries += identity_entries(identity, await self._review_expected(identity), now)
        approved_at = await self._approved_at(order)
        entries += order_entries(order, expected, now, expected_activation(order, self.policy), approved_at)
        return OrderStory(order=order, eligibility=eligibility, identity=identity, timeline=in_order(entries))

    async def _eligibility(self, order: Order) -> Eligibility | None:
        if order.product_type is not ProductType.INTERNET:
            return None
        return await _or_none(self.desk.standing(order.account))

    async def _identity(self, order: Order) -> Identity | None:
        if order.product_type is None or not needs_id((order.product_type,), self.policy):
            return None
        return await _or_none(self.identities.standing(order.account))

    async def _approval_expected(self, order: Order) -> Expected | None:
        waits = order.status is OrderStatus.PENDING_REVIEW
        reviews = await _or_none(self.orders.review_times(REVIEWS_READ)) if waits else None
        return expected_approval(order, reviews or (), self.policy)

    async def _approved_at(self, order: Order) -> datetime | None:
        async with self.store.reading() as shelves:
            lines = await shelves.audit.of_subject(str(order.id), LINES_READ)
        return next((line.at for line in lines if line.deed == APPROVAL_SEEN), None)

    async def _answer_expected(self, eligibility: Eligibility) -> Expected | None:
        pending = eligibility.status is EligibilityStatus.PENDING
        reviews = await _or_none(self.desk.review_times(REVIEWS_READ)) if pending else None
        return expected_answer(eligibility, reviews or (), self.policy)

    async def _review_expected(self, identity: Identity) -> Expected | None:
        waits = identity.status is IdStatus.SUBMITTED
        reviews = await _or_none(self.identities.review_times(REVIEWS_READ)) if waits else None
        return expected_review(identity, self.policy, reviews or ())


async def _or_none(reading: Awaitable[T]) -> T | None:
    try:
        return await reading
    except Unavailable:
        return None
