"""What the org tells of its objects and fields: types and rules of the wire, as `describe` has them."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Type(StrEnum):
    """Salesforce's own word for a field's type."""

    ID = "id"
    STRING = "string"
    TEXTAREA = "textarea"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    REFERENCE = "reference"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    ADDRESS = "address"
    BASE64 = "base64"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field; `relationship` is what its parent is called in paths, `values` what a picklist offers."""

    name: str
    label: str
    type: Type
    length: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted: bool = False
    external_id: bool = False
    unique: bool = False
    restricted: bool = False
    calculated: bool = False
    values: tuple[str, ...] = ()
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None


class Child(msgspec.Struct, frozen=True):
    """Records of another object that look up to this one, and what they are called in sub-queries."""

    relationship: str
    object: str
    field: str


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """One object of the org; `record_types` are the developer names of those it has beside its master."""

    name: str
    label: str
    key_prefix: str
    fields: Mapping[str, Field]
    children: tuple[Child, ...] = ()
    record_types: tuple[str, ...] = ()
    createable: bool = True
    updateable: bool = True
    deletable: bool = True

    def field(self, name: str) -> Field | None:
        """The field of that name, which Salesforce compares without regard to case."""
        return self.fields.get(name) or next((f for f in self.fields.values() if f.name.lower() == name.lower()), None)


class Schema(msgspec.Struct, frozen=True):
    """Every object of the org, by its API name."""

    objects: Mapping[str, Described]

    def object(self, name: str) -> Described | None:
        """The object of that name, which Salesforce compares without regard to case."""
        return self.objects.get(name) or next(
            (each for each in self.objects.values() if each.name.lower() == name.lower()), None
        )
