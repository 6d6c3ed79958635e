"""Limits, as operations ask for them: past one the answer is 429 with how long to wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.limits import Limited
from core.domain.refusals import TooMany
from ports.clock import Clock
from ports.limits import Limits


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts tries on the portal's clock."""

    limits: Limits
    clock: Clock

    async def take_all(self, limits: Sequence[tuple[Limited, str]]) -> None:
        """Count one try for each of them, or for none; raises TooMany when one is reached."""
        for place, (limit, subject) in enumerate(limits):
            try:
                await self.take(limit, subject)
            except TooMany:
                await self.give_all_back(limits[:place])
                raise

    async def give_all_back(self, limits: Sequence[tuple[Limited, str]]) -> None:
        """Take the latest try off each count: a repeat that changed nothing is not counted."""
        for limit, subject in limits:
            await self.limits.give_back(limit, subject, self.clock.now())

    async def take(self, limit: Limited, subject: str) -> None:
        """Count one try of `subject`; raises TooMany when the limit is reached."""
        seconds = await self.limits.take(limit, subject, self.clock.now())
        if seconds is not None:
            raise TooMany(retry_after=seconds, limit=limit.value)
