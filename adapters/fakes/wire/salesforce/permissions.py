"""What permission sets let a user do."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from adapters.fakes.wire.salesforce.metadata import Metadata, read


class ObjectPermission(msgspec.Struct, frozen=True):
    """What a user may do with the records of an object."""

    read: bool = False
    create: bool = False
    edit: bool = False
    delete: bool = False


_ALL: Final = ObjectPermission(read=True, create=True, edit=True, delete=True)


class Permissions(msgspec.Struct, frozen=True):
    """All that a user's permission sets add up to; `fields` tells of each visible field whether it may be written.

    `record_types` are `Object.Type`; `unasked` is what holds for what stands nowhere.
    """

    objects: Mapping[str, ObjectPermission] = {}
    fields: Mapping[str, bool] = {}
    record_types: frozenset[str] = frozenset()
    unasked: ObjectPermission = ObjectPermission()

    def of_object(self, name: str) -> ObjectPermission:
        """What the user may do with the object; everything where no permission is asked for."""
        return self.objects.get(name, self.unasked) if name else _ALL

    def reads(self, name: str) -> bool:
        """Whether the object is there for the user."""
        return self.of_object(name).read

    def sees(self, object_name: str, access: str | None) -> bool:
        """Whether the field is there for the user; None is a field that is under no field-level security."""
        return access is None or self.unasked.read or f"{object_name}.{access}" in self.fields

    def may_use(self, object_name: str, record_type: str) -> bool:
        """Whether the user may make records of that type."""
        return self.unasked.read or f"{object_name}.{record_type}" in self.record_types

    def edits(self, object_name: str, access: str | None) -> bool:
        """Whether field-level security lets the user write the field."""
        return access is None or self.fields.get(f"{object_name}.{access}", self.unasked.edit)


EVERYTHING: Final = Permissions(unasked=_ALL)
"""A user whom nothing is kept from."""


def permissions_of(places: Iterable[Path], names: Iterable[str]) -> Permissions:
    """The permission sets of these names, taken together; raises LookupError for one that is nowhere."""
    places = list(places)
    objects: dict[str, ObjectPermission] = {}
    fields: dict[str, bool] = {}
    record_types: set[str] = set()
    for name in names:
        said = _permission_set(places, name)
        for each in said.all("objectPermissions"):
            of = each.text("object") or ""
            objects[of] = _either(objects.get(of, ObjectPermission()), each)
        for each in said.all("fieldPermissions"):
            if each.flag("readable"):
                of = each.text("field") or ""
                fields[of] = fields.get(of, False) or each.flag("editable")
        for each in said.all("recordTypeVisibilities"):
            if each.flag("visible"):
                record_types.add((each.text("recordType") or "").replace("PersonAccount.", "Account."))
    return Permissions(objects, fields, frozenset(record_types))


def _permission_set(places: list[Path], name: str) -> Metadata:
    files = (place / "permissionsets" / f"{name}.permissionset-meta.xml" for place in places)
    found = next((file for file in files if file.exists()), None)
    if found is None:
        raise LookupError(f"no permission set {name}")
    return read(found)


def _either(one: ObjectPermission, other: Metadata) -> ObjectPermission:
    return ObjectPermission(
        read=one.read or other.flag("allowRead"),
        create=one.create or other.flag("allowCreate"),
        edit=one.edit or other.flag("allowEdit"),
        delete=one.delete or other.flag("allowDelete"),
    )
