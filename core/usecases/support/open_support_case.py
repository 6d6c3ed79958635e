"""Asking support something."""

from dataclasses import dataclass

import msgspec

from core.domain.account import tidy
from core.domain.ids import RequestKey, request_key
from core.domain.limits import Limited
from core.domain.refusals import Invalid
from core.domain.session import Session
from core.domain.support import CaseToOpen, letter_faults, tidy_lines
from core.domain.work import Job, Reply, WorkKind
from ports.durable import Reception


@dataclass(frozen=True, slots=True)
class OpenSupportCase:
    """Take a customer's question, which becomes a case that staff answer (SUP-2)."""

    reception: Reception

    async def __call__(self, session: Session, subject: str, message: str, key: RequestKey) -> Reply:
        """How the case stands, its id as the result, opened once for a key; raises Invalid or TooMany."""
        subject, message = tidy(subject), tidy_lines(message)
        faults = letter_faults(subject, message)
        if faults:
            raise Invalid(*faults)
        key = request_key("case", key)
        case = CaseToOpen(key=key, account=session.account, contact=session.contact, subject=subject, message=message)
        job = Job(
            key=key,
            kind=WorkKind.OPEN_CASE,
            data=msgspec.to_builtins(case),
            owner=session.user,
            lane=session.account,
        )
        return await self.reception(session.user, "cases", job, limit=(Limited.CASE, session.account))
