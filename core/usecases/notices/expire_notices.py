"""Removing old notices."""

from dataclasses import dataclass

from core.domain.policy import Policy
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ExpireNotices:
    """Remove notices 30 days after they were made, and tell how many (NTF-3). Daily; safe to repeat."""

    store: Store
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        async with self.store.begin() as shelves:
            return await shelves.notices.expire(self.clock.now() - self.policy.notice_life)
