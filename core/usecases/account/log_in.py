"""Logging in."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.facts import AccountChanged, learning
from core.domain.ids import SessionId
from core.domain.limits import EVERYBODY, Limited
from core.domain.policy import Policy
from core.domain.refusals import ChallengeNeeded, TooMany, WrongLogin
from core.domain.session import (
    Admitted,
    LogInForm,
    PortalUser,
    UserState,
    canonical_email,
    new_tokens,
    pair_of,
    sign_in_job,
)
from ports.bell import Bell
from ports.challenge import Challenge
from ports.clock import Clock
from ports.durable import DurableWork
from ports.ids import Ids
from ports.limits import Limits
from ports.passwords import Passwords
from ports.secrets import Secrets
from ports.store import Store


@dataclass(frozen=True, slots=True)
class LogIn:
    """Let a customer in by email and password, without telling strangers which was wrong (ACC-8, ACC-9).

    The same work is done for an unknown address. Failures are limited per address and overall; past the limit a
    solved challenge admits, where the operator offers one. A cart saved before is claimed. Whoever is barred and knows
    the password has their account read again, and is answered like anybody else meanwhile.
    """

    store: Store
    passwords: Passwords
    secrets: Secrets
    limits: Limits
    challenge: Challenge
    work: DurableWork
    ids: Ids
    bell: Bell
    clock: Clock
    policy: Policy

    async def __call__(self, form: LogInForm) -> Admitted:
        """The customer's tokens; raises WrongLogin, TooMany or ChallengeNeeded."""
        now = self.clock.now()
        canonical = canonical_email(form.email)
        counted = await self._count_failure(canonical, form.challenge, now)
        async with self.store.reading() as shelves:
            user = await shelves.users.by_email(canonical)
        right = await self.passwords.matches(form.password, user.password if user else None)
        if user is not None and right and user.state is UserState.BARRED:
            await self._look_again(user, now)
        if user is None or not right or user.state is not UserState.ACTIVE:
            raise WrongLogin
        for limit, subject in counted:  # it was no failure
            await self.limits.give_back(limit, subject, now)
        if self.passwords.needs_rehash(user.password):
            await self._renew(user, form.password)
        return await self._admit(user, form, now)

    async def _count_failure(
        self, canonical: str, solution: str | None, now: datetime
    ) -> tuple[tuple[Limited, str], ...]:
        """Count the try as a failure before it is one, so that a hundred at once are no more than one by one."""
        wanted = ((Limited.LOG_IN_FAILURES, canonical), (Limited.LOG_IN_FAILURES_OVERALL, EVERYBODY))
        taken: list[tuple[Limited, str]] = []
        for limit, subject in wanted:
            seconds = await self.limits.take(limit, subject, now)
            if seconds is None:
                taken.append((limit, subject))
                continue
            if solution is not None and self.challenge.offered and await self.challenge.solved(solution):
                break
            for each, whose in taken:
                await self.limits.give_back(each, whose, now)
            if self.challenge.offered:
                raise ChallengeNeeded(retry_after=seconds)
            raise TooMany(retry_after=seconds, limit=limit.value)
        return tuple(taken)

    async def _look_again(self, user: PortalUser, now: datetime) -> None:
        # staff may have admitted them again without the portal having heard of it: next time it has
        fact_id = f"barred:{user.account}:{now.isoformat(timespec='minutes')}"
        await self.work.start(learning(AccountChanged(id=fact_id, at=now, account=user.account)))

    async def _renew(self, user: PortalUser, password: str) -> None:
        fresh = await self.passwords.hash(password)
        async with self.store.begin() as shelves:
            await shelves.users.set_password(user.id, fresh)

    async def _admit(self, user: PortalUser, form: LogInForm, now: datetime) -> Admitted:
        tokens = new_tokens(SessionId(self.ids.new()), self.secrets.token, now, self.policy)
        async with self.store.begin() as shelves:
            await shelves.sessions.add(pair_of(tokens, user.id, self.secrets.fingerprint, now))
            if form.checkout is not None:
                await shelves.checkouts.claim(self.secrets.fingerprint(form.checkout), user.id, now)
        if form.checkout is not None:
            await self.bell.ring(user.id, "status")
        await self.work.start(sign_in_job(tokens.session, user.account, now))
        return Admitted(tokens=tokens, user=user.id, number=user.number, language=user.language)
