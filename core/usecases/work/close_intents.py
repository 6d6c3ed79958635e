"""Let what was wanted be wanted again, and nothing of it be begun again."""

from dataclasses import dataclass

from core.domain.work import SETTLED, Work, WorkState, lasting_of
from ports.clock import Clock
from ports.store import Store


@dataclass(frozen=True, slots=True)
class CloseIntents:
    """Give back what a request held when its work is over; a lasting intent outlives work that is done (T-2).

    Work that is with staff keeps its intents: it may still become true (T-3). A checkout whose work came to nothing
    can be submitted again (FUL-8).
    """

    store: Store
    clock: Clock

    async def __call__(self, work: Work) -> None:
        """Close the intents of this work's request; safe to repeat."""
        if work.request is None or work.state not in SETTLED:
            return
        async with self.store.begin() as shelves:
            now = self.clock.now()
            await shelves.intents.worked(work.request, lasting_of(work.state), now)
            await shelves.requests.started(work.request, now)
            if work.state is not WorkState.DONE:
                await shelves.checkouts.reopen_of(work.request)
