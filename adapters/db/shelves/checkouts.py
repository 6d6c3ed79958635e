"""Saved checkouts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, select, update

from adapters.db.tables import checkouts, users
from adapters.db.transaction import Transaction
from core.domain.checkout import Checkout
from core.domain.ids import CheckoutId, RequestId, UserId
from core.domain.session import UserState
from ports.store import CHECKOUT

_FIELDS: Final = tuple(checkouts.c[name] for name in Checkout.__struct_fields__)
_NOT_OVER: Final = checkouts.c.expires_at > bindparam("now")
_OF_USER: Final = select(*_FIELDS).where(checkouts.c.user == bindparam("whose"), _NOT_OVER)
_BY_TOKEN: Final = select(*_FIELDS).where(checkouts.c.token == bindparam("held"), checkouts.c.user.is_(None), _NOT_OVER)
_OTHERS: Final = delete(checkouts).where(
    checkouts.c.user == bindparam("whose"), checkouts.c.id != bindparam("checkout")
)
_SAVE: Final = update(checkouts).where(
    checkouts.c.id == bindparam("checkout"),
    checkouts.c.version < bindparam("kept_version"),
    checkouts.c.submitted_at.is_(None),
)
_CLAIM: Final = (
    update(checkouts)
    .where(checkouts.c.id == bindparam("checkout"), checkouts.c.user.is_(None))
    .values(user=bindparam("whose"), token=None)
    .returning(*_FIELDS)
)
_SUBMIT: Final = (
    update(checkouts)
    .where(
        checkouts.c.id == bindparam("checkout"),
        checkouts.c.user == bindparam("whose"),
        checkouts.c.submitted_at.is_(None),
    )
    .values(submitted_at=bindparam("at"), request=bindparam("by"))
)
_REOPEN: Final = (
    update(checkouts).where(checkouts.c.id == bindparam("checkout")).values(submitted_at=None, request=None)
)
_REOPEN_OF: Final = (
    update(checkouts).where(checkouts.c.request == bindparam("by")).values(submitted_at=None, request=None)
)
_LEFT: Final = (
    select(*_FIELDS)
    .join_from(checkouts, users)
    .where(
        users.c.marketing_consent,
        users.c.state == UserState.ACTIVE,
        checkouts.c.submitted_at.is_(None),
        checkouts.c.reminded_at.is_(None),
        checkouts.c.changed_at < bindparam("before"),
    )
    .order_by(checkouts.c.changed_at, checkouts.c.id)
    .limit(bindparam("most"))
)
_REMIND: Final = (
    update(checkouts)
    .where(checkouts.c.id == bindparam("checkout"), checkouts.c.reminded_at.is_(None))
    .values(reminded_at=bindparam("at"))
)
_FORGET: Final = delete(checkouts).where(checkouts.c.expires_at <= bindparam("at"))


@dataclass(frozen=True, slots=True)
class SqlCheckouts:
    """Saved checkouts in the database: one of each user, anonymous ones by their token (ORD-7)."""

    transaction: Transaction

    async def of_user(self, user: UserId, now: datetime) -> Checkout | None:
        return await self.transaction.struct(Checkout, _OF_USER, whose=user, now=now)

    async def by_token(self, token: str, now: datetime) -> Checkout | None:
        return await self.transaction.struct(Checkout, _BY_TOKEN, held=token, now=now)

    async def save(self, checkout: Checkout, token: str | None) -> bool:
        values: dict[str, Any] = msgspec.structs.asdict(checkout)
        if checkout.user is not None:
            await self.transaction.change(_OTHERS, whose=checkout.user, checkout=checkout.id)
        if await self.transaction.add(checkouts, values | {"token": token}):
            return True
        for fixed in ("id", "user", "created_at", "submitted_at", "request"):
            del values[fixed]
        return bool(
            await self.transaction.change(_SAVE.values(values), checkout=checkout.id, kept_version=checkout.version)
        )

    async def claim(self, token: str, user: UserId, now: datetime) -> Checkout | None:
        found = await self.by_token(token, now)
        if found is None:
            return None
        await self.transaction.alone(CHECKOUT, user)
        await self.transaction.change(_OTHERS, whose=user, checkout=found.id)
        return await self.transaction.struct(Checkout, _CLAIM, checkout=found.id, whose=user)

    async def submit(self, checkout: CheckoutId, user: UserId, request: RequestId, at: datetime) -> bool:
        return bool(await self.transaction.change(_SUBMIT, checkout=checkout, whose=user, by=request, at=at))

    async def reopen_of(self, request: RequestId) -> None:
        await self.transaction.change(_REOPEN_OF, by=request)

    async def reopen(self, checkout: CheckoutId) -> None:
        await self.transaction.change(_REOPEN, checkout=checkout)

    async def remove(self, user: UserId | None, token: str | None) -> None:
        if user is not None:
            await self.transaction.change(delete(checkouts).where(checkouts.c.user == user))
        if token is not None:
            mine = delete(checkouts).where(checkouts.c.token == token, checkouts.c.user.is_(None))
            await self.transaction.change(mine)

    async def abandoned(self, changed_before: datetime, most: int) -> tuple[Checkout, ...]:
        return await self.transaction.structs(Checkout, _LEFT, before=changed_before, most=most)

    async def reminded(self, checkout: CheckoutId, at: datetime) -> bool:
        return bool(await self.transaction.change(_REMIND, checkout=checkout, at=at))

    async def forget_before(self, at: datetime) -> int:
        return await self.transaction.change(_FORGET, at=at)
