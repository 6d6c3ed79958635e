"""Where each object and field of the wire lies in the world's tables; data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.fakes.wire.salesforce.made import (
    ADDRESS,
    ALWAYS,
    CHECKSUM,
    EXTENSION,
    FILE_TYPE,
    IS_DELETED,
    IS_PERSON,
    LIST_PRICE,
    NUMBER_AMONG_ALL,
    ORDER_CATEGORY,
    ORDER_TOTAL,
    PERSON_ID,
    SORT_ORDER,
    STATUS_ALONE,
    VERSION_NUMBER,
    WHOLE_NAME,
    Made,
    same_as,
    times,
    who,
    written_in,
)
from adapters.fakes.wire.salesforce.persons import person_places

_SYSTEM: Final[dict[str, str | Made]] = {
    "Id": "id",
    "IsDeleted": IS_DELETED,
    "CreatedDate": "created_at",
    "CreatedById": who("created_by"),
    "LastModifiedDate": "changed_at",
    "SystemModstamp": "changed_at",
}
_KEY: Final = {"Portal_Request_Key__c": "key"}


def _address(kind: str) -> dict[str, str | Made]:
    parts = {"Street": "street", "City": "city", "State": "state", "PostalCode": "postcode", "Country": "country"}
    return {f"{kind}{part}": column for part, column in parts.items()} | {f"{kind}Address": ADDRESS}


class WireObject(msgspec.Struct, frozen=True):
    """One object: its table, and for each field its column or how its value is made."""

    table: str
    fields: Mapping[str, str | Made]

    def column(self, field: str) -> str | None:
        """The column in which a field's value lies; None for one that is made."""
        place = self.fields.get(field)
        return place if isinstance(place, str) else None

    def field_of(self, column: str) -> str:
        """What a column is called on the wire; the column's own name when it is not told there."""
        return next((name for name, place in self.fields.items() if written_in(place) == column), column)


_ACCOUNT: Final[dict[str, str | Made]] = {
    "Name": "name",
    "Phone": "phone",
    "RecordTypeId": "record_type",
    **_address("Billing"),
    "SF_Account_No__c": "number",
    "WH_Account__c": "client",
    "Portal_Status__c": "portal_status",
    "Portal_Registration_Source__c": "registration_source",
    "Portal_Last_SignIn__c": "last_sign_in",
    "Internet_Eligibility__c": "eligibility_value",
    "Internet_Eligibility_Status__c": "eligibility_status",
    "Internet_Eligibility_Request_Date_Time__c": "eligibility_requested_at",
    "Internet_Eligibility_Checked_Date_Time__c": "eligibility_checked_at",
    "Internet_Eligibility_Notes__c": "eligibility_notes",
    "Internet_Eligibility_Case_Id__c": "eligibility_case",
    "Internet_Eligibility_Address__c": "eligibility_address",
    "Id_Verification_Status__c": "id_status",
    "Id_Verification_Submitted_Date_Time__c": "id_submitted_at",
    "Id_Verification_Verified_Date_Time__c": "id_reviewed_at",
    "Id_Verification_Note__c": "id_note",
    "Id_Verification_Rejection_Message__c": "id_message",
    "IdVerificationContentDocumentId__c": "id_document",
}
_CONTACT: Final[dict[str, str | Made]] = {
    "AccountId": "account",
    "Name": WHOLE_NAME,
    "FirstName": "first_name",
    "LastName": "last_name",
    "First_Name_Kana__c": "first_kana",
    "Last_Name_Kana__c": "last_kana",
    "Company_Name__c": "company",
    "Email": "email",
    "Phone": "phone",
    **_address("Mailing"),
    "Birthdate": "birth_date",
    "Gender__c": "gender",
    "Nationality__c": "nationality",
}
_PERSON: Final[dict[str, str | Made]] = {
    **person_places(_CONTACT),
    "IsPersonAccount": IS_PERSON,
    "PersonContactId": PERSON_ID,
}
_OPPORTUNITY: Final = {
    "AccountId": "account",
    "Name": "name",
    "StageName": "stage",
    "CloseDate": "close_date",
    "Probability": "probability",
    "IsClosed": "is_closed",
    "IsWon": "is_won",
    "CommodityType__c": "commodity_type",
    "Application_Stage__c": "application_stage",
    "Opportunity_Source__c": "source",
    "WHMCS_Service_ID__c": "service",
    "CancellationNotice__c": "cancellation_notice",
    "ScheduledCancellationDateAndTime__c": "ends_at",
    "LineReturn__c": "kit",
}
_ORDER: Final[dict[str, str | Made]] = {
    "OrderNumber": "number",
    "AccountId": "account",
    "EffectiveDate": "effective_date",
    "Status": "status",
    "StatusCode": ORDER_CATEGORY,
    "TotalAmount": ORDER_TOTAL,
    "Pricebook2Id": "price_book",
    "OpportunityId": "opportunity",
    **_address("Billing"),
    "Activation_Type__c": "activation_type",
    "Activation_Scheduled_At__c": "activate_at",
    "Activation_Status__c": "activation",
    "Activation_Error_Code__c": "error_code",
    "Activation_Error_Message__c": "error_message",
    "WHMCS_Order_ID__c": "billing_order",
    "SIM_Type__c": "sim_type",
    "EID__c": "eid",
    "SIM_Shipped_At__c": "shipped_at",
    "MNP_Reservation_Number__c": "mnp_reservation",
    "MNP_Expiry_Date__c": "mnp_expires",
    "MNP_Phone_Number__c": "mnp_phone_number",
    "MNP_Last_Name_Kana__c": "mnp_last_kana",
    "MNP_First_Name_Kana__c": "mnp_first_kana",
    "MNP_Birthdate__c": "mnp_birth_date",
    "MNP_Gender__c": "mnp_gender",
    "Cancel_Reason_Code__c": "cancel_code",
    "Cancel_Message__c": "cancel_message",
}
_ORDER_LINE: Final[dict[str, str | Made]] = {
    "OrderItemNumber": NUMBER_AMONG_ALL,
    "OrderId": "order",
    "PricebookEntryId": "price_entry",
    "Product2Id": "product",
    "Quantity": "quantity",
    "UnitPrice": "unit_price",
    "ListPrice": LIST_PRICE,
    "TotalPrice": times("quantity", "unit_price"),
    "Billing_Cycle__c": "billing_cycle",
    "Config_Options__c": "configuration",
    "WHMCS_Service_ID__c": "service",
}
_CASE: Final = {
    "CaseNumber": "number",
    "AccountId": "account",
    "ContactId": "contact",
    "OpportunityId__c": "opportunity",
    "Subject": "subject",
    "Description": "description",
    "Origin": "origin",
    "Status": "status",
    "Priority": "priority",
    "RecordTypeId": "record_type",
    "SuppliedEmail": "supplied_email",
    "IsClosed": "is_closed",
    "ClosedDate": "closed_at",
}
_LEAD: Final[dict[str, str | Made]] = {
    "Name": WHOLE_NAME,
    "LastName": "last_name",
    "FirstName": "first_name",
    "Company": "company",
    "Email": "email",
    "Phone": "phone",
    "Description": "description",
    "LeadSource": "lead_source",
}
_DOCUMENT_VERSION: Final[dict[str, str | Made]] = {
    "ContentDocumentId": "document",
    "PathOnClient": "path",
    "Title": "title",
    "VersionData": "data",
    "Portal_Reference__c": "reference",
    "FirstPublishLocationId": "first_publish_location",
    "VersionNumber": VERSION_NUMBER,
    "IsLatest": "is_latest",
    "ContentSize": "size",
    "Checksum": CHECKSUM,
    "FileExtension": EXTENSION,
    "FileType": FILE_TYPE,
}
_PRODUCT: Final = {
    "StockKeepingUnit": "sku",
    "Name": "name",
    "Description": "description",
    "IsActive": "is_active",
    "Product2Categories1__c": "category",
    "Item_Class__c": "item_class",
    "Billing_Cycle__c": "billing_cycle",
    "Portal_Catalog__c": "is_shown",
    "Portal_Accessible__c": "is_orderable",
    "WH_Product_ID__c": "billing_product",
    "Internet_Offering_Type__c": "offering",
    "Internet_Plan_Tier__c": "tier",
    "SIM_Data_Size__c": "data_size",
    "SIM_Plan_Type__c": "sim_plan",
    "SIM_Has_Family_Discount__c": "family",
    "VPN_Region__c": "region",
    "Display_Order__c": "display_order",
}
_PRICE_ENTRY: Final = {
    "Pricebook2Id": "price_book",
    "Product2Id": "product",
    "UnitPrice": "unit_price",
    "IsActive": "is_active",
}
_RECORD_TYPE: Final[dict[str, str | Made]] = {
    "SobjectType": "object",
    "DeveloperName": "developer_name",
    "Name": same_as("developer_name"),
    "IsActive": ALWAYS,
}
_ORDER_STATUS: Final[dict[str, str | Made]] = {
    "ApiName": "api_name",
    "MasterLabel": same_as("api_name"),
    "SortOrder": SORT_ORDER,
    "StatusCode": "status_code",
}


