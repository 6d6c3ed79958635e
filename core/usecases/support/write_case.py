"""Handing a customer's question to the CRM."""

from dataclasses import dataclass

from core.domain.ids import CaseId
from core.domain.support import CaseKind, CaseOrigin, CaseToOpen, NewCase, OpenedCase
from ports.durable import Steps
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class WriteCase:
    """Open one case of origin "Portal Website" for one question (SUP-2)."""

    desk: SupportDesk

    async def __call__(self, steps: Steps, data: CaseToOpen) -> OpenedCase:
        case = NewCase(
            key=data.key,
            kind=CaseKind.SUPPORT,
            origin=CaseOrigin.PORTAL_WEBSITE,
            account=data.account,
            contact=data.contact,
            subject=data.subject,
            description=data.message,
        )
        return OpenedCase(await steps.do("case", CaseId, lambda: self.desk.ensure_case(case)))
