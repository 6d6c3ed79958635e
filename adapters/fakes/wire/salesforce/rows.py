"""Records of the org, read and written one at a time: the world's own rules under the names of the wire."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made_of
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Access, Column, Refused, Row, Table
from adapters.fakes.wire.salesforce import persons
from adapters.fakes.wire.salesforce.binned import WithBin
from adapters.fakes.wire.salesforce.calls import ApiError, Call, no_column, not_there
from adapters.fakes.wire.salesforce.describe import Described, Field, Schema
from adapters.fakes.wire.salesforce.locators import Locators
from adapters.fakes.wire.salesforce.made import Made, held, person_of, written_in
from adapters.fakes.wire.salesforce.objects import OBJECTS, WireObject
from adapters.fakes.wire.salesforce.people import User
from adapters.fakes.wire.salesforce.refusals import refusal
from adapters.fakes.wire.salesforce.sources import WorldSource
from adapters.fakes.wire.salesforce.switches import Switches, WireFault
from adapters.fakes.wire.salesforce.usage import Usage
from adapters.fakes.wire.salesforce.values import taken
from adapters.fakes.wire.salesforce.values import told as as_told
from adapters.fakes.world import World
from core.domain.ids import crm_id

_ID_LENGTHS: Final = (15, 18)


class Place(msgspec.Struct, frozen=True):
    """Where the records of one object are: what the org tells of it, its names, its table."""

    described: Described
    wire: WireObject
    table: Table

    @property
    def name(self) -> str:
        """The object's API name."""
        return self.described.name


