"""Leaving a checkout for good."""

from dataclasses import dataclass

from core.domain.session import Session
from ports.bell import Bell
from ports.secrets import Secrets
from ports.store import Store


@dataclass(frozen=True, slots=True)
class DropCheckout:
    """Forget the saved checkout; there being none is well too (ORD-7)."""

    store: Store
    secrets: Secrets
    bell: Bell

    async def __call__(self, session: Session | None, token: str | None) -> None:
        held = self.secrets.fingerprint(token) if token is not None and session is None else None
        async with self.store.begin() as shelves:
            await shelves.checkouts.remove(session.user if session is not None else None, held)
        if session is not None:
            await self.bell.ring(session.user, "status")
