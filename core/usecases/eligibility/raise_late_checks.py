"""Hurrying what is late."""

from dataclasses import dataclass

from core.domain.eligibility import REVIEWS_READ, late_checks
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy
from core.domain.support import CasePriority, OpenCheck
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk
from ports.notices import Notifier
from ports.store import AuditEntry, Store


@dataclass(frozen=True, slots=True)
class RaiseLateChecks:
    """Raise the priority of each late check once and tell its customer once (ELG-11).

    Answers how many are late. Safe to stop and repeat: what was done already changes nothing.
    """

    desk: EligibilityDesk
    store: Store
    notifier: Notifier
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        now = self.clock.now()
        checks, reviews = await self.desk.open_checks(now), await self.desk.review_times(REVIEWS_READ)
        late = late_checks(checks, reviews, now, self.policy)
        for check in late:
            if check.priority is not CasePriority.HIGH:
                await self.desk.raise_priority(check.case)
                await self._write(check)
            await self._tell(check)
        return len(late)

    async def _write(self, check: OpenCheck) -> None:
        entry = AuditEntry(
            at=self.clock.now(), actor="portal", deed="eligibility.check_raised", subject=str(check.account)
        )
        async with self.store.begin() as shelves:
            await shelves.audit.write(entry)

    async def _tell(self, check: OpenCheck) -> None:
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(check.account)
        if user is None:
            return
        await self.notifier(
            NewNotice(
                user=user.id,
                type=NoticeType.CHECK_LATE,
                source_id=str(check.case),
                version="late",
                created_at=self.clock.now(),
            )
        )
