"""Cases as every desk writes them, and texts that carry a key where a record has no field for one."""

from typing import Any

from adapters.salesforce.customers import Customers
from adapters.salesforce.org import Org
from adapters.salesforce.soql import Compare, eq
from core.domain.support import CaseKind, CasePriority, CaseStatus, NewCase


async def case_values(org: Org, customers: Customers, case: NewCase) -> dict[str, Any]:
    """The fields of a new case, with the record type of its kind."""
    return {
        "key": case.key,
        "account": case.account,
        "contact": case.contact,
        "opportunity": case.opportunity,
        "subject": case.subject,
        "description": case.description,
        "origin": case.origin,
        "status": CaseStatus.NEW,
        "priority": CasePriority.MEDIUM,
        "record_type": await org.case_type(case.kind),
        "supplied_email": await customers.email(case.account, case.contact),
    }


def of_kind(org: Org, kind: CaseKind) -> Compare:
    """The condition that a case is of that kind."""
    (name,) = org.names.parent("case", "record_type", "record_type", "developer_name")
    return eq(name, org.case_type_name(kind))


def marked(text: str, key: str) -> str:
    """A text that carries its request key."""
    return f"{text}\n\n[portal {key}]"


def is_marked(text: str | None, key: str) -> bool:
    """Whether the text was written under that key; Salesforce may break its lines in another way."""
    return _plain(text).endswith(marked("", key))


def unmarked(text: str | None) -> tuple[str, bool]:
    """The text as its author wrote it, and whether it came through the portal."""
    head, mark, _ = _plain(text).rpartition("\n\n[portal ")
    return (head, True) if mark else (_plain(text), False)


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")
