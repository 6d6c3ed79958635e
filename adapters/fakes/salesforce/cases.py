"""Cases as every desk of the made-up Salesforce writes them."""

from typing import Any

from adapters.fakes.records import Records
from adapters.fakes.salesforce.setup import record_type
from adapters.fakes.tables import Row
from core.domain.support import CaseKind, CasePriority, CaseStatus, NewCase


def new_case(records: Records, case: NewCase) -> str:
    """Write a case with the record type of its kind and answer its id."""
    contact = records.get("contact", case.contact)
    values: dict[str, Any] = {
        "key": case.key,
        "account": case.account,
        "contact": case.contact,
        "opportunity": case.opportunity,
        "subject": case.subject,
        "description": case.description,
        "origin": case.origin,
        "status": CaseStatus.NEW,
        "priority": CasePriority.MEDIUM,
        "record_type": record_type(records, "Case", case.kind),
        "supplied_email": contact["email"] if contact else None,
    }
    return records.create("case", values)


def close_case(records: Records, case: Row | None, by: str = "portal") -> None:
    """Close a case; one that is closed or gone is left alone."""
    if case is not None and not case["is_closed"]:
        records.update("case", case["id"], {"status": CaseStatus.CLOSED}, by)


def of_kind(records: Records, kind: CaseKind) -> list[Row]:
    """All cases of a kind, oldest first."""
    return records.find("case", record_type=record_type(records, "Case", kind))


def marked(text: str, key: str) -> str:
    """A text that carries its request key, for records that have no column for one."""
    return f"{text}\n\n[portal {key}]"


def is_marked(text: str | None, key: str) -> bool:
    """Whether the text was written under that key."""
    return (text or "").endswith(marked("", key))


def unmarked(text: str) -> str:
    """The text as its author wrote it."""
    head, mark, _ = text.rpartition("\n\n[portal ")
    return head if mark else text
