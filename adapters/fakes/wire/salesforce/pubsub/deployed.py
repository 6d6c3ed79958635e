"""What events an org tells once `deploy/salesforce` set it up: the objects selected, and what its flow publishes."""

import re
from pathlib import Path
from typing import Final

import msgspec

from adapters.fakes.wire.salesforce.describe import Type
from adapters.fakes.wire.salesforce.metadata import folders, read
from adapters.fakes.wire.salesforce.objects import OBJECTS
from adapters.fakes.wire.salesforce.org import PACKAGES, read_org

_FLOW: Final = "Genkan_Account_Event"
_PERSONS: Final = "PersonAccount"
_CHANGED: Final = re.compile(r"ISCHANGED\(\{!\$Record\.(\w+)\}\)")
_AVRO: Final = {Type.BOOLEAN: "boolean", Type.DOUBLE: "double", Type.DATE: "long", Type.DATETIME: "long"}


class Told(msgspec.Struct, frozen=True):
    """A field of the platform event: the column of the account that it bears, and its type in Avro."""

    column: str
    type: str


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """The events of an org.

    `captured` are the objects whose changes are told, `event` is the platform event, `fields` what it bears, and
    `waited_for` the account's columns of which a change has it published. `has_persons` says that customers are person
    accounts.
    """

    captured: tuple[str, ...]
    event: str
    fields: dict[str, Told]
    waited_for: frozenset[str]
    has_persons: bool

    @property
    def update_topic(self) -> str:
        """The topic of the platform event."""
        return f"/event/{self.event}"


def read_events(folder: Path, packages: tuple[str, ...] = PACKAGES) -> Deployed:
    """The events of an org after deploying the packages of `folder`."""
    places = folders(folder, packages)
    members = [read(file) for place in places for file in sorted((place / "platformEventChannelMembers").glob("*.xml"))]
    flow = next(read(file) for place in places for file in (place / "flows").glob(f"{_FLOW}.*"))
    (publishes,) = flow.all("recordCreates")
    (start,) = flow.all("start")
    event = publishes.text("object") or ""
    declared = read_org(folder, packages=packages).objects[event].fields
    fields = {}
    for each in publishes.all("inputAssignments"):
        (value,) = each.all("value")
        name, source = each.text("field") or "", (value.text("elementReference") or "").removeprefix("$Record.")
        fields[name] = Told(_column(source), _AVRO.get(declared[name].type, "string"))
    return Deployed(
        captured=tuple((each.text("selectedEntity") or "").removesuffix("ChangeEvent") for each in members),
        event=event,
        fields=fields,
        waited_for=frozenset(map(_column, _CHANGED.findall(start.text("filterFormula") or ""))),
        has_persons=any((place / "objects" / _PERSONS).is_dir() for place in places),
    )


def _column(field: str) -> str:
    column = OBJECTS["Account"].column(field)
    if column is None:
        raise LookupError(f"the flow {_FLOW} tells of {field}, which no account keeps")
    return column
