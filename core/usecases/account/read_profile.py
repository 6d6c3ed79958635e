"""The customer's own page."""

import asyncio
from dataclasses import dataclass

import msgspec

from core.domain.checks import for_customers
from core.domain.profile import OwnPage, ProfileWrite, Saving
from core.domain.refusals import NotFound
from core.domain.session import PortalUser, Session
from ports.customer_registry import Profiles
from ports.eligibility_desk import EligibilityDesk
from ports.identity_desk import IdentityDesk
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """Show customers what is held of them, and a change that is still being saved as such (ACC-10)."""

    store: Store
    profiles: Profiles
    eligibility: EligibilityDesk
    identity: IdentityDesk

    async def __call__(self, session: Session) -> OwnPage:
        """Raises NotFound when the CRM has no such account any more."""
        profile, eligibility, identity, (user, saving) = await asyncio.gather(
            self.profiles.profile(session.account),
            self.eligibility.standing(session.account),
            self.identity.standing(session.account),
            self._kept(session),
        )
        if profile is None or user is None:
            raise NotFound
        return OwnPage(
            profile=profile,
            eligibility=for_customers(eligibility),
            identity=identity,
            language=user.language,
            marketing_consent=user.marketing_consent,
            terms_version=user.terms_version,
            terms_accepted_at=user.terms_accepted_at,
            saving=saving,
        )

    async def _kept(self, session: Session) -> tuple[PortalUser | None, Saving | None]:
        async with self.store.reading() as shelves:
            user = await shelves.users.find(session.user)
            holder = await shelves.intents.holder("profile", session.account)
            request = await shelves.requests.find(holder, session.user) if holder is not None else None
        if request is None:
            return user, None
        change = msgspec.convert(request.job.data, ProfileWrite)
        saving = Saving(request=request.id, phone=change.phone, address=change.address, birth_date=change.birth_date)
        return user, saving
