"""Cases that people read: support asked for by customers, and the portal's own notes to staff (SUP, STF)."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from core.domain.account import email_faults, text_faults, tidy
from core.domain.ids import AccountId, CaseId, ContactId, OpportunityId, RequestKey
from core.domain.refusals import FieldFault

SHORTEST_MESSAGE: Final = 10
LONGEST_MESSAGE: Final = 4_000
LONGEST_SUBJECT: Final = 200
LONGEST_NAME: Final = 80
LONGEST_FIRST_NAME: Final = 40
CHECK_SUBJECT: Final = "Internet availability check request (Portal)"
CANCELLATION_SUBJECT: Final = "Cancellation Request - {service}"


class CaseKind(StrEnum):
    """What a case is for; also its record type in the CRM."""

    AVAILABILITY = "Internet_Eligibility"
    CANCELLATION = "Cancellation"
    SUPPORT = "Support"


INTERNAL: Final = frozenset({CaseKind.AVAILABILITY, CaseKind.CANCELLATION})
"""Staff's own, whatever origin somebody gave them (SUP-2, ELG-9)."""


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
    """An availability check staff have not answered (ELG-11, STF-1).

    `is_open` is False where the account is Pending and no case is open: staff closed it without an answer.
    """

    case: CaseId | None
    account: AccountId
    asked_at: datetime
    priority: CasePriority
    is_open: bool = True


class ContactMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody without an account wrote to the operator (SUP-1)."""

    key: RequestKey
    email: str
    name: str
    subject: str
    message: str
    phone: str = ""

    @property
    def names(self) -> tuple[str | None, str]:
        """First and last name as a lead holds them; one word, or too long a first name, is all last name."""
        first, last = split_name(self.name)
        return (first, last) if first and len(first) <= LONGEST_FIRST_NAME else (None, self.name)


def split_name(name: str) -> tuple[str, str]:
    """A name as people write it, as first and last name: the family name comes first in Japanese, else last."""
    words = name.split()
    if len(words) < 2:
        return "", name
    if any("\u3040" <= letter <= "\u9fff" for letter in name):
        return " ".join(words[1:]), words[0]
    return " ".join(words[:-1]), words[-1]


class ContactForm(msgspec.Struct, frozen=True, kw_only=True):
    """The public contact form (SUP-1). `website` is a field no person sees: whoever fills it is a program."""

    email: str
    name: str
    subject: str
    message: str
    phone: str = ""
    website: str = ""

    def tidied(self) -> "ContactForm":
        """The form with its lines made regular; the message keeps its own."""
        return ContactForm(
            email=tidy(self.email),
            name=tidy(self.name),
            subject=tidy(self.subject),
            message=tidy_lines(self.message),
            phone=tidy(self.phone),
            website=self.website,
        )


def tidy_lines(text: str) -> str:
    """Text of several lines, with one kind of line break and nothing round it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def contact_faults(form: ContactForm) -> list[FieldFault]:
    """What is wrong with a contact form (SUP-1)."""
    faults = email_faults("email", form.email)
    faults += text_faults("name", form.name, longest=LONGEST_NAME)
    faults += text_faults("phone", form.phone, longest=40, needed=False)
    return faults + letter_faults(form.subject, form.message)


def letter_faults(subject: str, message: str) -> list[FieldFault]:
    """What is wrong with a subject and a message of at least ten characters (SUP-1, SUP-2)."""
    faults = text_faults("subject", subject, longest=LONGEST_SUBJECT)
    faults += text_faults("message", message, longest=LONGEST_MESSAGE)
    if not faults and len(tidy(message)) < SHORTEST_MESSAGE:
        faults.append(FieldFault("message", "too_short", {"shortest": SHORTEST_MESSAGE}))
    return faults


class CaseToOpen(msgspec.Struct, frozen=True, kw_only=True):
    """A support case on its way to the CRM (SUP-2)."""

    key: RequestKey
    account: AccountId
    contact: ContactId
    subject: str
    message: str


class CommentToAdd(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's remark on its way to a case (SUP-2)."""

    key: RequestKey
    case: CaseId
    text: str


class OpenedCase(msgspec.Struct, frozen=True):
    """What opening a case made."""

    case: CaseId


def comment_faults(text: str) -> list[FieldFault]:
    """What is wrong with a remark on a case (SUP-2)."""
    return text_faults("text", text, longest=LONGEST_MESSAGE)
