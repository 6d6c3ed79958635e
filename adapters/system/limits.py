"""The counts of limits, in the memory of one process."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Final

from core.domain.limits import LIMITS, Limit, Limited

SWEEP_ABOVE: Final = 10_000
"""How many subjects are remembered before those whose tries are all over are dropped."""


class CountedInMemory:
    """`ports.limits.Limits` over a sliding window; several processes each count for themselves."""

    def __init__(self, limits: Mapping[Limited, Limit] = LIMITS) -> None:
        self._limits = limits
        self._tries: dict[tuple[Limited, str], deque[datetime]] = {}
        self._sweep_at = SWEEP_ABOVE

    async def take(self, limit: Limited, subject: str, now: datetime) -> int | None:
        rule = self._limits[limit]
        tries = self._tries.setdefault((limit, subject), deque())
        while tries and tries[0] <= now - rule.period:
            tries.popleft()
        while tries and tries[-1] > now + rule.period:  # an offline clock was moved back
            tries.pop()
        if len(tries) >= rule.times:
            # a limit of none at all has nothing to wait for but its own period
            over = (tries[-rule.times] if rule.times else now) + rule.period
            return max(1, ceil((over - now).total_seconds()))
        tries.append(now)
        if len(self._tries) > self._sweep_at:
            self._sweep(now)
        return None

    async def give_back(self, limit: Limited, subject: str, now: datetime) -> None:
        tries = self._tries.get((limit, subject))
        if tries:
            tries.pop()

    def _sweep(self, now: datetime) -> None:
        self._tries = {
            key: tries for key, tries in self._tries.items() if tries and tries[-1] > now - self._limits[key[0]].period
        }
        # twice what is left: the work stays in proportion to the tries, however many subjects are alive
        self._sweep_at = max(SWEEP_ABOVE, 2 * len(self._tries))
