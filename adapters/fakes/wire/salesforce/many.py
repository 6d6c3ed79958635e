"""Many records in one call: collections, and trees of new records."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Refused
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call
from adapters.fakes.wire.salesforce.rows import Place, Rows
from adapters.fakes.wire.salesforce.single import written

MOST: Final = 200
MOST_CHUNKS: Final = 10
ROLLED_BACK: Final = "Record rolled back because not all records were valid and the request was using AllOrNone header"

Deed = Callable[[], dict[str, Any]]


class Collection(msgspec.Struct, kw_only=True):
    """The records of one call."""

    records: list[dict[str, Any]]
    all_or_none: bool = msgspec.field(name="allOrNone", default=False)


class Wished(msgspec.Struct):
    """The records to be read, and which of their fields."""

    ids: list[str]
    fields: list[str]


class _Undone(Exception):
    """Undoes what a transaction did so far."""


def create(rows: Rows, call: Call) -> Answer:
    """Make the records."""
    body = _collected(call)

    def deed(record: dict[str, Any]) -> Deed:
        return lambda: written(rows.create(call, _place_of(rows, record), record))

    return _done(rows, call, [deed(record) for record in body.records], body.all_or_none)


def update(rows: Rows, call: Call) -> Answer:
    """Change the records, each named by its `id`."""
    body = _collected(call)

    def deed(record: dict[str, Any]) -> Deed:
        id = next((value for name, value in record.items() if name.lower() == "id"), None)
        rest = {name: value for name, value in record.items() if name.lower() != "id"}

        def change() -> dict[str, Any]:
            if not isinstance(id, str):
                raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", ("id",))
            rows.update(call, _place_of(rows, record), id, rest)
            return written(rows.identified(id))

        return change

    return _done(rows, call, [deed(record) for record in body.records], body.all_or_none)


def upsert(rows: Rows, call: Call, place: Place, key: str) -> Answer:
    """Change or make the records, each named by the external key within it."""
    body = _collected(call)

    def deed(record: dict[str, Any]) -> Deed:
        value = next((held for name, held in record.items() if name.lower() == key.lower()), None)
        rest = {name: held for name, held in record.items() if name.lower() != key.lower()}

        def change() -> dict[str, Any]:
            if not isinstance(value, str) or not value:
                raise ApiError("MISSING_ARGUMENT", f"{key} not specified", (key,))
            field, found = rows.keyed(place, key, value)
            if len(found) > 1:
                raise ApiError("DUPLICATE_EXTERNAL_ID", f"{key}: more than one record found", (key,))
            if found:
                rows.update(call, place, found[0]["id"], rest)
                return written(found[0]["id"]) | {"created": False}
            return written(rows.create(call, place, {**rest, field.name: value})) | {"created": True}

        return change

    return _done(rows, call, [deed(record) for record in body.records], body.all_or_none)


def delete(rows: Rows, call: Call) -> Answer:
    """Put the records into the bin."""
    ids = [id.strip() for id in call.query.get("ids", "").split(",") if id.strip()]
    _check_count(len(ids))

    def deed(id: str) -> Deed:
        def remove() -> dict[str, Any]:
            place = _place_by_prefix(rows, id)
            rows.delete(call, place, id)
            return written(rows.identified(id))

        return remove

    return _done(rows, call, [deed(id) for id in ids], call.query.get("allOrNone", "").lower() == "true")


def retrieve(rows: Rows, call: Call, place: Place) -> Answer:
    """Read records of one object; null stands for one that is not there."""
    if call.method == "POST":
        wished: Wished = call.told(Wished)
    else:
        wished = Wished(*([part for part in call.query.get(name, "").split(",") if part] for name in ("ids", "fields")))
    _check_count(len(wished.ids), 2_000)
    found = [rows.world.records.get(place.table.name, id) for id in wished.ids]
    return Answer(200, [None if row is None else rows.read(call, place, row, wished.fields) for row in found])


# --- all of them ---------------------------------------------------------------------------------------------------
def _done(rows: Rows, call: Call, deeds: Sequence[Deed], all_or_none: bool) -> Answer:
    if not (all_or_none or call.whole):
        return Answer(200, [_tried(deed) for deed in deeds])
    results: list[dict[str, Any]] = []
    try:
        with rows.world.records.all_or_none():
            results = [_tried(deed) for deed in deeds]
            if any(not result["success"] for result in results):
                raise _Undone
    except (_Undone, Refused):
        undone = _failed(ApiError("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK))
        results = [undone if result["success"] else result for result in results]
    return Answer(200, results)


def _tried(deed: Deed) -> dict[str, Any]:
    try:
        return deed()
    except ApiError as error:
        return _failed(error)


def _failed(error: ApiError) -> dict[str, Any]:
    return {"success": False, "errors": [error.in_a_list()]}


def _collected(call: Call) -> Collection:
    body: Collection = call.told(Collection)
    _check_count(len(body.records))
    chunks = sum(1 for _ in groupby(_types(body.records)))
    if chunks > MOST_CHUNKS:
        raise ApiError("INVALID_INPUT", f"At most {MOST_CHUNKS} chunks of one type each are allowed")
    return body


def _types(records: Sequence[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        attributes = record.get("attributes")
        name = attributes.get("type") if isinstance(attributes, dict) else None
        if not isinstance(name, str):
            raise ApiError("INVALID_INPUT", "Each record needs attributes.type")
        yield name


def _check_count(count: int, most: int = MOST) -> None:
    if not 0 < count <= most:
        raise ApiError("EXCEEDED_ID_LIMIT", f"Between one and {most} records are allowed")


def _place_of(rows: Rows, record: dict[str, Any]) -> Place:
    name = record["attributes"]["type"]
    if rows.schema.object(name) is None:
        raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return rows.place(name)


def _place_by_prefix(rows: Rows, id: str) -> Place:
    named = (name for name, each in rows.schema.objects.items() if each.key_prefix == id[:3])
    name = next(named, None)
    if name is None:
        raise ApiError("MALFORMED_ID", "malformed id")
    return rows.place(name)
