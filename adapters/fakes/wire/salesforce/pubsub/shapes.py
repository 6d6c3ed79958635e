"""The Avro schemas of events: of a captured object, of a platform event, and the id each is found by."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, Final

import fastavro

from adapters.fakes.tables import Kind, Table

NAMESPACE: Final = "com.sforce.eventbus"
CHANGE_TYPES: Final = (
    *("CREATE", "UPDATE", "DELETE", "UNDELETE"),
    *("GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "GAP_OVERFLOW"),
)
_LIST: Final = {"type": "array", "items": "string"}
_HEADER: Final = {
    "type": "record",
    "name": "ChangeEventHeader",
    "fields": [
        {"name": "entityName", "type": "string"},
        {"name": "recordIds", "type": _LIST},
        {"name": "changeType", "type": {"type": "enum", "name": "ChangeType", "symbols": list(CHANGE_TYPES)}},
        {"name": "changeOrigin", "type": "string"},
        {"name": "transactionKey", "type": "string"},
        {"name": "sequenceNumber", "type": "int"},
        {"name": "commitTimestamp", "type": "long"},
        {"name": "commitNumber", "type": "long"},
        {"name": "commitUser", "type": "string"},
        {"name": "nulledFields", "type": _LIST},
        {"name": "diffFields", "type": _LIST},
        {"name": "changedFields", "type": _LIST},
    ],
}
_TYPES: Final = {Kind.CHECKBOX: "boolean", Kind.NUMBER: "double", Kind.DATE: "long", Kind.INSTANT: "long"}
_DOCS: Final = {
    Kind.CHECKBOX: "Boolean",
    Kind.NUMBER: "Double",
    Kind.DATE: "DateOnly",
    Kind.INSTANT: "DateTime",
    Kind.REFERENCE: "EntityId",
}
# a field of the event that holds several of the object's: its record type, and its parts by the field's own name
_ADDRESS_PARTS: Final = ("Street", "City", "State", "PostalCode", "Country")
_ADDRESSES: Final = ("Billing", "Mailing", "PersonMailing")
_COMPOUNDS: Final = {f"{kind}{part}": f"{kind}Address" for kind in _ADDRESSES for part in _ADDRESS_PARTS}
_PERSON: Final = {"FirstName": "Name", "LastName": "Name"}
# an account's name is a text, or this record where the account is a person
_NAMES: Final = {"Contact": "PersonName", "Account": "Switchable_PersonName"}


@dataclass(frozen=True)
class Shape:
    """One version of an event's schema."""

    definition: Mapping[str, Any]

    @cached_property
    def id(self) -> str:
        """The schema's id: 22 characters, the same for the same schema."""
        digest = hashlib.md5(json.dumps(self.definition, sort_keys=True).encode(), usedforsecurity=False).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")

    @cached_property
    def json(self) -> str:
        """The schema as it is told."""
        return json.dumps({**self.definition, "uuid": self.id})

    @cached_property
    def _parsed(self) -> Any:
        return fastavro.parse_schema(dict(self.definition))

    @cached_property
    def _records(self) -> dict[str, list[dict[str, Any]]]:
        return dict(_records_in(self.definition["fields"]))

    @property
    def names(self) -> list[str]:
        """The event's fields, in their order."""
        return [field["name"] for field in self.definition["fields"]]

    def parts(self, name: str) -> list[str]:
        """The parts of a compound field, in their order; none for another."""
        (field,) = (each for each in self.definition["fields"] if each["name"] == name)
        held = next((self._records[of] for each in _choices(field) if (of := _name(each)) in self._records), ())
        return [part["name"] for part in held]

    def encode(self, record: Mapping[str, Any]) -> bytes:
        """The payload: bare Avro, without container or fingerprint."""
        out = BytesIO()
        fastavro.schemaless_writer(out, self._parsed, dict(record))
        return out.getvalue()

    def decode(self, payload: bytes) -> dict[str, Any]:
        """The record in a payload; raises whatever comes to hand for one of another schema."""
        record = fastavro.schemaless_reader(BytesIO(payload), self._parsed, None)
        assert isinstance(record, dict)
        return record

    def with_field(self, name: str) -> "Shape":
        """The next version, with another text field before all others but the header."""
        first, *rest = self.definition["fields"]
        return Shape({**self.definition, "fields": [first, _field(name, "string", "Text"), *rest]})


