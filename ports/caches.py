"""Forgetting what was read, because it changed."""

from typing import Protocol

from core.domain.ids import AccountId, ClientId, SessionId, UserId


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


class KnownSessions(Protocol):
    """The sessions whose tokens were read in the last seconds, so that not every call reads them again (ACC-9)."""

    def forget(self, session: SessionId) -> None:
        """The session ended or has new tokens."""

    def forget_all(self, user: UserId) -> None:
        """Sessions of the user ended, or the user was barred."""
