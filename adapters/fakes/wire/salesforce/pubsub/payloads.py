"""A committed change as the event that tells of it."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from adapters.fakes.tables import Change
from adapters.fakes.wire.salesforce.pubsub.bitmaps import bitmaps
from adapters.fakes.wire.salesforce.pubsub.shapes import Shape, compound_of, part_of

LONG: Final = 1000
"""From how many characters on a changed text is told as a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What an event's header says of the transaction."""

    key: str
    number: int
    at: datetime
    origin: str
    user: str


@dataclass(slots=True)
class Captured:
    """An object whose changes are told, and the schema they are told by at present."""

    object: str
    fields: Mapping[str, str]
    shape: Shape

    def event(self, change: Change, commit: Commit, sequence: int) -> dict[str, Any]:
        """The record of the event of a change."""
        kind = "CREATE" if change.before is None else "DELETE" if change.after is None else "UPDATE"
        record = self.bare(kind, [change.id], commit, sequence)
        if change.after is None:
            return record
        record["LastModifiedDate"] = told(change.after["changed_at"])
        if change.before is None:
            record["CreatedDate"] = told(change.after["created_at"])
            record["CreatedById"] = record["LastModifiedById"] = commit.user
        columns = change.columns  # made anew each time that it is asked for
        changed = [field for field, column in self.fields.items() if column in columns]
        differences = [field for field in changed if self._is_long(change, field)]
        for field in changed:
            self._put(record, field, self._value(change, field, as_difference=field in differences))
        if change.before is not None:
            self._name(record["ChangeEventHeader"], change, changed, differences)
        return record

    def bare(self, kind: str, ids: Iterable[str], commit: Commit, sequence: int) -> dict[str, Any]:
        """An event with a header alone, as one that tells of a gap."""
        return {
            "ChangeEventHeader": {
                "entityName": self.object,
                "recordIds": list(ids),
                "changeType": kind,
                "changeOrigin": commit.origin,
                "transactionKey": commit.key,
                "sequenceNumber": sequence,
                "commitTimestamp": told(commit.at),
                "commitNumber": commit.number,
                "commitUser": commit.user,
                "nulledFields": [],
                "diffFields": [],
                "changedFields": [],
            }
        }

    def drift(self, field: str) -> None:
        """Tell by the next version of the schema from now on."""
        self.shape = self.shape.with_field(field)

    def _name(self, header: dict[str, Any], change: Change, changed: list[str], differences: list[str]) -> None:
        assert change.after is not None
        nulled = [field for field in changed if change.after[self.fields[field]] is None]
        places = [self._place(field) for field in changed] + [("LastModifiedDate", None)]
        header["changedFields"] = bitmaps(self.shape, places)
        header["nulledFields"] = bitmaps(self.shape, map(self._place, nulled))
        header["diffFields"] = bitmaps(self.shape, map(self._place, differences))

    def _place(self, field: str) -> tuple[str, str | None]:
        compound = compound_of(self.object, field)
        return (field, None) if compound is None else (compound, part_of(field, compound))

    def _put(self, record: dict[str, Any], field: str, value: Any) -> None:
        name, part = self._place(field)
        if part is None:
            record[name] = value
        else:
            record.setdefault(name, {})[part] = value

    def _is_long(self, change: Change, field: str) -> bool:
        before, after = (change.before or {}).get(self.fields[field]), (change.after or {}).get(self.fields[field])
        return isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) >= LONG

    def _value(self, change: Change, field: str, *, as_difference: bool) -> Any:
        assert change.after is not None
        after = change.after[self.fields[field]]
        if not as_difference or change.before is None:
            return told(after)
        before = change.before[self.fields[field]]
        return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm=""))


def told(value: Any) -> Any:
    """A value as Avro has it: times and dates are milliseconds of the epoch."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    if isinstance(value, date):
        return round(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
