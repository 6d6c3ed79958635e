"""What follows when staff, or a checker, changed an eligibility."""

from dataclasses import dataclass
from typing import Final

from core.domain.catalog import VALUE_UNKNOWN, offerings_of
from core.domain.changes import eligibility_of, version_of_check
from core.domain.checks import WAITING
from core.domain.eligibility import ANSWERED, Eligibility, EligibilityStatus
from core.domain.facts import EligibilityChanged
from core.domain.following import SALE_MOVES, Followed
from core.domain.ids import AccountId
from core.domain.notice import NewNotice, NoticeType
from core.domain.session import PortalUser
from ports.alarms import Alarms
from ports.bell import Bell
from ports.caches import Caches
from ports.clock import Clock
from ports.durable import Steps
from ports.eligibility_desk import EligibilityDesk
from ports.notices import Notifier
from ports.store import Store

_NOTICES: Final = {
    EligibilityStatus.ELIGIBLE: NoticeType.ELIGIBILITY_ELIGIBLE,
    EligibilityStatus.INELIGIBLE: NoticeType.ELIGIBILITY_INELIGIBLE,
}


@dataclass(frozen=True, slots=True)
class LearnEligibility:
    """Follow an answer: the opportunity goes to Ready or Void, and the customer is told (ELG-5, ELG-6).

    Read again from the desk as the sale is moved, so deliveries in any order and number end the same (NTF-2). What
    Salesforce has moved already stays.
    """

    desk: EligibilityDesk
    store: Store
    notifier: Notifier
    caches: Caches
    bell: Bell
    alarms: Alarms
    clock: Clock

    async def __call__(self, steps: Steps, fact: EligibilityChanged) -> None:
        if fact.is_quiet:
            # what the portal wrote it has remembered as learned; what others did, the next look reads
            await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
            await steps.do("ring", None, lambda: self._ring(fact.account))
            return
        followed = await steps.do("standing", Followed, lambda: self.desk.ensure_followed(fact.account, SALE_MOVES))
        standing = followed.standing
        if standing.status in ANSWERED:
            if not standing.address:
                await steps.do("belongs", None, lambda: self.desk.ensure_belongs(fact.account))
            if standing.status is EligibilityStatus.ELIGIBLE and offerings_of(standing.value) is None:
                await steps.do("alarm", None, lambda: self.alarms.raise_alarm(VALUE_UNKNOWN, standing.account))
            await steps.do("tell", None, lambda: self._tell(standing))
        if standing.status is not EligibilityStatus.PENDING:
            await steps.do("stop waiting", None, lambda: self._stop_waiting(standing))
        await steps.do("forget", None, lambda: self.caches.drop_account(fact.account))
        await steps.do("ring", None, lambda: self._ring(fact.account))
        await steps.do("learned", None, lambda: self._learned(standing))

    async def _tell(self, standing: Eligibility) -> None:
        user = await self._user(standing.account)
        if user is None:
            return
        await self.notifier(
            NewNotice(
                user=user.id,
                type=_NOTICES[standing.status],
                source_id=str(standing.account),
                version=version_of_check(standing),
                values={"value": standing.value or ""},
                created_at=self.clock.now(),
            )
        )

    async def _stop_waiting(self, standing: Eligibility) -> None:
        async with self.store.begin() as shelves:
            await shelves.intents.close(WAITING, str(standing.account))

    async def _learned(self, standing: Eligibility) -> None:
        async with self.store.begin() as shelves:
            await shelves.facts.learn(eligibility_of(standing.account), version_of_check(standing))

    async def _ring(self, account: AccountId) -> None:
        user = await self._user(account)
        if user is not None:
            await self.bell.ring(user.id, "status")

    async def _user(self, account: AccountId) -> PortalUser | None:
        async with self.store.reading() as shelves:
            return await shelves.users.by_account(account)
