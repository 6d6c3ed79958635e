"""The platform event that the org's flow publishes when staff answered, by the fields that it bears."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.tables import Change
from adapters.fakes.wire.salesforce.pubsub.payloads import told
from adapters.fakes.wire.salesforce.pubsub.shapes import Shape, platform_shape

UPDATE: Final = "/event/Account_Internet_Eligibility_Update__e"
_FIELDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "AccountId__c": ("id", "string"),
        "Internet_Eligibility__c": ("eligibility_value", "string"),
        "Internet_Eligibility_Status__c": ("eligibility_status", "string"),
        "Internet_Eligibility_Request_Date_Time__c": ("eligibility_requested_at", "long"),
        "Internet_Eligibility_Checked_Date_Time__c": ("eligibility_checked_at", "long"),
        "Internet_Eligibility_Notes__c": ("eligibility_notes", "string"),
        "Internet_Eligibility_Case_Id__c": ("eligibility_case", "string"),
        "Id_Verification_Status__c": ("id_status", "string"),
        "Id_Verification_Rejection_Message__c": ("id_message", "string"),
    }
)
_NEWS: Final = frozenset({"eligibility_status", "eligibility_value", "id_status"})
PLATFORM: Final[Mapping[str, Shape]] = MappingProxyType(
    {UPDATE: platform_shape(UPDATE.removeprefix("/event/"), {name: type_ for name, (_, type_) in _FIELDS.items()})}
)
"""Each platform event's topic, with its schema."""


def update_of(change: Change) -> dict[str, Any] | None:
    """What the flow publishes for a change; None for one that it does not wait for, as the portal's own."""
    if change.table.name != "account" or change.after is None or change.by == "portal" or not change.columns & _NEWS:
        return None
    row = change.after
    stamps = {"CreatedDate": told(change.at), "CreatedById": row["created_by"] or ""}
    return stamps | {name: told(row[column]) for name, (column, _) in _FIELDS.items()}
