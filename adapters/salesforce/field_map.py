"""What the org calls its objects and fields: data, and the only place where an API name stands."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

_ADDRESS: Final = {
    "street": "Street",
    "city": "City",
    "state": "State",
    "postcode": "PostalCode",
    "country": "Country",
}
_KEY: Final = {"key": "Portal_Request_Key__c"}
_TIMES: Final = {"id": "Id", "created_at": "CreatedDate", "changed_at": "LastModifiedDate"}


def _address(kind: str) -> dict[str, str]:
    return {part: f"{kind}{name}" for part, name in _ADDRESS.items()}


class SObject(msgspec.Struct, frozen=True):
    """One kind of record: its API name, and the API name of each of its fields by what the portal calls it."""

    name: str
    fields: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.fields[field]


class UnknownName(ValueError):
    """A setting renames an object or a field that the portal does not know."""


class FieldMap(msgspec.Struct, frozen=True):
    """Every object that the portal touches, by what the portal calls it."""

    objects: Mapping[str, SObject]

    def __getitem__(self, name: str) -> SObject:
        return self.objects[name]

    def renamed(self, names: Mapping[str, str]) -> "FieldMap":
        """The same map where `object.field` (or `object` for the object itself) has another API name.

        Raises UnknownName for one that the portal does not know.
        """
        objects = dict(self.objects)
        for place, api_name in names.items():
            name, _, field = place.partition(".")
            there = objects.get(name)
            if there is None or (field and field not in there.fields):
                raise UnknownName(f"the portal knows no {place} in Salesforce")
            objects[name] = (
                SObject(there.name, {**there.fields, field: api_name}) if field else SObject(api_name, there.fields)
            )
        return FieldMap(MappingProxyType(objects))


_OBJECTS: Final = {
    "account": SObject(
        "Account",
        {
            **_TIMES,
            **_KEY,
            **_address("Billing"),
            "number": "SF_Account_No__c",
            "name": "Name",
            "phone": "Phone",
            "record_type": "RecordTypeId",
            "portal_status": "Portal_Status__c",
            "registration_source": "Portal_Registration_Source__c",
            "last_sign_in": "Portal_Last_SignIn__c",
            "client": "WH_Account__c",
            "eligibility_value": "Internet_Eligibility__c",
            "eligibility_status": "Internet_Eligibility_Status__c",
            "eligibility_requested_at": "Internet_Eligibility_Request_Date_Time__c",
            "eligibility_checked_at": "Internet_Eligibility_Checked_Date_Time__c",
            "eligibility_notes": "Internet_Eligibility_Notes__c",
            "eligibility_case": "Internet_Eligibility_Case_Id__c",
            "eligibility_address": "Internet_Eligibility_Address__c",
            "id_status": "Id_Verification_Status__c",
            "id_submitted_at": "Id_Verification_Submitted_Date_Time__c",
            "id_reviewed_at": "Id_Verification_Verified_Date_Time__c",
            "id_note": "Id_Verification_Note__c",
            "id_message": "Id_Verification_Rejection_Message__c",
            "id_document": "IdVerificationContentDocumentId__c",
        },
    ),
    "account_update": SObject(
        "Account_Internet_Eligibility_Update__e",
        {
            "created_at": "CreatedDate",
            "account": "AccountId__c",
            "eligibility_status": "Internet_Eligibility_Status__c",
            "id_status": "Id_Verification_Status__c",
        },
    ),
    "contact": SObject(
        "Contact",
        {
            **_TIMES,
            **_KEY,
            **_address("Mailing"),
            "account": "AccountId",
            "first_name": "FirstName",
            "last_name": "LastName",
            "first_kana": "First_Name_Kana__c",
            "last_kana": "Last_Name_Kana__c",
            "company": "Company_Name__c",
            "email": "Email",
            "phone": "Phone",
            "birth_date": "Birthdate",
            "gender": "Gender__c",
            "nationality": "Nationality__c",
        },
    ),
    "opportunity": SObject(
        "Opportunity",
        {
            **_TIMES,
            **_KEY,
            "account": "AccountId",
            "name": "Name",
            "stage": "StageName",
            "close_date": "CloseDate",
            "probability": "Probability",
            "commodity_type": "CommodityType__c",
            "application_stage": "Application_Stage__c",
            "source": "Opportunity_Source__c",
            "service": "WHMCS_Service_ID__c",
            "cancellation_notice": "CancellationNotice__c",
            "ends_at": "ScheduledCancellationDateAndTime__c",
            "kit": "LineReturn__c",
            "is_closed": "IsClosed",
            "is_won": "IsWon",
        },
    ),
    "order": SObject(
        "Order",
        {
            **_TIMES,
            **_KEY,
            **_address("Billing"),
            "number": "OrderNumber",
            "account": "AccountId",
            "effective_date": "EffectiveDate",
            "status": "Status",
            "price_book": "Pricebook2Id",
            "opportunity": "OpportunityId",
            "activation_type": "Activation_Type__c",
            "activate_at": "Activation_Scheduled_At__c",
            "activation": "Activation_Status__c",
            "error_code": "Activation_Error_Code__c",
            "error_message": "Activation_Error_Message__c",
            "billing_order": "WHMCS_Order_ID__c",
            "sim_type": "SIM_Type__c",
            "eid": "EID__c",
            "shipped_at": "SIM_Shipped_At__c",
            "mnp_reservation": "MNP_Reservation_Number__c",
            "mnp_expires": "MNP_Expiry_Date__c",
            "mnp_phone_number": "MNP_Phone_Number__c",
            "mnp_last_kana": "MNP_Last_Name_Kana__c",
            "mnp_first_kana": "MNP_First_Name_Kana__c",
            "mnp_birth_date": "MNP_Birthdate__c",
            "mnp_gender": "MNP_Gender__c",
            "cancel_code": "Cancel_Reason_Code__c",
            "cancel_message": "Cancel_Message__c",
        },
    ),
    "order_line": SObject(
        "OrderItem",
        {
            **_TIMES,
            **_KEY,
            "order": "OrderId",
            "price_entry": "PricebookEntryId",
            "quantity": "Quantity",
            "unit_price": "UnitPrice",
            "billing_cycle": "Billing_Cycle__c",
            "configuration": "Config_Options__c",
            "service": "WHMCS_Service_ID__c",
            "product": "Product2Id",
        },
    ),
    "case": SObject(
        "Case",
        {
            **_TIMES,
            **_KEY,
            "number": "CaseNumber",
            "account": "AccountId",
            "contact": "ContactId",
            "opportunity": "OpportunityId__c",
            "subject": "Subject",
            "description": "Description",
            "origin": "Origin",
            "status": "Status",
            "priority": "Priority",
            "record_type": "RecordTypeId",
            "supplied_email": "SuppliedEmail",
            "is_closed": "IsClosed",
            "closed_at": "ClosedDate",
        },
    ),
    "case_comment": SObject(
        "CaseComment", {**_TIMES, "case": "ParentId", "body": "CommentBody", "is_published": "IsPublished"}
    ),
    "lead": SObject(
        "Lead",
        {
            **_TIMES,
            "last_name": "LastName",
            "first_name": "FirstName",
            "company": "Company",
            "email": "Email",
            "phone": "Phone",
            "description": "Description",
            "lead_source": "LeadSource",
        },
    ),
    "document": SObject("ContentDocument", {**_TIMES, "title": "Title", "latest": "LatestPublishedVersionId"}),
    "document_link": SObject(
        "ContentDocumentLink", {"id": "Id", "document": "ContentDocumentId", "linked": "LinkedEntityId"}
    ),
    "document_version": SObject(
        "ContentVersion",
        {
            **_TIMES,
            "document": "ContentDocumentId",
            "path": "PathOnClient",
            "title": "Title",
            "data": "VersionData",
            "reference": "Portal_Reference__c",
            "first_publish_location": "FirstPublishLocationId",
            "number": "VersionNumber",
            "is_latest": "IsLatest",
            "size": "ContentSize",
            "checksum": "Checksum",
        },
    ),
    "order_history": SObject(
        "OrderHistory",
        {
            "id": "Id",
            "created_at": "CreatedDate",
            "order": "OrderId",
            "field": "Field",
            "old": "OldValue",
            "new": "NewValue",
            "changed_by": "CreatedById",
        },
    ),
    "record_type": SObject("RecordType", {"id": "Id", "object": "SobjectType", "developer_name": "DeveloperName"}),
    "order_status": SObject("OrderStatus", {"id": "Id", "api_name": "ApiName", "status_code": "StatusCode"}),
    "price_book": SObject(
        "Pricebook2", {**_TIMES, "name": "Name", "is_standard": "IsStandard", "is_active": "IsActive"}
    ),
    "product": SObject(
        "Product2",
        {
            **_TIMES,
            "sku": "StockKeepingUnit",
            "name": "Name",
            "description": "Description",
            "category": "Product2Categories1__c",
            "item_class": "Item_Class__c",
            "billing_cycle": "Billing_Cycle__c",
            "is_active": "IsActive",
            "is_shown": "Portal_Catalog__c",
            "is_orderable": "Portal_Accessible__c",
            "billing_product": "WH_Product_ID__c",
            "offering": "Internet_Offering_Type__c",
            "tier": "Internet_Plan_Tier__c",
            "data_size": "SIM_Data_Size__c",
            "sim_plan": "SIM_Plan_Type__c",
            "family": "SIM_Has_Family_Discount__c",
            "region": "VPN_Region__c",
            "display_order": "Display_Order__c",
        },
    ),
    "price_entry": SObject(
        "PricebookEntry",
        {
            **_TIMES,
            "price_book": "Pricebook2Id",
            "product": "Product2Id",
            "unit_price": "UnitPrice",
            "is_active": "IsActive",
        },
    ),
}
DEFAULT: Final = FieldMap(MappingProxyType(_OBJECTS))
"""As an org has it that was set up from `deploy/salesforce`."""
