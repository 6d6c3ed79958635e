"""An availability check on its way from the customer to staff: what is remembered of the request (ELG-1, ELG-2)."""

from datetime import datetime
from typing import Final

import msgspec

from core.domain.account import Address, text_faults
from core.domain.eligibility import AvailabilityCheck, Eligibility, EligibilityStatus
from core.domain.facts import facts_of
from core.domain.ids import AccountId, ClientId, ContactId, OpportunityId, RequestId, RequestKey, Sku, request_key
from core.domain.refusals import FieldFault
from core.domain.work import Job, WorkKind

ASKED: Final = "internet_check_request"
"""The intent of one address asked for, while that request is being done; its subject tells account and address."""
WAITING: Final = "internet_check"
"""What an account waits for until staff's answer was learned; remembered so that a lost event is made good."""
LATEST: Final = "internet_check_latest"
"""Whose request was the last to be brought to staff; never closed, so that a request tells what came between."""
RAISED: Final = "internet_check_raised"
"""A case whose priority was raised and whose customer was told; never closed, so that it is once (ELG-11)."""
LONGEST_NOTE: Final = 1_000


class CheckRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's request as it was accepted.

    `seen` is the eligibility and `opportunity` the open sale that acceptance read after the request `after`, to act on
    when no other came between; `home` is the address on file then, and `moves_home` that another is asked for.
    """

    key: RequestKey
    account: AccountId
    contact: ContactId
    client: ClientId
    address: Address
    moves_home: bool
    sku: Sku | None
    note: str
    asked_at: datetime
    seen: Eligibility
    opportunity: OpportunityId | None
    after: RequestId | None = None
    home: Address | None = None

    def job(self) -> Job:
        """The work that brings the request to staff; it never runs beside another, or beside learning an answer."""
        data = msgspec.to_builtins(self)
        return Job(key=self.key, kind=WorkKind.REQUEST_ELIGIBILITY, data=data, lane=facts_of(self.account))

    def check(self) -> AvailabilityCheck:
        """The check that staff are to see."""
        return AvailabilityCheck(
            key=request_key(self.key, "check"),
            account=self.account,
            contact=self.contact,
            address=self.address,
            sku=self.sku,
            note=self.note,
            requested_at=self.asked_at,
        )


def note_faults(field: str, note: str) -> list[FieldFault]:
    """What is wrong with the customer's note to staff."""
    return text_faults(field, note, longest=LONGEST_NOTE, needed=False)


def for_customers(standing: Eligibility) -> Eligibility:
    """The eligibility without the case, which is the operator's own (ELG-9).

    While a check is open, what was found before is not told: it may be of another address (ELG-4, ELG-10).
    """
    if standing.status is EligibilityStatus.PENDING:
        return msgspec.structs.replace(standing, case=None, value=None, notes=None, checked_at=None)
    return msgspec.structs.replace(standing, case=None)
