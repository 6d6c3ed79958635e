"""Sign-ups on their way to a customer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, func, select, update

from adapters.db.tables import sign_up_claims, sign_ups, users
from adapters.db.transaction import Transaction
from core.domain.ids import SignUpId, UserId
from ports.store import SignUp

_FIELDS: Final = tuple(sign_ups.c[name] for name in SignUp.__struct_fields__)
_BY_ID: Final = select(*_FIELDS).where(sign_ups.c.id == bindparam("sign_up"))
_BY_TOKEN: Final = select(*_FIELDS).where(sign_ups.c.token == bindparam("mailed"))
_OF_USER: Final = select(*_FIELDS).where(sign_ups.c.user == bindparam("whose"), sign_ups.c.token.is_not(None))
_CHANGE: Final = update(sign_ups).where(sign_ups.c.id == bindparam("sign_up"))
_CONFIRM: Final = _CHANGE.values(
    confirmed_at=func.coalesce(sign_ups.c.confirmed_at, bindparam("at", type_=sign_ups.c.confirmed_at.type))
)
_TRY: Final = _CHANGE.values(attempts=sign_ups.c.attempts + 1).returning(sign_ups.c.attempts)
_IS_USER: Final = select(users.c.id).where(users.c.canonical == bindparam("canonical"))
_HOLDER: Final = select(sign_up_claims.c.sign_up).where(sign_up_claims.c.canonical == bindparam("canonical"))
_GIVE_BACK: Final = delete(sign_up_claims).where(sign_up_claims.c.sign_up == bindparam("sign_up"))
_BLANK: Final = (
    update(sign_ups)
    .where(sign_ups.c.expires_at < bindparam("at"), sign_ups.c.user.is_not(None), sign_ups.c.token.is_not(None))
    .values(code=None, token=None)
)
_SPEND: Final = (
    update(sign_ups)
    .where(sign_ups.c.user == bindparam("whose"), sign_ups.c.token.is_not(None))
    .values(code=None, token=None)
)
_FORGET: Final = delete(sign_ups).where(sign_ups.c.expires_at < bindparam("at"), sign_ups.c.confirmed_at.is_(None))


@dataclass(frozen=True, slots=True)
class SqlSignUps:
    """Sign-ups in the database (ACC-1, ACC-4, ACC-5)."""

    transaction: Transaction

    async def add(self, sign_up: SignUp) -> None:
        await self.transaction.change(sign_ups.insert(), **msgspec.structs.asdict(sign_up))

    async def find(self, sign_up: SignUpId) -> SignUp | None:
        return await self.transaction.struct(SignUp, _BY_ID, sign_up=sign_up)

    async def by_token(self, token: str) -> SignUp | None:
        return await self.transaction.struct(SignUp, _BY_TOKEN, mailed=token)

    async def of_user(self, user: UserId) -> SignUp | None:
        return await self.transaction.struct(SignUp, _OF_USER, whose=user)

    async def set_code(self, sign_up: SignUpId, code: str, token: str, expires_at: datetime) -> None:
        fresh = _CHANGE.values(code=code, token=token, expires_at=expires_at, attempts=0)
        await self.transaction.change(fresh, sign_up=sign_up)

    async def readdress(self, sign_up: SignUpId, email: str, canonical: str) -> None:
        await self.transaction.change(_CHANGE.values(email=email, canonical=canonical), sign_up=sign_up)

    async def take_attempt(self, sign_up: SignUpId) -> int:
        taken = await self.transaction.value(_TRY, sign_up=sign_up)
        if taken is None:
            raise LookupError("no such sign-up")
        return int(taken) - 1

    async def claim(self, sign_up: SignUpId, canonical: str, at: datetime) -> bool:
        # claimed before it is looked for: who held it until now may have become a user while this one waited
        taken = await self.transaction.add(sign_up_claims, {"canonical": canonical, "sign_up": sign_up})
        if not taken and await self.transaction.value(_HOLDER, canonical=canonical) != sign_up:
            return False
        if await self.transaction.value(_IS_USER, canonical=canonical) is not None:
            if taken:
                await self.transaction.change(_GIVE_BACK, sign_up=sign_up)
            return False
        await self.transaction.change(_CONFIRM, sign_up=sign_up, at=at)
        return True

    async def release(self, sign_up: SignUpId) -> None:
        await self.transaction.change(_GIVE_BACK, sign_up=sign_up)
        await self.transaction.change(_CHANGE.values(confirmed_at=None), sign_up=sign_up)

    async def settle(self, sign_up: SignUpId, user: UserId) -> None:
        # the user holds the address from here on
        await self.transaction.change(_GIVE_BACK, sign_up=sign_up)
        await self.transaction.change(_CHANGE.values(user=user, password=""), sign_up=sign_up)

    async def spend(self, user: UserId) -> None:
        await self.transaction.change(_SPEND, whose=user)

    async def forget_before(self, at: datetime) -> int:
        await self.transaction.change(_BLANK, at=at)
        return await self.transaction.change(_FORGET, at=at)
