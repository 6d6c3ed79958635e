"""Choosing another password."""

from dataclasses import dataclass

from core.domain.ids import RequestId
from core.domain.limits import Limited
from core.domain.mail import Letter, account_letter_job
from core.domain.password import password_faults
from core.domain.refusals import Invalid, NotLoggedIn, TooMany, WrongPassword
from core.domain.session import Session
from ports.caches import KnownSessions
from ports.clock import Clock
from ports.durable import DurableWork
from ports.ids import Ids
from ports.limits import Limits
from ports.passwords import Passwords
from ports.store import AuditEntry, Request, Store


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Set another password for who knows the current one; other sessions and mailed links end (ACC-7, ACC-9).

    Wrong tries count as failed log-ins, so that a stolen session does not find the password out (ACC-8).
    """

    store: Store
    passwords: Passwords
    limits: Limits
    work: DurableWork
    ids: Ids
    clock: Clock
    known: KnownSessions

    async def __call__(self, session: Session, current: str, new: str) -> None:
        """Raises Invalid, WrongPassword or TooMany."""
        faults = password_faults("newPassword", new)
        if faults:
            raise Invalid(*faults)
        now = self.clock.now()
        async with self.store.reading() as shelves:
            user = await shelves.users.find(session.user)
        if user is None:
            raise NotLoggedIn
        seconds = await self.limits.take(Limited.LOG_IN_FAILURES, user.canonical, now)
        if seconds is not None:
            raise TooMany(retry_after=seconds, limit=Limited.LOG_IN_FAILURES.value)
        if not await self.passwords.matches(current, user.password):
            raise WrongPassword
        await self.limits.give_back(Limited.LOG_IN_FAILURES, user.canonical, now)
        hashed = await self.passwords.hash(new)
        letter = account_letter_job(Letter.PASSWORD_CHANGED, user.id, self.ids.new())
        async with self.store.begin(durable=True) as shelves:
            await shelves.users.set_password(user.id, hashed)
            await shelves.sessions.revoke_all(user.id, now, but=session.session)
            await shelves.sign_ups.spend(user.id)
            await shelves.resets.void(user.id)
            await shelves.audit.write(AuditEntry(at=now, actor=user.id, deed="change_password", subject=user.id))
            # kept with the change: a crash before the letter is begun loses neither
            request = Request(id=RequestId(self.ids.new()), owner=user.id, about="me", job=letter, created_at=now)
            await shelves.requests.add(request)
        self.known.forget_all(user.id)
        await self.work.start(letter)
