"""Cases that people read: support asked for by customers, and the portal's own notes to staff (SUP, STF)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.ids import AccountId, CaseId, ContactId, OpportunityId, RequestKey

CHECK_SUBJECT: Final = "Internet availability check request (Portal)"
CANCELLATION_SUBJECT: Final = "Cancellation Request - {service}"


class CaseKind(StrEnum):
    """What a case is for; also its record type in the CRM."""

    AVAILABILITY = "Internet_Eligibility"
    CANCELLATION = "Cancellation"
    SUPPORT = "Support"


class CaseOrigin(StrEnum):
    """Where a case came from; only the customers' own are ever shown to them (SUP-2, ELG-9)."""

    PORTAL = "Portal"
    PORTAL_WEBSITE = "Portal Website"


class CaseStatus(StrEnum):
    """How far staff are with a case."""

    NEW = "New"
    WORKING = "Working"
    CLOSED = "Closed"


class CasePriority(StrEnum):
    """How urgent a case is; the portal writes Medium, and High once it is late (ELG-11)."""

    MEDIUM = "Medium"
    HIGH = "High"


class NewCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case to be opened under its request key."""

    key: RequestKey
    kind: CaseKind
    origin: CaseOrigin
    account: AccountId
    contact: ContactId
    subject: str
    description: str
    opportunity: OpportunityId | None = None


class CaseComment(msgspec.Struct, frozen=True):
    """One public remark on a case; `from_customer` tells whose."""

    text: str
    at: datetime
    from_customer: bool


class SupportCase(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's own case (SUP-2)."""

    id: CaseId
    number: str
    account: AccountId
    subject: str
    description: str
    status: CaseStatus
    priority: CasePriority
    opened_at: datetime
    changed_at: datetime
    comments: tuple[CaseComment, ...] = ()


class OpenCheck(msgspec.Struct, frozen=True, kw_only=True):
    """An availability check staff have not answered (ELG-11, STF-1)."""

    case: CaseId
    account: AccountId
    asked_at: datetime
    priority: CasePriority


class ContactMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody without an account wrote to the operator (SUP-1)."""

    key: RequestKey
    email: str
    name: str
    subject: str
    message: str
    phone: str = ""
