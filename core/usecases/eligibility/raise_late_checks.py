"""Hurrying what is late."""

from dataclasses import dataclass

from core.domain.checks import RAISED
from core.domain.eligibility import REVIEWS_READ, late_checks
from core.domain.ids import CaseId, RequestId
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy
from core.domain.support import CasePriority, OpenCheck
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk
from ports.notices import Notifier
from ports.store import AuditEntry, Intent, Store


@dataclass(frozen=True, slots=True)
class RaiseLateChecks:
    """Raise the priority of each late check once and tell its customer once (ELG-11).

    Answers which are late, for staff's list. Safe to stop and repeat: what was done already changes nothing.
    """

    desk: EligibilityDesk
    store: Store
    notifier: Notifier
    clock: Clock
    policy: Policy

    async def __call__(self) -> tuple[OpenCheck, ...]:
        now = self.clock.now()
        checks = await self.desk.open_checks(now)
        if not checks:
            return ()
        late = late_checks(checks, await self.desk.review_times(REVIEWS_READ), now, self.policy)
        for check in late:
            if check.case is None or not check.is_open:
                await self._tell(check)  # staff's list shows it; there is nothing to raise
            elif not await self._was_raised(check.case):
                await self._raise(check, check.case)
        return late

    async def _was_raised(self, case: CaseId) -> bool:
        async with self.store.reading() as shelves:
            return await shelves.intents.holder(RAISED, case) is not None

    async def _raise(self, check: OpenCheck, case: CaseId) -> None:
        raised = check.priority is not CasePriority.HIGH
        if raised:
            await self.desk.raise_priority(case)
        await self._tell(check)
        # last, so that nothing of it is left out after a crash; what staff set from here on is theirs
        now = self.clock.now()
        entry = AuditEntry(at=now, actor="portal", deed="eligibility.check_raised", subject=str(check.account))
        async with self.store.begin() as shelves:
            mine = Intent(kind=RAISED, subject=case, request=RequestId(case))
            if await shelves.intents.take(mine, now) is None and raised:
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
                source_id=check.case or check.account,
                version="late",
                created_at=self.clock.now(),
            )
        )
