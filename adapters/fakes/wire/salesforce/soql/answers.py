"""What a query finds, and the shape in which Salesforce says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or one row of groups; its values hold its parents and children as well."""

    object: str
    id: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Children:
    """What a sub-query found for one record."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's bytes, of which an answer holds the path alone."""

    field: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a query found; `total` is how many, which for COUNT() is all there is."""

    total: int
    rows: tuple[Record, ...]


Keep = Callable[[Answer], str | None]
"""Keeps what is longer than a page, and answers the locator by which the rest is read; None for what is not."""


def whole(_: Answer) -> None:
    """Keeps nothing: however long, all of it is told at once."""


def shaped(
    answer: Answer, base: str, start: int = 0, size: int = PAGE, locator: str | None = None, keep: Keep = whole
) -> dict[str, Any]:
    """One page of the answer as JSON has it, from the row `start` on.

    `base` is the path of the API's version (`/services/data/v62.0`); a page that is not the last one names the next by
    `locator`. What a sub-query found is told in pages of the same size, of which `keep` keeps the rest.
    """
    following = start + size
    done = locator is None or following >= len(answer.rows)
    page = answer.rows[start:] if locator is None else answer.rows[start:following]
    body: dict[str, Any] = {"totalSize": answer.total, "done": done}
    if not done:
        body["nextRecordsUrl"] = f"{base}/query/{locator}-{following}"
    return body | {"records": [shaped_record(record, base, size, keep) for record in page]}


def shaped_record(record: Record, base: str, size: int = PAGE, keep: Keep = whole) -> dict[str, Any]:
    """One record as JSON has it, its parents and children within."""
    attributes = {"type": record.object}
    if record.id is not None:
        attributes["url"] = f"{base}/sobjects/{record.object}/{record.id}"
    values = {name: _shaped(value, record, base, size, keep) for name, value in record.values.items()}
    return {"attributes": attributes} | values


def _shaped(value: Any, record: Record, base: str, size: int, keep: Keep) -> Any:
    match value:
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case Record():
            return shaped_record(value, base, size, keep)
        case Children(records):
            found = Answer(len(records), records)
            return shaped(found, base, 0, size, keep(found), keep)
        case Blob(field):
            return f"{base}/sobjects/{record.object}/{record.id}/{field}"
    return value


def instant(value: datetime) -> str:
    """An instant as Salesforce writes it: UTC, milliseconds, and the offset without a colon."""
    utc = value.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"
