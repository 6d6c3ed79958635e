"""What Salesforce does by itself: the events it sends for changes, and the flows that mail customers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.fakes.records import Records
from adapters.fakes.tables import Change, Flow, Row, Telling
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import (
    AccountChanged,
    AnyFact,
    CatalogChanged,
    EligibilityChanged,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
)
from core.domain.identity import IdStatus
from core.domain.ids import AccountId, OpportunityId, OrderId
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus

_SOON: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Stands where the world fills in the time of the commit."""

STATUS_MAILS: Final = MappingProxyType(
    {
        ("eligibility_status", EligibilityStatus.ELIGIBLE): NoticeType.ELIGIBILITY_ELIGIBLE,
        ("eligibility_status", EligibilityStatus.INELIGIBLE): NoticeType.ELIGIBILITY_INELIGIBLE,
        ("id_status", IdStatus.VERIFIED): NoticeType.VERIFICATION_VERIFIED,
        ("id_status", IdStatus.REJECTED): NoticeType.VERIFICATION_REJECTED,
    }
)
"""The four mails that Salesforce's flows send when a status comes to stand there (NTF-1)."""


def _said(change: Change, column: str, words: type[StrEnum], *, dated: bool = False) -> dict[str, Any]:
    """What an echo says of a status: that it did not change, or what it became; nothing of what others wrote."""
    if change.by != "portal" or change.after is None:
        return {}
    said = {"changed_at": change.after["changed_at"]} if dated else {}
    if column not in change.columns:
        return said | {"only_details": change.is_update}
    name = "stage" if words is Stage else "status"
    return said | {name: next((each for each in words if each == change.after[column]), None)}


def _of_account(records: Records, change: Change) -> Iterator[AnyFact]:
    account = AccountId(change.id)
    # a log-in is the portal's own note and changes nothing that anybody waits for
    columns = change.columns - {"last_sign_in"}
    eligibility = {c for c in columns if c.startswith("eligibility_")}
    identity = {c for c in columns if c.startswith("id_")}
    if eligibility:
        yield EligibilityChanged(
            id="", at=_SOON, account=account, **_said(change, "eligibility_status", EligibilityStatus)
        )
    if identity:
        yield IdentityChanged(id="", at=_SOON, account=account, **_said(change, "id_status", IdStatus))
    if columns - eligibility - identity:
        only_details = change.is_update and "portal_status" not in columns
        yield AccountChanged(id="", at=_SOON, account=account, only_details=only_details)


def _of_contact(records: Records, change: Change) -> Iterator[AnyFact]:
    if change.row["account"] is not None and not change.is_dating:
        account = AccountId(change.row["account"])
        yield AccountChanged(id="", at=_SOON, account=account, only_details=change.is_update)


def _of_order(records: Records, change: Change) -> Iterator[AnyFact]:
    account = AccountId(change.row["account"])
    said = _said(change, "status", OrderStatus, dated=True)
    yield OrderChanged(id="", at=_SOON, order=OrderId(change.id), account=account, **said)


def _of_opportunity(records: Records, change: Change) -> Iterator[AnyFact]:
    if change.row["account"] is not None:
        account = AccountId(change.row["account"])
        said = _said(change, "stage", Stage, dated=True)
        yield OpportunityChanged(id="", at=_SOON, opportunity=OpportunityId(change.id), account=account, **said)


def _of_catalog(records: Records, change: Change) -> Iterator[AnyFact]:
    yield CatalogChanged(id="", at=_SOON)


def _status_mails(records: Records, change: Change) -> None:
    if change.after is None:
        return
    for (column, status), letter in STATUS_MAILS.items():
        before = change.before[column] if change.before else None
        if change.after[column] == status and before != status:
            _send(records, change.after, letter, column)


def _send(records: Records, account: Row, letter: NoticeType, column: str) -> None:
    contact = next((c for c in records.find("contact", account=account["id"]) if c["email"]), None)
    if contact is None:
        return
    values = {"name": f"{contact['first_name'] or ''} {contact['last_name']}".strip()}
    if column == "eligibility_status":
        values |= {"value": account["eligibility_value"] or "", "notes": account["eligibility_notes"] or ""}
    else:
        values |= {"message": account["id_message"] or ""}
    mail = {
        "sender": "salesforce",
        "to": contact["email"],
        "letter": letter,
        "language": "en",
        "values": msgspec.json.encode(values).decode(),
    }
    records.create("mail", mail, "flow")


def _status_history(records: Records, change: Change) -> None:
    """Salesforce keeps who moved an order's status and when, as field history."""
    if change.before is None or change.after is None or change.before["status"] == change.after["status"]:
        return
    values = {"order": change.id, "old": change.before["status"], "new": change.after["status"]}
    records.create("order_history", values | {"changed_by": change.by}, "flow")


TELLINGS: Final[Mapping[str, Telling]] = MappingProxyType(
    {
        "account": _of_account,
        "contact": _of_contact,
        "order": _of_order,
        "opportunity": _of_opportunity,
        "product": _of_catalog,
        "price_entry": _of_catalog,
    }
)
FLOWS: Final[Mapping[str, Flow]] = MappingProxyType({"account": _status_mails, "order": _status_history})
