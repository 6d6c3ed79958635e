"""Choosing another password."""

from dataclasses import dataclass

from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.limits import Limited
from core.domain.mail import Letter, account_letter_job
from core.domain.password import password_faults
from core.domain.refusals import Invalid, NotLoggedIn, TooMany, WrongPassword
from core.domain.session import Session
from core.domain.work import Job
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

    Wrong tries count as failed log-ins, so that a stolen session does not find the password out (ACC-8). Asked again
    under its key, it is done once (T-2).
    """

    store: Store
    passwords: Passwords
    limits: Limits
    work: DurableWork
    ids: Ids
    clock: Clock
    known: KnownSessions

    async def __call__(self, key: RequestKey, session: Session, current: str, new: str) -> None:
        """Raises Invalid, WrongPassword or TooMany."""
        faults = password_faults("newPassword", new)
        if faults:
            raise Invalid(*faults)
        now = self.clock.now()
        async with self.store.reading() as shelves:
            user = await shelves.users.find(session.user)
            letter = account_letter_job(Letter.PASSWORD_CHANGED, session.user, key)
            is_done = await shelves.requests.by_job(letter.key) is not None
        if user is None:
            raise NotLoggedIn
        if is_done:
            return await self._tell(session.user, letter)
        seconds = await self.limits.take(Limited.LOG_IN_FAILURES, user.canonical, now)
        if seconds is not None:
            raise TooMany(retry_after=seconds, limit=Limited.LOG_IN_FAILURES.value)
        if not await self.passwords.matches(current, user.password):
            raise WrongPassword
        await self.limits.give_back(Limited.LOG_IN_FAILURES, user.canonical, now)
        hashed = await self.passwords.hash(new)
        async with self.store.begin(durable=True) as shelves:
            await shelves.users.set_password(user.id, hashed)
            await shelves.sessions.revoke_all(user.id, now, but=session.session)
            await shelves.sign_ups.spend(user.id)
            await shelves.resets.void(user.id)
            await shelves.audit.write(AuditEntry(at=now, actor=user.id, deed="change_password", subject=user.id))
            # kept with the change: a crash before the letter is begun loses neither
            request = Request(id=RequestId(self.ids.new()), owner=user.id, about="me", job=letter, created_at=now)
            await shelves.requests.add(request)
        await self._tell(session.user, letter)

    async def _tell(self, user: UserId, letter: Job) -> None:
        # again, too, where it was done before: whoever did it may have died before it told anybody
        self.known.forget_all(user)
        await self.work.start(letter)
