"""A portal user and the session that speaks for one."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import PortalStatus
from core.domain.ids import AccountId, ClientId, ContactId, CustomerNumber, SessionId, UserId, request_key
from core.domain.policy import Policy
from core.domain.words import Language
from core.domain.work import Job, WorkKind


def canonical_email(email: str) -> str:
    """The one spelling of an address that counts: NFKC, trimmed, case-folded (ACC-5)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).strip().casefold())


def mailbox_of(canonical: str) -> str:
    """Where mail to that address arrives: what stands behind a plus sign sorts it there, and is no other mailbox."""
    local, at, domain = canonical.rpartition("@")
    name = local.partition("+")[0]
    return f"{name}{at}{domain}" if name else canonical


class LogInForm(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who logs in sends; `checkout` is the token of a cart saved before, `challenge` a solution."""

    email: str
    password: str
    checkout: str | None = None
    challenge: str | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking: one logged-in customer and the ids that are theirs in each system.

    `code_open` says that the code they signed up with would still give tokens: nobody has used any yet.
    """

    session: SessionId
    user: UserId
    account: AccountId
    contact: ContactId
    client: ClientId
    csrf: str
    code_open: bool = False


class UserState(StrEnum):
    """Whether a portal user may log in."""

    ACTIVE = "active"
    BARRED = "barred"


STATE_OF: Final = MappingProxyType({PortalStatus.INACTIVE: UserState.BARRED, PortalStatus.ACTIVE: UserState.ACTIVE})
"""What an account's portal status makes of its user (ACC-8)."""


class PortalUser(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's credentials and the link to their records (ACC-1, ACC-5).

    `email` is as the customer writes it, `canonical` what is unique. `password` is an argon2 hash.
    """

    id: UserId
    email: str
    canonical: str
    password: str
    account: AccountId
    contact: ContactId
    client: ClientId
    number: CustomerNumber
    language: Language
    marketing_consent: bool
    terms_version: str
    terms_accepted_at: datetime
    state: UserState = UserState.ACTIVE
    created_at: datetime


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a log-in hands out; only hashes of these are kept (ACC-9)."""

    session: SessionId
    access: str
    access_until: datetime
    refresh: str
    refresh_until: datetime
    csrf: str


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who has logged in, by whatever way: their tokens and who they are."""

    tokens: Tokens
    user: UserId
    number: CustomerNumber
    language: Language


class SignIn(msgspec.Struct, frozen=True):
    """That an account logged in, and when (ACC-8)."""

    account: AccountId
    at: datetime


class StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is kept: fingerprints of its tokens, never the tokens (ACC-9)."""

    id: SessionId
    user: UserId
    access: str
    access_until: datetime
    refresh: str
    refresh_until: datetime
    csrf: str
    created_at: datetime


def pair_of(tokens: Tokens, user: UserId, fingerprint: Callable[[str], str], now: datetime) -> StoredSession:
    """What is kept of `tokens`."""
    return StoredSession(
        id=tokens.session,
        user=user,
        access=fingerprint(tokens.access),
        access_until=tokens.access_until,
        refresh=fingerprint(tokens.refresh),
        refresh_until=tokens.refresh_until,
        csrf=tokens.csrf,
        created_at=now,
    )


def new_tokens(session: SessionId, token: Callable[[], str], now: datetime, policy: Policy) -> Tokens:
    """A fresh pair of tokens for a session, from a source of tokens that can't be guessed (ACC-9)."""
    return Tokens(
        session=session,
        access=token(),
        access_until=now + policy.access_life,
        refresh=token(),
        refresh_until=now + policy.refresh_life,
        csrf=token(),
    )


def sign_in_job(session: SessionId, account: AccountId, now: datetime) -> Job:
    """What writes the time of a log-in to the CRM, later; it waits for nothing and nothing waits for it (ACC-8)."""
    return Job(
        key=request_key("sign_in", session),
        kind=WorkKind.NOTE_SIGN_IN,
        data=msgspec.to_builtins(SignIn(account, now)),
    )
