"""Handing a customer's remark to the CRM."""

from dataclasses import dataclass

from core.domain.support import CommentToAdd, OpenedCase
from ports.durable import Steps
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class WriteComment:
    """Add one public comment to the case for one remark (SUP-2)."""

    desk: SupportDesk

    async def __call__(self, steps: Steps, data: CommentToAdd) -> OpenedCase:
        await steps.do("comment", None, lambda: self.desk.ensure_comment(data.key, data.case, data.text))
        return OpenedCase(data.case)