def _object(table: str, fields: Mapping[str, str | Made]) -> WireObject:
    return WireObject(table, MappingProxyType({**_SYSTEM, **fields}))


OBJECTS: Final[Mapping[str, WireObject]] = MappingProxyType(
    {
        "Account": _object("account", _ACCOUNT | _KEY | _PERSON),
        "Contact": _object("contact", _CONTACT | _KEY),
        "Opportunity": _object("opportunity", _OPPORTUNITY | _KEY),
        "Order": _object("order", _ORDER | _KEY),
        "OrderItem": _object("order_line", _ORDER_LINE | _KEY),
        "Case": _object("case", _CASE | _KEY),
        "CaseComment": _object(
            "case_comment", {"ParentId": "case", "CommentBody": "body", "IsPublished": "is_published"}
        ),
        "Lead": _object("lead", _LEAD),
        "ContentDocument": _object("document", {"Title": "title", "LatestPublishedVersionId": "latest"}),
        "ContentDocumentLink": _object(
            "document_link",
            {
                "ContentDocumentId": "document",
                "LinkedEntityId": "linked",
                "ShareType": "share_type",
                "Visibility": "visibility",
            },
        ),
        "ContentVersion": _object("document_version", _DOCUMENT_VERSION),
        "OrderHistory": WireObject(
            "order_history",
            MappingProxyType(
                {
                    "Id": "id",
                    "IsDeleted": IS_DELETED,
                    "CreatedDate": "created_at",
                    "CreatedById": who("changed_by"),
                    "OrderId": "order",
                    "Field": STATUS_ALONE,
                    "OldValue": "old",
                    "NewValue": "new",
                }
            ),
        ),
        "RecordType": _object("record_type", _RECORD_TYPE),
        "OrderStatus": _object("order_status", _ORDER_STATUS),
        "Pricebook2": _object("price_book", {"Name": "name", "IsStandard": "is_standard", "IsActive": "is_active"}),
        "Product2": _object("product", _PRODUCT),
        "PricebookEntry": _object("price_entry", _PRICE_ENTRY),
    }
)
"""Every object of the org that has records in the world, by its API name."""
OBJECT_OF: Final[Mapping[str, str]] = MappingProxyType({each.table: name for name, each in OBJECTS.items()})
"""The API name of each table."""
