"""Reading where the availability check stands."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from core.domain.account import Profile
from core.domain.checks import for_customers
from core.domain.eligibility import (
    REVIEWS_READ,
    Eligibility,
    EligibilityShown,
    EligibilityStatus,
    eligibility_shown,
    expected_answer,
)
from core.domain.limits import Limited
from core.domain.policy import Policy
from core.domain.session import Session
from ports.caches import Caches
from ports.clock import Clock
from ports.customer_registry import Profiles
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Unavailable
from ports.limits import Limits


@dataclass(frozen=True, slots=True)
class ReadEligibility:
    """Tell the customer how their check stands, by when it is expected and what to do (ELG-4, ELG-7, ELG-10)."""

    desk: EligibilityDesk
    profiles: Profiles
    caches: Caches
    limits: Limits
    clock: Clock
    policy: Policy

    async def __call__(
        self, session: Session, *, fresh: bool = False, standing: Eligibility | None = None
    ) -> EligibilityShown:
        """The eligibility with what follows from it.

        `fresh` reads Salesforce again, at most once per 10 s; between, what was read last is the answer. `standing`
        is shown where the caller has just learned it.
        """
        now = self.clock.now()
        # within the ten seconds the limit does not refuse: what was read then is fresh enough
        if fresh and await self.limits.take(Limited.CHECK_NOW, session.account, now) is None:
            await self.caches.drop_account(session.account)
        if standing is not None and standing.status is EligibilityStatus.PENDING:
            return await self._shown(standing, None)  # it was asked for the address on file, and nothing else matters
        known, profile = await asyncio.gather(self._standing(session, standing), self.profiles.profile(session.account))
        return await self._shown(known, profile)

    async def _standing(self, session: Session, standing: Eligibility | None) -> Eligibility:
        return standing if standing is not None else await self.desk.standing(session.account)

    async def _shown(self, standing: Eligibility, profile: Profile | None) -> EligibilityShown:
        reviews = await self._reviews() if standing.status is EligibilityStatus.PENDING else ()
        expected = expected_answer(standing, reviews, self.policy)
        address = profile.address if profile is not None else None
        return eligibility_shown(for_customers(standing), address, expected, self.clock.now(), self.policy)

    async def _reviews(self) -> tuple[timedelta, ...]:
        try:
            return await self.desk.review_times(REVIEWS_READ)
        except Unavailable:
            return ()  # the rule's own days are the answer then
