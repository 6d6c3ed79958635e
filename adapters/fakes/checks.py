"""Whether values are what their columns declare; one look at a write, before the table's own rules."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from adapters.fakes.tables import Access, Breach, Column, Kind, Refused, Row, Table
from core.domain.ids import crm_id

_MOST: Final = 2**63 - 1
"""No database's numbers are longer, nor those of the world's own file."""
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TEXTS: Final = frozenset({Kind.TEXT, Kind.EMAIL, Kind.PICKLIST, Kind.REFERENCE})
_TYPES: Final[Mapping[Kind, type]] = {
    **dict.fromkeys(_TEXTS, str),
    Kind.CHECKBOX: bool,
    Kind.NUMBER: int,
    Kind.DATE: date,
    Kind.INSTANT: datetime,
    Kind.BYTES: bytes,
}


def canonical(value: Any, *, folded: bool) -> Any:
    """What two equal values have in common in a table that folds case, or doesn't."""
    return unicodedata.normalize("NFC", value).casefold() if folded and isinstance(value, str) else value


def typed(table: Table, name: str, value: Any) -> Any:
    """The value as the column keeps it: blank text is nothing, instants are UTC to the millisecond, ids are long.

    Raises Refused for what can't be kept at all: of another type, too long, no address, no word of the list.
    """
    column = table.columns[name]
    if isinstance(value, str) and column.kind in _TEXTS:
        value = str(value).strip() or None
    if value is None:
        return False if column.kind is Kind.CHECKBOX else None
    if not _is_of(column.kind, value):
        raise Refused(table.codes[Breach.WRONG_TYPE], (name,), table.name)
    if column.kind is Kind.INSTANT:
        return _in_utc(table, name, value)
    breach = _breach(table, column, value)
    if breach is not None:
        raise Refused(table.codes[breach], (name,), table.name)
    return crm_id(value) if column.kind is Kind.REFERENCE and table.prefix else value


def _is_of(kind: Kind, value: Any) -> bool:
    if kind is Kind.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is Kind.DATE:
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind is Kind.INSTANT:
        return isinstance(value, datetime) and value.tzinfo is not None
    return isinstance(value, _TYPES[kind])


def _in_utc(table: Table, name: str, value: datetime) -> datetime:
    try:
        value = value.astimezone(UTC)
    except OverflowError:  # the first and last hours of the calendar, in a zone east or west of Greenwich
        raise Refused(table.codes[Breach.WRONG_TYPE], (name,), table.name) from None
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _breach(table: Table, column: Column, value: Any) -> Breach | None:
    if column.kind is Kind.NUMBER:
        low = value < (-_MOST if column.least is None else column.least)
        return Breach.OUT_OF_RANGE if low or value > (_MOST if column.most is None else column.most) else None
    if column.kind is Kind.PICKLIST:
        return None if value in column.choices else Breach.NOT_A_CHOICE
    if column.kind is Kind.REFERENCE:
        return Breach.MALFORMED_ID if table.prefix and crm_id(value) is None else None
    if column.kind in (Kind.TEXT, Kind.EMAIL, Kind.BYTES) and len(value) > column.length:
        return Breach.TOO_LONG
    if column.kind is Kind.EMAIL and not _EMAIL.fullmatch(value):
        return Breach.NOT_AN_EMAIL
    return None


def taken(table: Table, values: Mapping[str, Any], before: Row | None, by: str) -> dict[str, Any]:
    """The whole record after the write, each given value checked; raises Refused.

    A write that names a column nobody may write, or not this one, is refused whole, as is one that leaves required
    columns empty: those are all named.
    """
    strangers = [name for name in values if name not in table.columns]
    if strangers:
        raise Refused(table.codes[Breach.UNKNOWN_COLUMN], strangers, table.name)
    after = {name: column.default for name, column in table.columns.items()} if before is None else dict(before)
    after |= {name: typed(table, name, value) for name, value in values.items()}
    sealed = list(_sealed(table, values, after, before, by))
    if sealed:
        raise Refused(table.codes[Breach.READ_ONLY], sealed, table.name)
    missing = [name for name, column in table.columns.items() if column.required and after[name] is None]
    if missing:
        raise Refused(table.codes[Breach.REQUIRED], missing, table.name)
    return after


def _sealed(
    table: Table, values: Mapping[str, Any], after: Mapping[str, Any], before: Row | None, by: str
) -> Iterator[str]:
    for name in values:
        column = table.columns[name]
        cleared = after[name] is None
        not_the_portals = column.portal is Access.READS or (column.portal is Access.CLEARS and not cleared)
        moved = before is not None and before[name] != after[name]
        if (by == "portal" and not_the_portals) or (column.system and by != "flow") or (column.fixed and moved):
            yield name
