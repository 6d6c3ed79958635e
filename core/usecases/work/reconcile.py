"""Holding everything the portal has learned against Salesforce."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.domain.facts import learning
from ports.changes import Changes
from ports.clock import Clock
from ports.durable import DurableWork
from ports.store import Store

RECONCILED: Final = "reconciled"
"""The place in time up to which everything was compared, kept beside the places in streams."""
OVERLAP: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Learn whatever Salesforce holds that the portal has not learned, however it was missed (T-5).

    Run once a night, and when the place in the stream is lost. Compared is what changed since the latest reconcile
    began, the first time since the first customer came: what changed before is nobody's news.
    """

    changes: Changes
    work: DurableWork
    store: Store
    clock: Clock

    async def __call__(self) -> int:
        """How many facts were found; safe to stop and repeat anywhere."""
        now = self.clock.now()
        async with self.store.reading() as shelves:
            last = await shelves.facts.position(RECONCILED)
            first = await shelves.users.first_came()
        since = datetime.fromisoformat(last) if last is not None else first
        found = await self.changes(min(since, now) - OVERLAP) if since is not None else ()
        for fact in found:
            await self.work.start(learning(fact))
        async with self.store.begin() as shelves:
            await shelves.facts.set_position(RECONCILED, now.isoformat())
        return len(found)
