"""Tell how a request stands."""

from dataclasses import dataclass

from core.domain.ids import RequestId, UserId
from core.domain.refusals import NotFound
from core.domain.work import Reply, Work, WorkState
from ports.durable import DurableWork
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Tell a customer how their request stands, waiting a little for its end when asked to (T-3, T-7)."""

    store: Store
    durable: DurableWork

    async def __call__(self, owner: UserId | None, request: RequestId, wait: float = 0) -> Reply:
        """The request as it stands, waiting up to `wait` seconds; NotFound when it is not this owner's or nobody's."""
        async with self.store.reading() as shelves:
            kept = await shelves.requests.find(request, owner)
        if kept is None:
            raise NotFound
        work = await self.durable.outcome(kept.job.key, wait)
        if work is None:
            # kept, and to be begun after a crash: it is received and nothing else is known
            job = kept.job
            work = Work(key=job.key, kind=job.kind, state=WorkState.RECEIVED, owner=owner, request=kept.id)
        return Reply(request=kept.id, about=kept.about, work=work)
