"""Make a customer's request durable."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.limits import Limited
from core.domain.refusals import NotFound, TooMany
from core.domain.work import ASKED_UNDER, SETTLED, Job, Reply, lasting_of
from ports.clock import Clock
from ports.durable import Also, DurableWork
from ports.ids import Ids
from ports.store import Intent, Request, Shelves, Store


class _Held(Exception):
    """Another request has what is wanted; what was kept of this one is undone."""

    def __init__(self, holder: RequestId) -> None:
        super().__init__(holder)
        self.holder = holder


@dataclass(frozen=True, slots=True)
class AcceptRequest:
    """Keep intent, request and job together, begin the work, and tell how it stands after a short wait (T-1, T-2, T-3).

    The same intent held, or the same job key accepted, answers the request that has it. What it is called with is in
    ports/durable.py, Reception.
    """

    store: Store
    durable: DurableWork
    clock: Clock
    ids: Ids
    wait: float = 2.0

    async def __call__(
        self,
        owner: UserId | None,
        about: str,
        job: Job,
        intent: tuple[str, str] | None = None,
        *,
        also: Also | None = None,
        limit: tuple[Limited, str] | None = None,
        asked_under: RequestKey | None = None,
    ) -> Reply:
        """Accept the job for its owner; NotFound when what is wanted is held by somebody else."""
        now = self.clock.now()
        fresh = RequestId(self.ids.new())
        job = replace(job, data=msgspec.to_builtins(job.data), owner=owner, request=fresh)
        request = Request(id=fresh, owner=owner, about=about, job=job, created_at=now)
        try:
            async with self.store.begin(durable=True) as shelves:
                request = await self._kept(shelves, request, intent, also, limit, asked_under)
        except _Held as held:
            request = await self._holder(held.holder, owner)
        if asked_under is not None and asked_under != request.job.key:
            await self._remember(asked_under, request, now)
        # what was accepted before, but never began because of a crash, begins here
        work = await self.durable.start(request.job)
        work = await self.durable.outcome(request.job.key, self.wait) or work
        if request.started_at is None and work.state not in SETTLED:
            # what was over was marked at its end, and beginning it again meanwhile changes nothing
            async with self.store.begin() as shelves:
                await shelves.requests.started(request.id, now)
        return Reply(request=request.id, about=request.about, work=work)

    async def _kept(
        self,
        shelves: Shelves,
        request: Request,
        intent: tuple[str, str] | None,
        also: Also | None,
        limit: tuple[Limited, str] | None,
        asked_under: RequestKey | None,
    ) -> Request:
        now = request.created_at
        await shelves.alone("request", request.job.key)
        earlier = await shelves.requests.answering(request.job.key, asked_under or request.job.key)
        if earlier is not None:
            if earlier.owner != request.owner:
                raise NotFound
            return earlier
        await shelves.requests.add(request)
        holder = None
        if intent is not None:
            wanted = Intent(kind=intent[0], subject=intent[1], request=request.id)
            holder = await shelves.intents.take(wanted, now)
        if holder is None and also is not None:
            holder = await also(shelves, request.id)
        if holder is not None and holder != request.id:
            raise _Held(holder)
        seconds = await shelves.tries.take(*limit, now) if limit is not None else None
        if limit is not None and seconds is not None:
            raise TooMany(retry_after=seconds, limit=limit[0].value)
        return request

    async def _remember(self, key: RequestKey, request: Request, now: datetime) -> None:
        """Keep that what was asked under the key is that request's: whoever got no answer may ask long after it."""
        async with self.store.begin(durable=True) as shelves:
            await shelves.intents.take(Intent(kind=ASKED_UNDER, subject=key, request=request.id), now)
        work = await self.durable.outcome(request.job.key, 0)
        if work is not None and work.state in SETTLED:
            # its intents were given back before this one was taken
            async with self.store.begin() as shelves:
                await shelves.intents.worked(request.id, lasting_of(work.state), now)

    async def _holder(self, holder: RequestId, owner: UserId | None) -> Request:
        async with self.store.reading() as shelves:
            request = await shelves.requests.find(holder, owner)
        if request is None:
            raise NotFound
        return request
