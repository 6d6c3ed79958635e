"""A small org for queries: a few objects, a few records, everything a query can ask for."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from adapters.fakes.wire.salesforce.describe import Child, Described, Field, Schema, Type
from adapters.fakes.wire.salesforce.soql import check, evaluate, parse, shaped

NOW = datetime(2026, 7, 15, 16, 0, tzinfo=UTC)
"""Thursday 16 July, one o'clock at night in Tokyo."""

BASE = "/services/data/v62.0"
MINA, KEN, NOBODY = "001000000000001AAA", "001000000000002AAA", "001000000000003AAA"
EMI = "003000000000001AAA"


def field(name: str, kind: Type = Type.STRING, to: str | tuple[str, ...] = (), **more: Any) -> Field:
    to = (to,) if isinstance(to, str) else to
    relationship = (name.removesuffix("Id") if name.endswith("Id") else name.replace("__c", "__r")) if to else None
    return Field(name=name, label=name, type=kind, reference_to=to, relationship=relationship, **more)


def described(name: str, prefix: str, *fields: Field, children: tuple[Child, ...] = ()) -> Described:
    all_fields = (field("Id", Type.ID), *fields)
    return Described(
        name=name, label=name, key_prefix=prefix, fields={each.name: each for each in all_fields}, children=children
    )


SCHEMA = Schema(
    {
        each.name: each
        for each in (
            described(
                "Account",
                "001",
                field("Name"),
                field("Plan__c", Type.PICKLIST, values=("Small", "Large", "Huge")),
                field("Tags__c", Type.MULTIPICKLIST),
                field("Notes__c", Type.TEXTAREA, length=32_000),
                field("Memo__c", Type.TEXTAREA, length=255),
                field("Fee__c", Type.CURRENCY),
                field("Lines__c", Type.INT),
                field("Active__c", Type.BOOLEAN),
                field("Since__c", Type.DATE),
                field("CreatedDate", Type.DATETIME),
                field("ParentId", Type.REFERENCE, "Account"),
                field("BillingAddress", Type.ADDRESS),
                children=(
                    Child("Contacts", "Contact", "AccountId"),
                    Child("Orders", "Order", "AccountId"),
                    Child("ChildAccounts", "Account", "ParentId"),
                    Child("Notes", "Note", "ParentId"),  # an object that the user may not see
                ),
            ),
            described(
                "Contact",
                "003",
                field("LastName"),
                field("AccountId", Type.REFERENCE, "Account"),
                children=(Child("Orders__r", "Order", "Contact__c"),),
            ),
            described(
                "Order",
                "801",
                field("Status"),
                field("AccountId", Type.REFERENCE, "Account"),
                field("Contact__c", Type.REFERENCE, "Contact"),
                field("WhatId", Type.REFERENCE, ("Account", "Contact")),
            ),
            described("ContentVersion", "068", field("Title"), field("VersionData", Type.BASE64)),
            described(
                "ContentDocumentLink",
                "06A",
                field("ContentDocumentId", Type.REFERENCE, "ContentDocument"),
                field("LinkedEntityId", Type.REFERENCE, ("Account", "Contact")),
                field("ShareType", Type.PICKLIST),
            ),
        )
    }
)

ROWS: dict[str, list[dict[str, Any]]] = {
    "Account": [
        {
            "Id": MINA,
            "Name": "Mina's 100% Shop",
            "Plan__c": "Large",
            "Tags__c": "A;B",
            "Notes__c": "long",
            "Fee__c": 4980,
            "Lines__c": 2,
            "Active__c": True,
            "Since__c": date(2026, 7, 15),
            "CreatedDate": datetime(2026, 7, 15, 15, 30, 0, 123_456, tzinfo=UTC),
            "ParentId": KEN,
        },
        {
            "Id": KEN,
            "Name": "ken",
            "Plan__c": "Small",
            "Tags__c": "B",
            "Fee__c": 980.5,
            "Lines__c": 3,
            "Active__c": False,
            "Since__c": date(2025, 12, 31),
            "CreatedDate": datetime(2026, 7, 15, 14, 59, 59, tzinfo=UTC),
        },
        {"Id": NOBODY, "Name": "", "CreatedDate": datetime(2026, 6, 1, tzinfo=UTC)},
    ],
    "Contact": [
        {"Id": EMI, "LastName": "Emi", "AccountId": MINA},
        {"Id": "003000000000002AAA", "LastName": "Aoi", "AccountId": MINA},
        {"Id": "003000000000003AAA", "LastName": "Zen", "AccountId": None},
    ],
    "Order": [
        {"Id": "801000000000001AAA", "Status": "Draft", "AccountId": MINA, "Contact__c": EMI, "WhatId": EMI},
        {"Id": "801000000000002AAA", "Status": "Activated", "AccountId": MINA, "WhatId": MINA},
        {"Id": "801000000000003AAA", "Status": "Draft", "AccountId": KEN},
    ],
    "ContentVersion": [{"Id": "068000000000001AAA", "Title": "card", "VersionData": b"..."}],
    "ContentDocumentLink": [
        {"Id": "06A000000000001AAA", "ContentDocumentId": "069000000000001AAA", "LinkedEntityId": MINA}
    ],
}


class Rows:
    """`reading.Source` over records as they stand."""

    def __init__(self, rows: Mapping[str, Iterable[Mapping[str, Any]]] = ROWS) -> None:
        self._rows = rows

    def rows(self, object_name: str) -> Iterable[Mapping[str, Any]]:
        return self._rows[object_name]


def asked(text: str, rows: Rows | None = None) -> dict[str, Any]:
    """What the org answers to a query."""
    query = parse(text)
    check(query, SCHEMA)
    return shaped(evaluate(query, SCHEMA, rows or Rows(), NOW), BASE)


def names(where: str, rows: Rows | None = None) -> list[str | None]:
    """The names of the accounts of which a condition is true."""
    return [each["Name"] for each in asked(f"SELECT Name FROM Account WHERE {where}", rows)["records"]]
