"""Who a token speaks for."""

from dataclasses import dataclass

from core.domain.session import Session
from ports.clock import Clock
from ports.secrets import Secrets
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ReadSession:
    """Tell who an access token speaks for, while it is good and the customer is not barred (ACC-8, ACC-9)."""

    store: Store
    secrets: Secrets
    clock: Clock

    async def __call__(self, access: str) -> Session | None:
        """The session, or None for a token that is unknown, over or revoked."""
        async with self.store.reading() as shelves:
            return await shelves.sessions.by_access(self.secrets.fingerprint(access), self.clock.now())
