"""Which availability checks take longer than the customer was told."""

from dataclasses import dataclass

from core.domain.eligibility import REVIEWS_READ, late_checks
from core.domain.policy import Policy
from core.domain.support import OpenCheck
from ports.clock import Clock
from ports.eligibility_desk import EligibilityDesk


@dataclass(frozen=True, slots=True)
class ListLateChecks:
    """Staff's list of late checks, oldest first; its length is the metric (ELG-11)."""

    desk: EligibilityDesk
    clock: Clock
    policy: Policy

    async def __call__(self) -> tuple[OpenCheck, ...]:
        now = self.clock.now()
        checks, reviews = await self.desk.open_checks(now), await self.desk.review_times(REVIEWS_READ)
        return late_checks(checks, reviews, now, self.policy)