@dataclass(frozen=True, slots=True)
class Rows:
    """The records of one org as the users of one kind see them, by the schema that is theirs."""

    world: World
    schema: Schema
    switches: Switches
    usage: Usage
    source: WorldSource
    locators: Locators
    binned: WithBin
    gone: list[str] = made_of(default_factory=list)
    """Versions of files that were deleted; their contents go once no transaction can bring them back."""
    events: tuple[Described, ...] = ()
    """The platform events of the org, of which no records are kept."""

    # --- places ----------------------------------------------------------------------------------------------------
    def place(self, object: str) -> Place:
        """Where the records of that object are; ApiError for one that the org has not."""
        described = self.schema.object(object)
        if described is None:
            raise not_there()
        wire = OBJECTS[described.name]
        return Place(described, wire, self.world.records.tables[wire.table])

    def row(self, place: Place, id: str) -> Row:
        """The record of that id, short or long; ApiError without one."""
        long = self.identified(id)
        row = self.world.records.get(place.table.name, long)
        if row is None:
            raise not_there()
        return row

    def identified(self, text: str) -> str:
        """The long form of an id; ApiError for what is none."""
        long = crm_id(text)
        if long is None and len(text) in _ID_LENGTHS and text.isalnum():
            raise ApiError("MALFORMED_ID", f"malformed id {text}")
        if long is None:
            raise not_there(f"Provided external ID field does not exist or is not accessible: {text}")
        return long

    def keyed(self, place: Place, field: str, value: str) -> tuple[Field, list[Row]]:
        """The records that an external key names, and its field; ApiError for a field that is no such key."""
        known = place.described.field(field)
        column = place.wire.column(known.name) if known else None
        if known is None or not known.external_id or column is None:
            raise not_there(f"Provided external ID field does not exist or is not accessible: {field}")
        kept = taken(known, place.table.columns[column], value)
        return known, self.world.records.find(place.table.name, **{column: kept}) if kept else []

    # --- reading ---------------------------------------------------------------------------------------------------
    def read(self, call: Call, place: Place, row: Row, fields: Iterable[str] | None = None) -> dict[str, Any]:
        """The record as JSON: its attributes, its id, and those fields (or all), with null for what holds nothing."""
        chosen = [*place.described.fields.values()] if fields is None else self.fields(place, fields)
        url = f"{call.root}/sobjects/{place.name}/{row['id']}"
        values = {field.name: as_told(field, self.value(call, place, row, field)) for field in chosen}
        return {"attributes": {"type": place.name, "url": url}, **values, "Id": row["id"]}

    def fields(self, place: Place, names: Iterable[str]) -> list[Field]:
        """The fields of those names; ApiError for one that the object has not."""
        found = [(name, place.described.field(name)) for name in names]
        unknown = next((name for name, known in found if known is None), None)
        if unknown is not None:
            raise no_column(unknown, place.name)
        return [known for _, known in found if known is not None]

    def value(self, call: Call, place: Place, row: Row, field: Field) -> Any:
        """What a record holds in a field; of a file where it lies."""
        value = held(self.world.records, row, place.wire.fields[field.name])
        return f"{call.root}{value.decode()}" if isinstance(value, bytes) else value

    # --- writing ---------------------------------------------------------------------------------------------------
    def create(self, call: Call, place: Place, body: Mapping[str, Any]) -> str:
        """Make a record and answer its id."""
        if not place.described.createable:
            raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {place.name}")
        values = self._columns(place, call.user, body, creating=True)
        self._struck(call, f"create {place.name}")
        try:
            if place.table.name == "contact" and self._has_persons(self.place("Account")):
                persons.check_contact(self.world.records, values)
            if self._has_persons(place):
                return persons.create(self.world.records, values, call.user.by)
            return self.world.records.create(place.table.name, values, call.user.by)
        except Refused as refused:
            raise refusal(self.world.records, refused, values) from None

    def update(self, call: Call, place: Place, id: str, body: Mapping[str, Any]) -> None:
        """Change fields of a record."""
        if not place.described.updateable:
            raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be updated: {place.name}")
        long = self.identified(id)
        values = self._columns(place, call.user, body, creating=False)
        self._struck(call, f"update {place.name}")
        try:
            if self._has_persons(place):
                persons.update(self.world.records, long, values, call.user.by)
            else:
                self.world.records.update(place.table.name, long, values, call.user.by)
        except Refused as refused:
            raise refusal(self.world.records, refused, values) from None

    def delete(self, call: Call, place: Place, id: str) -> None:
        """Put a record into the bin; a document goes with its versions and links."""
        if not place.described.deletable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", f"entity type cannot be deleted: {place.name}")
        long = self.identified(id)
        self._struck(call, f"delete {place.name}")
        records, by = self.world.records, call.user.by
        try:
            with records.all_or_none():
                if place.table.name == "document":
                    for table in ("document_link", "document_version"):
                        for part in records.find(table, document=long):
                            records.delete(table, part["id"], by)
                            self.gone.append(part["id"])
                account = records.get("account", long) if self._has_persons(place) else None
                person = None if account is None else person_of(records, account)
                if person is not None:
                    records.delete("contact", person["id"], by)
                records.delete(place.table.name, long, by)
        except Refused as refused:
            raise refusal(records, refused) from None

    def forget(self) -> None:
        """Let the contents of deleted files go; called when no transaction is open."""
        for version in self.gone:
            if self.world.records.get("document_version", version) is None:
                self.world.records.files.pop(version, None)
        self.gone.clear()

    # --- inside ----------------------------------------------------------------------------------------------------
    def _columns(self, place: Place, user: User, body: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
        values: dict[str, Any] = {}
        sealed: list[str] = []
        for said, told in body.items():
            if said == "attributes":
                continue
            known = place.described.field(said)
            field, value = self._parent(place, said, told) if known is None else (known, told)
            name, column = written_in(place.wire.fields[field.name]), self.column(place, field)
            if name and column and self.may_write(place, user, field, creating=creating):
                values[name] = taken(field, column, value)
            else:
                sealed.append(field.name)
        if sealed:
            raise refusal(self.world.records, self._sealed(place, sealed))
        return values

    def may_write(self, place: Place, user: User, field: Field, *, creating: bool) -> bool:
        """Whether a user may give a value to a field of a new record, or change it."""
        column = self.column(place, field)
        if column is None or column.system or (user.by == "portal" and column.portal is Access.READS):
            return False
        return field.createable if creating else field.updateable

    def column(self, place: Place, field: Field) -> Column | None:
        """The column in which a field lies: the object's own, or one of the person that an account is."""
        where = place.wire.fields[field.name]
        if isinstance(where, Made):
            return self.world.records.tables["contact"].columns.get(where.person or "")
        return place.table.columns.get(where)

    @staticmethod
    def _has_persons(place: Place) -> bool:
        return persons.FLAG in place.described.fields

    def _parent(self, place: Place, name: str, value: Any) -> tuple[Field, str]:
        """The reference that a relationship stands for, and the id of the parent that an external key names."""
        fields = place.described.fields.values()
        field = next((f for f in fields if f.relationship and f.relationship.lower() == name.lower()), None)
        if field is None or not isinstance(value, dict):
            raise no_column(name, place.name)
        keys = {key: held for key, held in value.items() if key != "attributes"}
        if len(keys) != 1 or len(field.reference_to) != 1:
            raise ApiError("INVALID_FIELD", f"{name} needs one external key", (name,))
        ((key, held),) = keys.items()
        _, rows = self.keyed(self.place(field.reference_to[0]), key, held)
        if len(rows) != 1:
            message = f"Foreign key external ID not found for field {key} in entity {field.reference_to[0]}"
            raise ApiError("INVALID_FIELD", message, (name,))
        return field, rows[0]["id"]

    def _sealed(self, place: Place, names: list[str]) -> Refused:
        columns = [place.wire.column(name) or name for name in names]
        return Refused("INVALID_FIELD_FOR_INSERT_UPDATE", columns, place.table.name)

    def _struck(self, call: Call, operation: str) -> None:
        struck = self.switches.strike_row(operation)
        if WireFault.LOCK_ROW in struck:
            raise ApiError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", ())
        may_save = "allowsave=true" in call.headers.get("sforce-duplicate-rule-header", "").lower().replace(" ", "")
        if WireFault.BLOCKED in struck or (WireFault.DUPLICATES in struck and not may_save):
            raise duplicates_detected()
        if WireFault.RULE in struck:
            raise rule_of_their_own()


def duplicates_detected() -> ApiError:
    """What a duplicate rule answers."""
    return ApiError("DUPLICATES_DETECTED", "Use one of these records?", ())


def rule_of_their_own() -> ApiError:
    """What a validation rule of the operator's answers."""
    return ApiError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "A rule of ours is against it.", ())


def seen_by_all(schema: Schema) -> Schema:
    """Of what an org tells, the objects and fields that the world keeps; the others are hidden from every user."""
    objects = {}
    for name, described in schema.objects.items():
        if name in OBJECTS:
            kept = {n: field for n, field in described.fields.items() if n in OBJECTS[name].fields}
            objects[name] = msgspec.structs.replace(described, fields=kept)
    return Schema(objects)


def events_of(schema: Schema) -> tuple[Described, ...]:
    """The platform events that an org tells of."""
    return tuple(each for name, each in schema.objects.items() if name.endswith("__e"))
