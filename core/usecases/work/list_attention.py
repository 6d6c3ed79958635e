"""Which work needs a person."""

from dataclasses import dataclass

from core.domain.attention import Attention, attention
from core.domain.policy import Policy
from ports.clock import Clock
from ports.durable import DurableWork


@dataclass(frozen=True, slots=True)
class ListAttention:
    """Operators' list: work whose outcome stays unknown, and work that was parked, with what to do (OPS-6, FUL-8)."""

    durable: DurableWork
    clock: Clock
    policy: Policy

    async def __call__(self) -> tuple[Attention, ...]:
        """The oldest work first."""
        now = self.clock.now()
        found = (attention(work, now, self.policy) for work in await self.durable.unsettled())
        return tuple(each for each in found if each is not None)
