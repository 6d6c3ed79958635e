"""Rows of the org by the portal's own names, and values as its JSON spells them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from adapters.salesforce.bodies import defused
from adapters.salesforce.field_map import FieldMap
from adapters.salesforce.requests import Record
from ports.errors import Rejected

Row = Mapping[str, Any]
"""A record by the portal's names; a field that was not asked for, or that the org lacks, is None."""

CHILDREN: Final = MappingProxyType(
    {
        ("account", "contact"): "Contacts",
        ("opportunity", "order"): "Orders",
        ("order", "order_line"): "OrderItems",
        ("case", "case_comment"): "CaseComments",
    }
)
"""What Salesforce calls the records under a record in a sub-query; its own names, which no org can change."""


KEYS: Final = frozenset({"key", "reference"})
"""Fields by which a record is found again."""


class Names:
    """The field map as queries and bodies use it. An API name that is empty says that the org has no such field."""

    def __init__(self, field_map: FieldMap) -> None:
        self.map = field_map
        self._tables = {each.name: table for table, each in field_map.objects.items()}

    def object(self, table: str) -> str:
        """The API name of a table."""
        return self.map[table].name

    def has(self, table: str, name: str) -> bool:
        """Whether the org has that field."""
        return bool(self.map[table][name])

    def field(self, table: str, name: str) -> str:
        """The API name of one field; raises Rejected where the org has it not, and what is asked goes by it."""
        if not self.has(table, name):
            raise Rejected("no_field", table, (name,))
        return self.map[table][name]

    def fields(self, table: str, *names: str) -> tuple[str, ...]:
        """The API names of those fields, or of all."""
        known = self.map[table].fields
        return tuple(known[name] for name in names or known if known[name])

    def parent(self, table: str, lookup: str, other: str, *names: str) -> tuple[str, ...]:
        """Paths to fields of the record that `lookup` leads to."""
        relation = relation_of(self.field(table, lookup))
        return tuple(f"{relation}.{name}" for name in self.fields(other, *names))

    def row(self, table: str, record: Record) -> Row:
        """The record by the portal's names."""
        return {name: record.get(field) if field else None for name, field in self.map[table].fields.items()}

    def above(self, table: str, lookup: str, other: str, record: Record) -> Row | None:
        """The record that `lookup` leads to, where its fields were asked for."""
        found = record.get(relation_of(self.map[table][lookup]))
        return None if found is None else self.row(other, found)

    def below(self, table: str, other: str, record: Record) -> list[Record]:
        """The records of a sub-query."""
        return list(record.get(CHILDREN[table, other]) or ())

    def body(self, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as the org's JSON has them, by API names."""
        known = self.map[table].fields
        return {known[name]: sent(value_of(name, value)) for name, value in values.items() if known[name]}

    def own(self, rejected: Rejected) -> Rejected:
        """The same refusal by the portal's names."""
        table = self._tables.get(rejected.what.partition("#")[0])
        if table is None:
            return rejected
        names = {field: name for name, field in self.map[table].fields.items()}
        return Rejected(rejected.code, table, tuple(names.get(field, field) for field in rejected.fields))


def relation_of(field: str) -> str:
    """What a look-up field is called in a path through it."""
    return f"{field[:-1]}r" if field.endswith("__c") else field.removesuffix("Id")


def value_of(name: str, value: Any) -> Any:
    """The value of a field; a key is spelled so that every kind of call tells it alike."""
    return defused(value) if name in KEYS else value


def sent(value: Any) -> Any:
    """A value as the org's JSON has it: instants in UTC to the millisecond, dates and words as text."""
    match value:
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        case date():
            return value.isoformat()
        case Enum():
            return value.value
    return value


def instant(text: str | None) -> datetime | None:
    """The instant that was written, which Salesforce does without a colon in its zone."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def sure_instant(text: str) -> datetime:
    """An instant that every record has."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str | None) -> date | None:
    """The date that was written."""
    return None if text is None else date.fromisoformat(text)


def whole(number: float | None) -> int:
    """A number as Salesforce writes it (`4980.0`), in whole ones."""
    return int(Decimal(str(number or 0)).to_integral_value(ROUND_HALF_UP))


def to_the_millisecond(at: datetime) -> datetime:
    """The instant as the org keeps it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def to_the_second(at: datetime) -> datetime:
    """The last whole second: the org's own times of change have no parts of one."""
    return at.replace(microsecond=0)
