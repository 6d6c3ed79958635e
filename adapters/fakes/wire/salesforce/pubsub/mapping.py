"""Which columns of the world stand in which fields of an event; data, until the wire's own objects are there."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_ADDRESS: Final = {"Street": "street", "City": "city", "State": "state", "PostalCode": "postcode", "Country": "country"}
_BILLING: Final = {f"Billing{part}": column for part, column in _ADDRESS.items()}

FIELDS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = MappingProxyType(
    {
        "Account": (
            "account",
            {
                "Name": "name",
                "Phone": "phone",
                **_BILLING,
                "SF_Account_No__c": "number",
                "Portal_Status__c": "portal_status",
                "Portal_Last_SignIn__c": "last_sign_in",
                "Internet_Eligibility__c": "eligibility_value",
                "Internet_Eligibility_Status__c": "eligibility_status",
                "Internet_Eligibility_Request_Date_Time__c": "eligibility_requested_at",
                "Internet_Eligibility_Checked_Date_Time__c": "eligibility_checked_at",
                "Internet_Eligibility_Notes__c": "eligibility_notes",
                "Internet_Eligibility_Case_Id__c": "eligibility_case",
                "Id_Verification_Status__c": "id_status",
                "Id_Verification_Note__c": "id_note",
                "Id_Verification_Rejection_Message__c": "id_message",
            },
        ),
        "Order": ("order", {"AccountId": "account", "Status": "status", **_BILLING}),
    }
)
