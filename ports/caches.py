"""Forgetting what was read, because it changed; and telling when it was read."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol, TypeVar

from core.domain.ids import AccountId, ClientId, SessionId, UserId

T = TypeVar("T")


class Caches(Protocol):
    """Everything that is remembered of what other systems hold (CAT-7, ELG-6).

    Each account has a generation that grows whenever something of it is dropped, so that an answer made from older
    readings can be told.
    """

    async def drop_account(self, account: AccountId) -> None:
        """Forget what was read of the account in Salesforce."""

    async def drop_client(self, client: ClientId) -> None:
        """Forget what was read of the client in WHMCS."""

    async def drop_catalog(self) -> None:
        """Forget the catalog."""

    def generation(self, account: AccountId, client: ClientId) -> int:
        """A number that differs once something of the account or its client was dropped."""


class ReadTimes(Protocol):
    """When what is told was read: now, or some time ago while the other system does not answer (T-10)."""

    async def of(self, reading: Awaitable[T]) -> tuple[T, datetime]:
        """What `reading` comes to, and when the oldest of what it was made of was read."""


class KnownSessions(Protocol):
    """The sessions whose tokens were read in the last seconds, so that not every call reads them again (ACC-9)."""

    def forget(self, session: SessionId) -> None:
        """The session ended or has new tokens."""

    def forget_all(self, user: UserId) -> None:
        """Sessions of the user ended, or the user was barred."""
