"""Setting a new password by a mailed link."""

from dataclasses import dataclass

from core.domain.ids import RequestId, RequestKey, UserId
from core.domain.mail import Letter, account_letter_job
from core.domain.password import password_faults
from core.domain.refusals import Invalid, TokenSpent
from core.domain.work import Job
from ports.caches import KnownSessions
from ports.clock import Clock
from ports.durable import DurableWork
from ports.ids import Ids
from ports.passwords import Passwords
from ports.secrets import Secrets
from ports.store import AuditEntry, Request, Store


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Set a new password by a link that works once, end every session, and mail that it happened (ACC-7, ACC-9).

    A password that can't be chosen leaves the link good. Asked again under its key, it is done once (T-2).
    """

    store: Store
    passwords: Passwords
    secrets: Secrets
    work: DurableWork
    ids: Ids
    clock: Clock
    known: KnownSessions

    async def __call__(self, key: RequestKey, token: str, password: str) -> None:
        """Raises Invalid or TokenSpent."""
        faults = password_faults("password", password)
        if faults:
            raise Invalid(*faults)
        async with self.store.reading() as shelves:
            before = await shelves.requests.by_job(account_letter_job(Letter.PASSWORD_CHANGED, None, key).key)
        if before is not None and before.owner is not None:
            return await self._tell(before.owner, before.job)
        now = self.clock.now()
        hashed = await self.passwords.hash(password)
        async with self.store.begin(durable=True) as shelves:
            user = await shelves.resets.take(self.secrets.fingerprint(token), now)
            if user is None:
                raise TokenSpent
            await shelves.users.set_password(user, hashed)
            await shelves.sessions.revoke_all(user, now)
            await shelves.sign_ups.spend(user)
            await shelves.audit.write(AuditEntry(at=now, actor=user, deed="reset_password", subject=user))
            # kept with the change: a crash before the letter is begun loses neither
            letter = account_letter_job(Letter.PASSWORD_CHANGED, user, key)
            request = Request(id=RequestId(self.ids.new()), owner=user, about="me", job=letter, created_at=now)
            await shelves.requests.add(request)
        await self._tell(user, letter)

    async def _tell(self, user: UserId, letter: Job) -> None:
        # again, too, where it was done before: whoever did it may have died before it told anybody
        self.known.forget_all(user)
        await self.work.start(letter)
