"""Giving up sales that nothing moved for long."""

from dataclasses import dataclass

from core.domain.opportunity import Trigger, move
from core.domain.policy import Policy
from ports.clock import Clock
from ports.opportunities import Opportunities


@dataclass(frozen=True, slots=True)
class GiveUpStale:
    """Void opportunities that stood at Introduction or Ready for 90 days without a step (OPP-1, section 10)."""

    opportunities: Opportunities
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        """How many were given up; one that moves meanwhile is left alone."""
        stale = await self.opportunities.stale(self.clock.now() - self.policy.given_up_after)
        for each in stale:
            await self.opportunities.ensure_stage(each.id, each.stage, move(each.stage, Trigger.GIVEN_UP))
        return len(stale)
