"""Who a token speaks for."""

from dataclasses import dataclass

import msgspec

from core.domain.session import Session
from ports.clock import Clock
from ports.secrets import Secrets
from ports.store import Store


@dataclass(frozen=True, slots=True)
class ReadSession:
    """Tell who an access token speaks for, while it is good and the customer is not barred (ACC-8, ACC-9).

    Its first use shows that the answer to the sign-up arrived: the code and the link are void from then on.
    """

    store: Store
    secrets: Secrets
    clock: Clock

    async def __call__(self, access: str) -> Session | None:
        """The session, or None for a token that is unknown, over or revoked."""
        async with self.store.reading() as shelves:
            session = await shelves.sessions.by_access(self.secrets.fingerprint(access), self.clock.now())
        if session is None or not session.code_open:
            return session
        async with self.store.begin() as shelves:
            await shelves.sign_ups.spend(session.user)
        return msgspec.structs.replace(session, code_open=False)
