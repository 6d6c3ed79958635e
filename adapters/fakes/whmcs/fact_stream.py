"""What the made-up WHMCS tells, apart from what Salesforce does."""

from dataclasses import dataclass

from adapters.fakes.world import OF_BILLING, World
from core.domain.facts import FactBatch


@dataclass(frozen=True, slots=True)
class FakeBillingFacts:
    """`ports.facts.FactStream` over the world's facts of billing alone, beside a stream of Salesforce's own (T-5)."""

    world: World

    async def after(self, position: str | None, wait: float) -> FactBatch:
        self.world.stream.forget(self.world.clock.now())
        batch = self.world.stream.behind(position)
        if not batch.facts and wait > 0:
            await self.world.stream.arrival(batch.position, wait)
            batch = self.world.stream.behind(batch.position)
        return FactBatch(tuple(fact for fact in batch.facts if isinstance(fact, OF_BILLING)), batch.position)
