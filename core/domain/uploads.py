"""A document that was sent in, on its way to staff's review: ids alone, never a byte of it (IDV-2, IDV-6)."""

from datetime import datetime
from typing import Final

import msgspec

from core.domain.facts import facts_of
from core.domain.ids import AccountId, DocumentId, RequestKey
from core.domain.work import Job, WorkKind

WAITING: Final = "id_review"
"""What an account waits for until staff's review was learned; remembered so that a lost event is made good."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """What was put on the account: the front's document first, then the back's where one was sent."""

    key: RequestKey
    account: AccountId
    documents: tuple[DocumentId, ...]
    sent_at: datetime

    def job(self) -> Job:
        """The work that hands the documents to staff; it never runs beside another, or beside learning a review."""
        data = msgspec.to_builtins(self)
        return Job(key=self.key, kind=WorkKind.FOLLOW_UPLOAD, data=data, lane=facts_of(self.account))
