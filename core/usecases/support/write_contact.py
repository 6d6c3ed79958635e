"""Handing a message of the public form to the CRM."""

from dataclasses import dataclass

from core.domain.ids import LeadId
from core.domain.support import ContactMessage
from ports.durable import Steps
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class WriteContact:
    """Write one Lead for one message (SUP-1)."""

    desk: SupportDesk

    async def __call__(self, steps: Steps, data: ContactMessage) -> None:
        # whoever holds the request's id may read its result, so the Lead's id is none
        await steps.do("lead", LeadId, lambda: self.desk.ensure_lead(data))
