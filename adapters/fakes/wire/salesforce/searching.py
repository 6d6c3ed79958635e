"""Search over the wire: words in the texts of records, wherever they stand."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Kind, Row
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call
from adapters.fakes.wire.salesforce.rows import Place, Rows

MOST: Final = 2_000
_SHORTEST: Final = 2
_SEARCHED: Final = frozenset({Kind.TEXT, Kind.EMAIL})
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_FIND: Final = re.compile(
    r"\s*FIND\s*\{((?:[^\\}]|\\.)*)\}\s*(?:IN\s+(?:ALL|NAME|EMAIL|PHONE|SIDEBAR)\s+FIELDS\s*)?"
    r"(?:RETURNING\s+(.+?)\s*)?(?:LIMIT\s+([0-9]{1,9})\s*)?",
    re.IGNORECASE | re.DOTALL,
)
_RETURNED: Final = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*(?:,|$)")


class Wanted(msgspec.Struct):
    """An object to be searched, what is told of each record found, and how many at most."""

    name: str
    fields: list[str] = []
    limit: int = MOST


class Search(msgspec.Struct):
    """A search as its body says it; what else a body may say changes nothing here."""

    q: str
    fields: list[str] = []
    sobjects: list[Wanted] = []
    overallLimit: int = MOST  # noqa: N815 - it is named as the wire has it


def by_parameters(rows: Rows, call: Call) -> Answer:
    """A search that is said by parameters."""
    asked = call.query
    names = [name.strip() for name in asked.get("sobject", "").split(",") if name.strip()]
    fields = _names(asked.get("fields", ""))
    try:
        wanted = [
            Wanted(name, _names(asked.get(f"{name}.fields", "")), int(asked.get(f"{name}.limit", MOST)))
            for name in names
        ]
        search = Search(asked.get("q", ""), fields, wanted, int(asked.get("overallLimit", MOST)))
    except ValueError:
        raise ApiError("INVALID_SEARCH", "A limit is a number") from None
    return _found(rows, call, search)


def by_body(rows: Rows, call: Call) -> Answer:
    """A search that is said by a body."""
    search: Search = call.told(Search)
    return _found(rows, call, search)


def by_text(rows: Rows, call: Call) -> Answer:
    """A search in Salesforce's search language: `FIND {words} RETURNING Account(Id, Name)`."""
    match = _FIND.fullmatch(call.query.get("q", ""))
    if match is None:
        raise ApiError("MALFORMED_SEARCH", "No search string found or it is malformed")
    returned = match[2] or ""
    wanted = [Wanted(each[1], _names(each[2] or "")) for each in _RETURNED.finditer(returned) if each[1]]
    return _found(rows, call, Search(_ESCAPED.sub(r"\1", match[1]), [], wanted, int(match[3] or MOST)))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _found(rows: Rows, call: Call, search: Search) -> Answer:
    words = search.q.casefold().replace("*", " ").split()
    if sum(map(len, words)) < _SHORTEST:
        raise ApiError("MALFORMED_SEARCH", "Search term must be longer than one character")
    if min(search.overallLimit, *(wanted.limit for wanted in search.sobjects), MOST) < 0:
        raise ApiError("INVALID_SEARCH", "A limit is not negative")
    records: list[dict[str, Any]] = []
    for wanted in search.sobjects or [Wanted(name) for name in rows.schema.objects]:
        place = rows.place(wanted.name)
        found = [row for row in rows.world.records.find(place.table.name) if _holds(place, row, words)]
        fields: Sequence[str] = wanted.fields or search.fields
        records += [_told(rows, call, place, row, fields) for row in found[: wanted.limit]]
    return Answer(200, {"searchRecords": records[: search.overallLimit]})


def _holds(place: Place, row: Row, words: Sequence[str]) -> bool:
    columns = place.table.columns
    texts = [str(row[name]).casefold() for name, column in columns.items() if column.kind in _SEARCHED and row[name]]
    return all(any(word in text for text in texts) for word in words)


def _told(rows: Rows, call: Call, place: Place, row: Row, fields: Sequence[str]) -> dict[str, Any]:
    return rows.read(call, place, row, fields or ["Id"])
