"""Begin what a crash kept from beginning."""

from dataclasses import dataclass
from datetime import timedelta

from ports.clock import Clock
from ports.durable import DurableWork
from ports.store import Store


@dataclass(frozen=True, slots=True)
class RestartRequests:
    """Begin the work of requests that were kept but whose work never began (T-1, T-8)."""

    store: Store
    durable: DurableWork
    clock: Clock

    async def __call__(self, older_than: timedelta = timedelta(0)) -> int:
        """Begin those older than that, so that one which is just being accepted is left alone; how many there were."""
        now = self.clock.now()
        async with self.store.reading() as shelves:
            waiting = await shelves.requests.unstarted(now - older_than)
        for request in waiting:
            await self.durable.start(request.job)
            async with self.store.begin() as shelves:
                await shelves.requests.started(request.id, now)
        return len(waiting)
