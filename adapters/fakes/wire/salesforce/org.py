"""The org that `deploy/salesforce` sets up: what its users find described."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from adapters.fakes.wire.salesforce.describe import Child, Described, Field, Schema, Type
from adapters.fakes.wire.salesforce.metadata import Metadata, folders, read
from adapters.fakes.wire.salesforce.permissions import EVERYTHING, Permissions, permissions_of

PACKAGES: Final = ("force-app", "business-accounts")
PERSONS: Final = ("force-app", "person-accounts")
"""What is deployed where customers are person accounts."""
PORTAL: Final = "Genkan_Portal"
CUSTOMERS: Final = "Genkan_Customers"
STAFF: Final = "Genkan_Staff"
LIVE_TESTS: Final = "Genkan_Live_Tests"

_TYPES: Final = {
    "Checkbox": Type.BOOLEAN,
    "Date": Type.DATE,
    "DateTime": Type.DATETIME,
    "Lookup": Type.REFERENCE,
    "LongTextArea": Type.TEXTAREA,
    "Number": Type.DOUBLE,
    "Picklist": Type.PICKLIST,
    "Text": Type.STRING,
}
_EVENT_PREFIX: Final = "e00"
_SAME: Final = {"PersonAccount": "Account"}
"""Metadata tells record types of person accounts apart; to the API they are Account's."""


class _Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A field before permissions: `access` is its name under field-level security, `children` its children's."""

    field: Field
    access: str | None = None
    children: str | None = None


class _Object(msgspec.Struct, frozen=True, kw_only=True):
    """An object before permissions: `permission` is the object whose permission is needed, "" for none."""

    name: str
    described: Described
    fields: Mapping[str, _Declared]
    permission: str


def read_org(
    folder: Path, permission_sets: Iterable[str] | None = None, packages: tuple[str, ...] = PACKAGES
) -> Schema:
    """The org after deploying the packages of `folder`: all of it, or as a user with these permission sets sees it.

    A field or an object that they do not let the user see is not there, as in Salesforce's own describes.
    """
    places = folders(folder, packages)
    standard = msgspec.toml.decode(Path(__file__).with_name("standard.toml").read_bytes())
    value_sets = _value_sets(places)
    objects = _standard_objects(standard, value_sets)
    for place in places:
        for home in sorted((place / "objects").glob("*")):
            name = _SAME.get(home.name, home.name)
            if name.endswith("__e"):
                objects[name] = _event(home, standard["system"])
            if name in objects:  # settings in custom metadata are no object that anybody asks for
                objects[name] = _with_custom(objects[name], home)
    allowed = EVERYTHING if permission_sets is None else permissions_of(places, permission_sets)
    seen = {name: _seen(each, allowed) for name, each in objects.items() if allowed.reads(each.permission)}
    return Schema({name: _with_children(each, objects, seen) for name, each in seen.items()})


# --- what Salesforce brings along ----------------------------------------------------------------------------------
def _standard_objects(standard: Mapping[str, Any], value_sets: Mapping[str, tuple[str, ...]]) -> dict[str, _Object]:
    system = standard["system"]
    return {
        name: _standard_object(name, each, system, value_sets) for name, each in standard.items() if name != "system"
    }


def _standard_object(
    name: str, said: Mapping[str, Any], system: Mapping[str, Any], value_sets: Mapping[str, tuple[str, ...]]
) -> _Object:
    head = {key: value for key, value in said.items() if key not in ("fields", "permission", "without")}
    shared = {field: each for field, each in system.items() if field not in said.get("without", ())}
    fields = {field: _standard(field, each, value_sets) for field, each in (said["fields"] | shared).items()}
    fields = {"Id": fields.pop("Id"), **fields}
    described = msgspec.convert({"name": name, "fields": {}} | head, Described)
    return _Object(name=name, described=described, fields=fields, permission=said.get("permission", name))


def _standard(name: str, said: Mapping[str, Any], value_sets: Mapping[str, tuple[str, ...]]) -> _Declared:
    own = {key: value for key, value in said.items() if key not in ("access", "children", "value_set")}
    if "value_set" in said:
        own["values"] = value_sets[said["value_set"]]
    field = msgspec.convert({"name": name, "label": name} | own, Field)
    return _Declared(field=field, access=said.get("access"), children=said.get("children"))


