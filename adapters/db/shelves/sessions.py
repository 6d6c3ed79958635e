"""Sessions with their tokens, and links that reset a password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, exists, insert, select, update

from adapters.db.tables import refresh_tokens, resets, sessions, sign_ups, users
from adapters.db.transaction import Transaction
from core.domain.ids import SessionId, UserId
from core.domain.session import Session, StoredSession, UserState
from ports.store import RefreshTurn

_GOOD: Final = (sessions.c.revoked_at.is_(None), users.c.state == UserState.ACTIVE)
_CODE_OPEN: Final = exists().where(sign_ups.c.user == users.c.id, sign_ups.c.token.is_not(None))
_BY_ACCESS: Final = (
    select(
        sessions.c.id.label("session"),
        users.c.id.label("user"),
        users.c.account,
        users.c.contact,
        users.c.client,
        sessions.c.csrf,
        _CODE_OPEN.label("code_open"),
    )
    .join_from(sessions, users)
    .where(sessions.c.access == bindparam("access"), sessions.c.access_until > bindparam("now"), *_GOOD)
)
_IS_OPEN: Final = (
    select(sessions.c.id)
    .join_from(sessions, users)
    .where(sessions.c.id == bindparam("session"), sessions.c.refresh_until > bindparam("now"), *_GOOD)
)
_BY_REFRESH: Final = (
    select(
        sessions.c.id,
        sessions.c.user,
        sessions.c.revoked_at,
        users.c.state,
        refresh_tokens.c.until,
        refresh_tokens.c.used_at,
        refresh_tokens.c.used_key,
    )
    .join_from(refresh_tokens, sessions)
    .join(users)
    .where(refresh_tokens.c.refresh == bindparam("refresh"))
)
_HOLD_BY_REFRESH: Final = (
    select(sessions.c.id)
    .join_from(refresh_tokens, sessions)
    .where(refresh_tokens.c.refresh == bindparam("refresh"))
    .with_for_update(of=sessions)
)
_USE: Final = (
    update(refresh_tokens)
    .where(refresh_tokens.c.refresh == bindparam("spent"), refresh_tokens.c.used_at.is_(None))
    .values(used_at=bindparam("now"), used_key=bindparam("used_under"))
)
_USED_LATER: Final = select(refresh_tokens.c.refresh).where(
    refresh_tokens.c.session == bindparam("session"),
    refresh_tokens.c.refresh != bindparam("spent"),
    refresh_tokens.c.used_at >= bindparam("since"),
)
_VOID_UNUSED: Final = delete(refresh_tokens).where(
    refresh_tokens.c.session == bindparam("session"), refresh_tokens.c.used_at.is_(None)
)
_ADD_REFRESH: Final = insert(refresh_tokens)
_RENEW: Final = update(sessions).where(sessions.c.id == bindparam("session"), sessions.c.revoked_at.is_(None))
_REVOKE: Final = (
    update(sessions)
    .where(sessions.c.id == bindparam("session"), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_REVOKE_ALL: Final = (
    update(sessions)
    .where(sessions.c.user == bindparam("whose"), sessions.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_FORGET_OVER: Final = delete(sessions).where(
    sessions.c.user == bindparam("whose"), sessions.c.refresh_until < bindparam("now")
)


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """Sessions in the database (ACC-9)."""

    transaction: Transaction

    async def add(self, session: StoredSession) -> None:
        await self.transaction.change(_FORGET_OVER, whose=session.user, now=session.created_at)
        await self.transaction.change(
            sessions.insert(),
            id=session.id,
            user=session.user,
            created_at=session.created_at,
            **_pair(session),
        )
        await self._keep_refresh(session)

    async def by_access(self, access: str, now: datetime) -> Session | None:
        return await self.transaction.struct(Session, _BY_ACCESS, access=access, now=now)

    async def is_open(self, session: SessionId, now: datetime) -> bool:
        return await self.transaction.value(_IS_OPEN, session=session, now=now) is not None

    async def take_refresh(
        self, refresh: str, now: datetime, key: str | None, again_since: datetime
    ) -> tuple[RefreshTurn, SessionId | None, UserId | None]:
        # tokens of one session are taken one after the other, each seeing what the one before left
        await self.transaction.row(_HOLD_BY_REFRESH, refresh=refresh)
        row = await self.transaction.row(_BY_REFRESH, refresh=refresh)
        if row is None or row.revoked_at is not None or row.until <= now or row.state != UserState.ACTIVE:
            return RefreshTurn.UNKNOWN, None, None
        if await self.transaction.change(_USE, spent=refresh, now=now, used_under=key):
            return RefreshTurn.GOOD, row.id, row.user
        same = key is not None and row.used_key == key and row.used_at > again_since
        if same and await self.transaction.value(_USED_LATER, session=row.id, spent=refresh, since=row.used_at) is None:
            await self.transaction.change(_VOID_UNUSED, session=row.id)
            return RefreshTurn.GOOD, row.id, row.user
        await self.revoke(row.id, now)
        return RefreshTurn.REPLAYED, row.id, row.user

    async def renew(self, session: StoredSession) -> None:
        if await self.transaction.change(_RENEW.values(**_pair(session)), session=session.id):
            await self._keep_refresh(session)

    async def revoke(self, session: SessionId, at: datetime) -> None:
        await self.transaction.change(_REVOKE, session=session, at=at)

    async def revoke_all(self, user: UserId, at: datetime, but: SessionId | None = None) -> None:
        others = _REVOKE_ALL if but is None else _REVOKE_ALL.where(sessions.c.id != but)
        await self.transaction.change(others, whose=user, at=at)

    async def _keep_refresh(self, session: StoredSession) -> None:
        await self.transaction.change(
            _ADD_REFRESH, refresh=session.refresh, session=session.id, until=session.refresh_until
        )


def _pair(session: StoredSession) -> dict[str, str | datetime]:
    return {
        "access": session.access,
        "access_until": session.access_until,
        "refresh_until": session.refresh_until,
        "csrf": session.csrf,
    }


_VOID: Final = delete(resets).where(resets.c.user == bindparam("whose"))
_OF_USER: Final = select(resets.c.token, resets.c.expires_at).where(resets.c.user == bindparam("whose"))
_TAKE: Final = delete(resets).where(resets.c.token == bindparam("mailed")).returning(resets.c.user, resets.c.expires_at)


@dataclass(frozen=True, slots=True)
class SqlResets:
    """Links that reset a password, in the database (ACC-9)."""

    transaction: Transaction

    async def add(self, token: str, user: UserId, expires_at: datetime) -> None:
        await self.transaction.alone("resets", user)
        await self.void(user)
        await self.transaction.change(resets.insert(), token=token, user=user, expires_at=expires_at)

    async def of_user(self, user: UserId) -> tuple[str, datetime] | None:
        row = await self.transaction.row(_OF_USER, whose=user)
        return None if row is None else (row.token, row.expires_at)

    async def void(self, user: UserId) -> None:
        await self.transaction.change(_VOID, whose=user)

    async def take(self, token: str, now: datetime) -> UserId | None:
        row = await self.transaction.row(_TAKE, mailed=token)
        return None if row is None or row.expires_at <= now else row.user
