"""Finding checkouts that were left."""

from dataclasses import dataclass
from typing import Final

from core.domain.checkout import reminder_job
from core.domain.policy import Policy
from ports.clock import Clock
from ports.durable import DurableWork
from ports.store import Store

AT_ONCE: Final = 500
"""How many are reminded in one go; the next minute's go takes the rest."""


@dataclass(frozen=True, slots=True)
class RemindAbandoned:
    """Begin a reminder for each checkout that was left a day ago, where the customer agreed to mails (ORD-7).

    Run every minute.
    """

    store: Store
    work: DurableWork
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        """How many reminders were begun; one that was begun before stays the one there is."""
        left_before = self.clock.now() - self.policy.abandoned_after
        async with self.store.reading() as shelves:
            left = await shelves.checkouts.abandoned(left_before, AT_ONCE)
        for checkout in left:
            if checkout.user is not None:
                await self.work.start(reminder_job(checkout.id, checkout.user))
        return len(left)
