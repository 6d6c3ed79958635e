"""Hearing from billing."""

from dataclasses import dataclass

from core.domain.facts import AnyFact, BillingNews, learning
from ports.clock import Clock
from ports.durable import DurableWork


@dataclass(frozen=True, slots=True)
class TakeBillingFact:
    """Take what WHMCS tells, ids only; it is learned later by reading again, so order and loss do not matter (T-5)."""

    work: DurableWork
    clock: Clock

    async def __call__(self, news: BillingNews) -> tuple[AnyFact, ...]:
        """The facts that are learned of it; news that came before begin nothing new."""
        facts, due_at = news.facts(), news.read_at(self.clock.now())
        for fact in facts:
            await self.work.start(learning(fact, due_at))
        return facts
