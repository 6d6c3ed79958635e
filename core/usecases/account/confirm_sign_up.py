"""Proving an email address, which makes the customer."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.ids import SessionId, SignUpId, request_key
from core.domain.policy import Policy
from core.domain.refusals import AlreadyCustomer, TokenSpent
from core.domain.session import Admitted, UserState, new_tokens, pair_of, sign_in_job
from core.domain.sign_up import Confirmed, OneSignUp, SignedUp
from core.domain.work import Job, WorkKind, WorkState
from ports.clock import Clock
from ports.durable import DurableWork, Reception
from ports.ids import Ids
from ports.secrets import Secrets
from ports.store import Shelves, SignUp, Store


@dataclass(frozen=True, slots=True)
class ConfirmSignUp:
    """Take the mailed code or link and make the customer, once for an address (ACC-1, ACC-4, ACC-5).

    The right code gives tokens again within its life until some were used, so that a lost answer costs nothing and
    nobody logs in with it later; five wrong ones void it.
    """

    store: Store
    reception: Reception
    work: DurableWork
    secrets: Secrets
    ids: Ids
    clock: Clock
    policy: Policy

    async def __call__(self, sign_up: SignUpId | None, code: str | None, token: str | None) -> Confirmed:
        """How the sign-up stands, with tokens once it is done; raises TokenSpent or AlreadyCustomer."""
        now = self.clock.now()
        proved = await self._proved(sign_up, code, token, now)
        if proved.user is None:
            async with self.store.reading() as shelves:
                user = await shelves.users.by_email(proved.canonical)
                # this sign-up may have been completed since it was looked at, by whoever got no answer
                latest = await shelves.sign_ups.find(proved.id)
            if user is not None and (latest is None or latest.user != user.id):
                raise AlreadyCustomer
        job = Job(
            key=request_key("sign_up", proved.id),
            kind=WorkKind.SIGN_UP,
            data=msgspec.to_builtins(OneSignUp(proved.id)),
        )
        reply = await self.reception(None, "me", job, ("sign_up", proved.canonical))
        if reply.work.state is not WorkState.DONE:
            return Confirmed(reply)
        if reply.work.key != job.key:  # another sign-up of the same address came first
            raise AlreadyCustomer
        return Confirmed(reply, await self._admit(msgspec.convert(reply.work.result, SignedUp), now))

    async def _proved(self, id: SignUpId | None, code: str | None, token: str | None, now: datetime) -> SignUp:
        async with self.store.begin() as shelves:
            if token is not None:
                found = await shelves.sign_ups.by_token(self.secrets.fingerprint(token))
                right = found is not None and now < found.expires_at
            else:
                await shelves.alone("sign_up", id or "")
                found = await shelves.sign_ups.find(id) if id is not None else None
                right = found is not None and await self._is_right(shelves, found, code or "", now)
        if found is None or not right:  # outside of the unit of work, which has counted the try
            raise TokenSpent
        return found

    async def _is_right(self, shelves: Shelves, sign_up: SignUp, code: str, now: datetime) -> bool:
        if sign_up.code is None or sign_up.token is None or now >= sign_up.expires_at:
            return False
        if await shelves.sign_ups.take_attempt(sign_up.id) >= self.policy.code_attempts:
            return False
        if self.secrets.fingerprint(f"{sign_up.id}:{code}") != sign_up.code:
            return False
        # who knows the code is not guessing: its tries count from none
        await shelves.sign_ups.set_code(sign_up.id, sign_up.code, sign_up.token, sign_up.expires_at)
        return True

    async def _admit(self, signed_up: SignedUp, now: datetime) -> Admitted:
        tokens = new_tokens(SessionId(self.ids.new()), self.secrets.token, now, self.policy)
        async with self.store.begin() as shelves:
            user = await shelves.users.find(signed_up.user)
            if user is None or user.state is not UserState.ACTIVE:
                raise TokenSpent
            await shelves.sessions.add(pair_of(tokens, user.id, self.secrets.fingerprint, now))
        await self.work.start(sign_in_job(tokens.session, user.account, now))
        return Admitted(tokens=tokens, user=user.id, number=user.number, language=user.language)
