"""Portal users and their links."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import bindparam, select, update

from adapters.db.tables import users
from adapters.db.transaction import Transaction
from core.domain.ids import AccountId, ClientId, UserId
from core.domain.session import PortalUser, UserState
from core.domain.words import Language

_BY_ID: Final = select(users).where(users.c.id == bindparam("user"))
_BY_EMAIL: Final = select(users).where(users.c.canonical == bindparam("canonical"))
_BY_ACCOUNT: Final = select(users).where(users.c.account == bindparam("account"))
_BY_CLIENT: Final = select(users).where(users.c.client == bindparam("client")).order_by(users.c.id).limit(1)
_CHANGE: Final = update(users).where(users.c.id == bindparam("user"))
_FIRST: Final = select(users.c.created_at).order_by(users.c.created_at).limit(1)
_ACTIVE: Final = select(users).where(users.c.state == UserState.ACTIVE).order_by(users.c.id)


@dataclass(frozen=True, slots=True)
class SqlUsers:
    """Portal users in the database (ACC-1, ACC-5)."""

    transaction: Transaction

    async def add(self, user: PortalUser) -> bool:
        return await self.transaction.add(users, msgspec.structs.asdict(user))

    async def find(self, user: UserId) -> PortalUser | None:
        return await self.transaction.struct(PortalUser, _BY_ID, user=user)

    async def by_email(self, canonical: str) -> PortalUser | None:
        return await self.transaction.struct(PortalUser, _BY_EMAIL, canonical=canonical)

    async def by_account(self, account: AccountId) -> PortalUser | None:
        return await self.transaction.struct(PortalUser, _BY_ACCOUNT, account=account)

    async def by_client(self, client: ClientId) -> PortalUser | None:
        return await self.transaction.struct(PortalUser, _BY_CLIENT, client=client)

    async def set_password(self, user: UserId, password: str) -> None:
        await self.transaction.change(_CHANGE.values(password=password), user=user)

    async def set_state(self, user: UserId, state: UserState) -> None:
        await self.transaction.change(_CHANGE.values(state=state), user=user)

    async def accept_terms(self, user: UserId, version: str, at: datetime) -> None:
        await self.transaction.change(_CHANGE.values(terms_version=version, terms_accepted_at=at), user=user)

    async def set_preferences(self, user: UserId, language: Language, marketing_consent: bool) -> None:
        await self.transaction.change(_CHANGE.values(language=language, marketing_consent=marketing_consent), user=user)

    async def first_came(self) -> datetime | None:
        came: datetime | None = await self.transaction.value(_FIRST)
        return came

    async def everyone(self, after: UserId | None, most: int) -> tuple[PortalUser, ...]:
        page = _ACTIVE if after is None else _ACTIVE.where(users.c.id > after)
        return await self.transaction.structs(PortalUser, page.limit(most))
