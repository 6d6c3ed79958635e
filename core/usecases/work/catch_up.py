"""Making good what an event should have told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.domain.facts import AnyFact, OpportunityChanged, OrderChanged, learning
from core.domain.japan import tokyo_date
from core.domain.notice import fact_version
from ports.changes import Changes
from ports.clock import Clock
from ports.durable import DurableWork
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.store import Store

LOOKED: Final = "looked for changes"
"""The place in time up to which changes were looked for, kept beside the places in streams."""
OVERLAP: Final = timedelta(minutes=5)
"""How much is looked at twice: what is written before a look may come to be seen after it, and clocks differ."""
FIRST_LOOK: Final = timedelta(hours=72)
"""How far the first look goes back: as far as events are kept."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Read what changed since the last look, and what waits to go on, so that a lost event is made good (ELG-6, T-5).

    Answers how many facts were found. Run every minute, and more often while the stream is down. Each state found is
    learned once, however often it is seen (FUL-1, CAN-5).
    """

    changes: Changes
    orders: OrderBook
    opportunities: Opportunities
    work: DurableWork
    store: Store
    clock: Clock

    async def __call__(self) -> int:
        now = self.clock.now()
        changed = await self.changes(await self._looked(now) - OVERLAP)
        found = {fact.id: fact for fact in (*changed, *await self._waiting(now), *await self._endings(now))}
        for fact in found.values():
            await self.work.start(learning(fact))
        async with self.store.begin() as shelves:
            await shelves.facts.set_position(LOOKED, now.isoformat())
        return len(found)

    async def _looked(self, now: datetime) -> datetime:
        async with self.store.reading() as shelves:
            looked = await shelves.facts.position(LOOKED)
        # a clock that was put back must not hide what changes until it is there again
        return min(datetime.fromisoformat(looked), now) if looked is not None else now - FIRST_LOOK

    async def _waiting(self, now: datetime) -> list[AnyFact]:
        # however long ago it was approved: until it runs, it is not left alone
        return [
            OrderChanged(
                id=f"poll:order:{order.id}:{fact_version(order.status, order.changed_at)}",
                at=now,
                order=order.id,
                account=order.account,
            )
            for order in await self.orders.waiting()
        ]

    async def _endings(self, now: datetime) -> list[AnyFact]:
        return [
            # whether it is over depends on billing too, so it is looked at again each day
            OpportunityChanged(
                id=f"poll:opportunity:{ending.id}:{fact_version(ending.stage, ending.changed_at)}:{tokyo_date(now)}",
                at=now,
                opportunity=ending.id,
                account=ending.account,
            )
            for ending in await self.opportunities.cancelling(now)
        ]
