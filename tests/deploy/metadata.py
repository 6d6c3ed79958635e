"""The metadata of deploy/salesforce, as its tests read it."""

from pathlib import Path

from adapters.fakes.wire.salesforce.metadata import Metadata, read
from adapters.fakes.wire.salesforce.org import PACKAGES

FOLDER = Path(__file__).parents[2] / "deploy" / "salesforce"
ORG = FOLDER / "force-app" / "main" / "default"
EVENT = "Account_Internet_Eligibility_Update__e"
FILES = sorted(FOLDER.rglob("*-meta.xml"))
assert PACKAGES[0] == "force-app"


def named(folder: str, name: str) -> Metadata:
    """The one file of a folder that is called so, whatever its ending."""
    (found,) = (file for file in (ORG / folder).glob("*-meta.xml") if file.name.split(".")[0] == name)
    return read(found)


def custom_fields(object_name: str) -> dict[str, Metadata]:
    """The custom fields of an object, by name."""
    files = (ORG / "objects" / object_name / "fields").glob("*__c.field-meta.xml")
    return {file.name.split(".")[0]: read(file) for file in sorted(files)}


def values_of(value_set: str, *tags: str) -> dict[str, tuple[str | None, ...]]:
    """The values of a standard value set, with the texts of their elements of these names."""
    values = named("standardValueSets", value_set).all("standardValue")
    return {value.text("fullName") or "": tuple(value.text(tag) for tag in tags) for value in values}


def field_permissions(permission_set: str) -> dict[str, bool]:
    """The fields that a permission set shows, and whether it lets them be written."""
    said = named("permissionsets", permission_set).all("fieldPermissions")
    return {each.text("field") or "": each.flag("editable") for each in said if each.flag("readable")}
