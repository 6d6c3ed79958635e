"""The customer's cases."""

from dataclasses import dataclass

from core.domain.session import Session
from core.domain.support import SupportCase
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class ListCases:
    """List what the customer asked support, newest first; staff's own cases are never among them (SUP-2, ELG-9)."""

    desk: SupportDesk

    async def __call__(self, session: Session) -> tuple[SupportCase, ...]:
        return await self.desk.cases(session.account)
