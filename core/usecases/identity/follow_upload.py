"""Handing an uploaded document to staff."""

from dataclasses import dataclass

from core.domain.changes import identity_of, version_of_id
from core.domain.identity import Identity, IdStatus
from core.domain.ids import RequestId
from core.domain.uploads import WAITING, Upload
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.identity_desk import IdentityDesk
from ports.store import Intent, Store


@dataclass(frozen=True, slots=True)
class FollowUpload:
    """Set the ID verification to Submitted once its document is upstream; staff's later word stays (IDV-2).

    Safe to stop and repeat anywhere.
    """

    desk: IdentityDesk
    store: Store
    caches: Caches
    clock: Clock

    async def __call__(self, steps: Steps, data: Upload) -> Identity:
        await steps.do("wait for the review", None, lambda: self._begin_waiting(data))
        identity = await steps.do("submit", Identity, lambda: self._submit(data))
        if identity.status is IdStatus.SUBMITTED:
            await steps.do("learned", None, lambda: self._learned(identity))
        await steps.do("forget", None, lambda: self.caches.drop_account(data.account))
        return identity

    async def _begin_waiting(self, data: Upload) -> None:
        async with self.store.begin() as shelves:
            mine = Intent(kind=WAITING, subject=str(data.account), request=RequestId(data.key))
            await shelves.intents.take(mine, self.clock.now())

    async def _learned(self, identity: Identity) -> None:
        async with self.store.begin() as shelves:
            await shelves.facts.learn_written(identity_of(identity.account), version_of_id(identity))

    async def _submit(self, data: Upload) -> Identity:
        return await self.desk.ensure_submitted(data.account, data.documents[0], data.sent_at)
