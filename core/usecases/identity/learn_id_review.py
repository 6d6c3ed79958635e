"""What follows when staff reviewed an ID."""

from dataclasses import dataclass
from typing import Final

import msgspec

from core.domain.changes import identity_of, version_of_id
from core.domain.facts import IdentityChanged
from core.domain.identity import REVIEWED, Identity, IdStatus, read_rejection
from core.domain.ids import AccountId
from core.domain.notice import NewNotice, NoticeType
from core.domain.session import PortalUser
from core.domain.uploads import WAITING
from core.domain.words import Language
from ports.bell import Bell
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.identity_desk import IdentityDesk
from ports.notices import Notifier
from ports.store import Store

_NOTICES: Final = {
    IdStatus.VERIFIED: NoticeType.VERIFICATION_VERIFIED,
    IdStatus.REJECTED: NoticeType.VERIFICATION_REJECTED,
}


@dataclass(frozen=True, slots=True)
class LearnIdReview:
    """Follow a review: the customer is told, with what was wrong and what helps (IDV-4, IDV-5).

    Read again from the desk, so deliveries in any order and number end the same (NTF-2).
    """

    desk: IdentityDesk
    store: Store
    notifier: Notifier
    caches: Caches
    bell: Bell
    clock: Clock

    async def __call__(self, steps: Steps, fact: IdentityChanged) -> None:
        if fact.is_quiet:
            # what the portal wrote it has remembered as learned; what others did, the next look reads
            await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
            await steps.do("ring", None, lambda: self._ring(fact.account))
            return
        identity = await steps.do("standing", Identity, lambda: self._standing(fact.account))
        if identity.status in REVIEWED:
            await steps.do("tell", None, lambda: self._tell(identity))
        if identity.status is not IdStatus.SUBMITTED:
            await steps.do("stop waiting", None, lambda: self._stop_waiting(identity))
        await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
        await steps.do("ring", None, lambda: self._ring(fact.account))
        await steps.do("learned", None, lambda: self._learned(identity))

    async def _standing(self, account: AccountId) -> Identity:
        # what the customer's device called the file may be their name, and nothing here needs it (IDV-6)
        return msgspec.structs.replace(await self.desk.standing(account), file_name=None)

    async def _tell(self, identity: Identity) -> None:
        user = await self._user(identity.account)
        if user is None:
            return
        await self.notifier(
            NewNotice(
                user=user.id,
                type=_NOTICES[identity.status],
                source_id=str(identity.account),
                version=version_of_id(identity),
                values=_words(identity) if identity.status is IdStatus.REJECTED else {},
                created_at=self.clock.now(),
            )
        )

    async def _stop_waiting(self, identity: Identity) -> None:
        async with self.store.begin() as shelves:
            await shelves.intents.close(WAITING, str(identity.account))

    async def _learned(self, identity: Identity) -> None:
        async with self.store.begin() as shelves:
            await shelves.facts.learn(identity_of(identity.account), version_of_id(identity))

    async def _ring(self, account: AccountId) -> None:
        user = await self._user(account)
        if user is not None:
            await self.bell.ring(user.id, "status")

    async def _user(self, account: AccountId) -> PortalUser | None:
        async with self.store.reading() as shelves:
            return await shelves.users.by_account(account)


def _words(identity: Identity) -> dict[str, str]:
    shown = read_rejection(identity.message)
    words = {f"text_{language.value}": shown.reason(language) for language in Language}
    return words | {f"remedy_{language.value}": shown.rejection.remedy.said(language) for language in Language}
