"""The platform event that the org's flow publishes when an answer changed, by the fields that it bears."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.tables import Change
from adapters.fakes.wire.salesforce.people import user_id
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
_ANSWERS: Final = frozenset(
    {"eligibility_value", "eligibility_status", "eligibility_checked_at", "id_status", "id_reviewed_at"}
)
PLATFORM: Final[Mapping[str, Shape]] = MappingProxyType(
    {UPDATE: platform_shape(UPDATE.removeprefix("/event/"), {name: type_ for name, (_, type_) in _FIELDS.items()})}
)
"""Each platform event's topic, with its schema."""


def update_of(change: Change) -> dict[str, Any] | None:
    """What the flow publishes for a change; None for one that it does not wait for, as a new account."""
    if change.table.name != "account" or change.before is None or change.after is None:
        return None
    if not change.columns & _ANSWERS:
        return None
    stamps = {"CreatedDate": told(change.at), "CreatedById": user_id(change.by)}
    return stamps | {name: told(change.after[column]) for name, (column, _) in _FIELDS.items()}