def _value_sets(places: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    files = (file for place in places for file in sorted((place / "standardValueSets").glob("*.xml")))
    return {
        file.name.partition(".")[0]: tuple(value.text("fullName") or "" for value in read(file).all("standardValue"))
        for file in files
    }


# --- what the org adds ---------------------------------------------------------------------------------------------
def _event(home: Path, system: Mapping[str, Any]) -> _Object:
    """A platform event, so far without the fields that the org gives it."""
    said = read(home / f"{home.name}.object-meta.xml")
    described = Described(
        name=home.name,
        label=said.text("label") or home.name,
        key_prefix=_EVENT_PREFIX,
        fields={},
        updateable=False,
        deletable=False,
    )
    fields = {field: _standard(field, system[field], {}) for field in ("CreatedDate", "CreatedById")}
    return _Object(name=home.name, described=described, fields=fields, permission=home.name)


def _with_custom(each: _Object, home: Path) -> _Object:
    files = [read(file) for file in sorted((home / "fields").glob("*__c.field-meta.xml"))]
    custom = {field.field.name: field for field in (_custom(said, each.name) for said in files)}
    types = tuple(file.name.partition(".")[0] for file in sorted((home / "recordTypes").glob("*.xml")))
    described = msgspec.structs.replace(each.described, record_types=each.described.record_types + types)
    return msgspec.structs.replace(each, described=described, fields={**each.fields, **custom})


def _custom(said: Metadata, object_name: str) -> _Declared:
    name = said.text("fullName") or ""
    kind = _TYPES[said.text("type") or ""]
    is_event = object_name.endswith("__e")
    target = said.text("referenceTo")
    children = said.text("relationshipName")
    field = Field(
        name=name,
        label=said.text("label") or name,
        type=kind,
        length=_length(said, kind),
        nillable=kind is not Type.BOOLEAN and not said.flag("required"),
        updateable=not is_event,
        defaulted=kind is Type.BOOLEAN,
        external_id=said.flag("externalId"),
        unique=said.flag("unique"),
        restricted=any(values.flag("restricted") for values in said.all("valueSet")),
        values=_values(said),
        reference_to=(target,) if target else (),
        relationship=f"{name.removesuffix('__c')}__r" if target else None,
    )
    return _Declared(field=field, access=None if is_event else name, children=f"{children}__r" if children else None)


def _length(said: Metadata, kind: Type) -> int:
    fixed = {Type.REFERENCE: 18, Type.PICKLIST: 255}
    return fixed.get(kind) or said.number("length")


def _values(said: Metadata) -> tuple[str, ...]:
    sets = (each for values in said.all("valueSet") for each in values.all("valueSetDefinition"))
    return tuple(value.text("fullName") or "" for each in sets for value in each.all("value"))


# --- what the user may -----------------------------------------------------------------------------------------
def _seen(each: _Object, allowed: Permissions) -> Described:
    may = allowed.of_object(each.permission)
    described = msgspec.structs.replace(
        each.described,
        createable=each.described.createable and may.create,
        updateable=each.described.updateable and may.edit,
        deletable=each.described.deletable and may.delete,
    )
    fields = {
        name: msgspec.structs.replace(
            declared.field,
            createable=declared.field.createable and described.createable and allowed.edits(each.name, declared.access),
            updateable=declared.field.updateable and described.updateable and allowed.edits(each.name, declared.access),
        )
        for name, declared in each.fields.items()
        if allowed.sees(each.name, declared.access)
    }
    types = tuple(kind for kind in each.described.record_types if allowed.may_use(each.name, kind))
    return msgspec.structs.replace(described, fields=fields, record_types=types)


def _with_children(each: Described, objects: Mapping[str, _Object], seen: Mapping[str, Described]) -> Described:
    children = tuple(
        Child(declared.children, name, declared.field.name)
        for name, other in objects.items()
        if name in seen
        for declared in other.fields.values()
        if declared.children and each.name in declared.field.reference_to and declared.field.name in seen[name].fields
    )
    return msgspec.structs.replace(each, children=children)
