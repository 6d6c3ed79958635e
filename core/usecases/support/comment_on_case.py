"""Adding to a case."""

from dataclasses import dataclass

import msgspec

from core.domain.ids import CaseId, RequestKey, crm_id, request_key
from core.domain.limits import Limited
from core.domain.refusals import Invalid, NotFound
from core.domain.session import Session
from core.domain.support import CommentToAdd, comment_faults, tidy_lines
from core.domain.work import Job, Reply, WorkKind
from ports.durable import Reception
from ports.support_desk import SupportDesk


@dataclass(frozen=True, slots=True)
class CommentOnCase:
    """Take a customer's remark on a case of their own (SUP-2)."""

    desk: SupportDesk
    reception: Reception

    async def __call__(self, session: Session, case: str, text: str, key: RequestKey) -> Reply:
        """How the remark stands, made once for a key.

        Raises Invalid, TooMany, or NotFound for a case that is not theirs (T-7).
        """
        text = tidy_lines(text)
        faults = comment_faults(text)
        if faults:
            raise Invalid(*faults)
        known = crm_id(case)
        found = await self.desk.case(session.account, CaseId(known)) if known is not None else None
        if found is None:
            raise NotFound
        key = request_key("comment", key)
        job = Job(
            key=key,
            kind=WorkKind.COMMENT_ON_CASE,
            data=msgspec.to_builtins(CommentToAdd(key=key, case=found.id, text=text)),
            owner=session.user,
            lane=session.account,
        )
        return await self.reception(session.user, "cases", job, limit=(Limited.CASE, session.account))