def compound_of(object: str, field: str) -> str | None:
    """The compound field of an event in which the field of the object stands."""
    return _COMPOUNDS.get(field) or (_PERSON.get(field) if object in _NAMES else None)


def part_of(field: str, compound: str) -> str:
    """What a field is called within its compound."""
    return field.removeprefix(compound.removesuffix("Address")) if compound.endswith("Address") else field


def change_shape(object: str, table: Table, fields: Mapping[str, str]) -> Shape:
    """The schema of an object's change events; `fields` says in which column each field lies."""
    told: dict[str, dict[str, Any]] = {}
    for field, column in fields.items():
        kind = table.columns[column].kind
        entry = _field(field, _TYPES.get(kind, "string"), _DOCS.get(kind, "Text"))
        compound = compound_of(object, field)
        if compound is None:
            told[field] = entry
            continue
        record = _NAMES[object] if compound == "Name" else "Address"
        _parts_in(told, compound, record).append({**entry, "name": part_of(field, compound)})
    header = {"name": "ChangeEventHeader", "type": _HEADER}
    dates = [_field(name, "long", "DateTime") for name in ("CreatedDate", "LastModifiedDate")]
    users = [_field(name, "string", "EntityId") for name in ("CreatedById", "LastModifiedById")]
    return _record(f"{object}ChangeEvent", [header, *_each_defined_once(told.values()), *dates, *users])


def platform_shape(name: str, fields: Mapping[str, str]) -> Shape:
    """The schema of a platform event; `fields` says the Avro type of each."""
    stamps = [
        {"name": "CreatedDate", "type": "long", "doc": "CreatedDate:DateTime"},
        {"name": "CreatedById", "type": "string", "doc": "CreatedBy:EntityId"},
    ]
    return _record(name, [*stamps, *(_field(each, type_, "Text") for each, type_ in fields.items())])


def _record(name: str, fields: Iterable[Mapping[str, Any]]) -> Shape:
    return Shape({"name": name, "namespace": NAMESPACE, "type": "record", "fields": list(fields)})


def _field(name: str, type_: str, doc: str) -> dict[str, Any]:
    return {"name": name, "type": ["null", type_], "doc": f"Data:{doc}", "default": None}


def _parts_in(told: dict[str, dict[str, Any]], compound: str, record: str) -> list[dict[str, Any]]:
    """The parts, so far, of the record that a compound field holds; it is the last of what the field can hold."""
    held = told.setdefault(compound, {"name": compound, "type": ["null"], "default": None})["type"]
    if not isinstance(held[-1], dict):
        held.append({"type": "record", "name": record, "fields": []})
    parts: list[dict[str, Any]] = held[-1]["fields"]
    return parts


def _each_defined_once(fields: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The fields, where a record that stands in one before is meant by its name, as Avro has it."""
    defined: set[str] = set()
    for field in fields:
        name = _name(field["type"][-1])
        yield {**field, "type": [*field["type"][:-1], name]} if name in defined else field
        defined |= {record for record, _ in _records_in([field])}


def _records_in(fields: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for each in (choice for field in fields for choice in _choices(field)):
        if isinstance(each, dict) and "fields" in each:
            yield each["name"], each["fields"]


def _choices(field: Mapping[str, Any]) -> list[Any]:
    return field["type"] if isinstance(field["type"], list) else [field["type"]]


def _name(type_: Any) -> str:
    return str(type_["name"] if isinstance(type_, dict) else type_)
