"""Changing what is held of a customer."""

from dataclasses import dataclass
from typing import Final

import msgspec

from core.domain.facts import facts_of
from core.domain.ids import RequestKey, request_key
from core.domain.japan import tokyo_date
from core.domain.policy import Policy
from core.domain.profile import ProfileChange, ProfileWrite, change_faults
from core.domain.refusals import FieldFault, Invalid, NotLoggedIn, StillRunning
from core.domain.session import Session
from core.domain.work import Job, Reply, WorkKind, WorkState
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry
from ports.durable import Reception
from ports.store import Store

ASK_AGAIN: Final = 5


@dataclass(frozen=True, slots=True)
class SaveProfile:
    """Take a customer's changes: the portal's own at once, what others hold as durable work (ACC-10, ACC-11).

    A birth date can be added while the CRM holds none (ORD-1): once held it is corrected by staff.
    """

    store: Store
    reception: Reception
    registry: CustomerRegistry
    clock: Clock
    policy: Policy

    async def __call__(self, session: Session, change: ProfileChange, key: RequestKey) -> Reply | None:
        """How the saving in other systems stands, None where nothing of theirs was sent; the same key saves once.

        Raises Invalid, StillRunning, and Unavailable while it can't be read whether there is a birth date.
        """
        change = change.tidied()
        faults = change_faults(change, self.policy, tokyo_date(self.clock.now()))
        if faults:
            raise Invalid(*faults)
        change = await self._without_held(session, change)
        write = ProfileWrite(
            account=session.account,
            client=session.client,
            phone=change.phone,
            address=change.address,
            birth_date=change.birth_date,
            marketing_consent=change.marketing_consent,
        )
        reply = None
        if write.is_for_billing or write.is_for_crm:
            reply = await self._save(session, write, key)
        if reply is None or reply.work.state is not WorkState.REFUSED:
            await self._keep(session, change)  # last, so that a change which is refused leaves nothing behind
        return reply

    async def _without_held(self, session: Session, change: ProfileChange) -> ProfileChange:
        """The change without a birth date that is held already; raises Invalid where another one is."""
        if change.birth_date is None:
            return change
        profile = await self.registry.profile(session.account)
        held = profile.person.birth_date if profile is not None else None
        if held is None:
            return change
        if held != change.birth_date:
            raise Invalid(FieldFault("birthDate", "held_already"))
        return msgspec.structs.replace(change, birth_date=None)

    async def _save(self, session: Session, write: ProfileWrite, key: RequestKey) -> Reply:
        job = Job(
            key=request_key("profile", key),
            kind=WorkKind.SAVE_PROFILE,
            data=msgspec.to_builtins(write),
            owner=session.user,
            lane=facts_of(session.account),
        )
        reply = await self.reception(session.user, "me", job, ("profile", session.account))
        if reply.work.key != job.key and await self._differs(session, reply, write):
            raise StillRunning(retry_after=ASK_AGAIN)  # another change is being saved; this one was not taken
        return reply

    async def _keep(self, session: Session, change: ProfileChange) -> None:
        if change.terms_version is None and change.language is None and change.marketing_consent is None:
            return
        async with self.store.begin() as shelves:
            await shelves.alone("profile", session.user)
            user = await shelves.users.find(session.user)
            if user is None:
                raise NotLoggedIn
            if change.terms_version is not None:
                await shelves.users.accept_terms(user.id, change.terms_version, self.clock.now())
            if change.language is not None or change.marketing_consent is not None:
                consent = user.marketing_consent if change.marketing_consent is None else change.marketing_consent
                await shelves.users.set_preferences(user.id, change.language or user.language, consent)

    async def _differs(self, session: Session, reply: Reply, write: ProfileWrite) -> bool:
        async with self.store.reading() as shelves:
            held = await shelves.requests.find(reply.request, session.user)
        return held is None or msgspec.convert(held.job.data, ProfileWrite) != write
