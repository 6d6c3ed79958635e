"""What the portal itself tells staff of a customer, at the console (STA-3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.domain.ids import AccountId, SessionId
from core.domain.journeys import Journey
from core.domain.refusals import NotFound
from core.domain.session import Session
from ports.store import Store


@dataclass(frozen=True, slots=True)
class PortalDesk:
    """The portal's own desk of the console, beside those of the made-up systems."""

    store: Store
    tell: Callable[[Session], Awaitable[tuple[Journey, ...]]]

    async def timeline(self, account: str) -> tuple[Journey, ...]:
        """A customer's journeys as they stand, whole: every time, id, holder and date (STA-3); raises NotFound."""
        async with self.store.reading() as shelves:
            user = await shelves.users.by_account(AccountId(account))
        if user is None:
            raise NotFound(account=account)
        session = Session(
            session=SessionId(""),
            user=user.id,
            account=user.account,
            contact=user.contact,
            client=user.client,
            csrf="",
        )
        return await self.tell(session)
