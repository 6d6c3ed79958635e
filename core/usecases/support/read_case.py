"""One of the customer's cases."""

from dataclasses import dataclass

from core.domain.ids import CaseId, crm_id
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.domain.support import SupportCase
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class ReadCase:
    """Show a support case with its public comments, if it is the customer's own (SUP-2)."""

    desk: SupportDesk

    async def __call__(self, session: Session, case: str) -> SupportCase:
        """Raises NotFound for anything else, another customer's or staff's own (T-7)."""
        known = crm_id(case)
        found = await self.desk.case(session.account, CaseId(known)) if known is not None else None
        if found is None:
            raise NotFound
        return found
