"""Reading where the ID verification stands."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.eligibility import REVIEWS_READ
from core.domain.identity import Identity, IdentityShown, IdStatus, identity_shown
from core.domain.policy import Policy
from core.domain.session import Session
from ports.clock import Clock
from ports.errors import Unavailable
from ports.identity_desk import IdentityDesk


@dataclass(frozen=True, slots=True)
class ReadIdentity:
    """Tell the customer how the review of their ID stands: by when, or what was wrong and what helps (IDV-3, IDV-4)."""

    desk: IdentityDesk
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session, *, identity: Identity | None = None) -> IdentityShown:
        """The review with what follows from it; `identity` is shown where the caller has just learned it."""
        identity = identity or await self.desk.standing(session.account)
        reviews = await self._reviews() if identity.status is IdStatus.SUBMITTED else ()
        return identity_shown(identity, self.clock.now(), self.policy, reviews)

    async def _reviews(self) -> tuple[timedelta, ...]:
        try:
            return await self.desk.review_times(REVIEWS_READ)
        except Unavailable:
            return ()  # the rule's own days are the answer then
