"""The resources of single records: by id and by external key."""

from typing import Final

from adapters.fakes.tables import Row
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call, not_there
from adapters.fakes.wire.salesforce.rows import Place, Rows

_NO_CONTENT: Final = 204


def create(rows: Rows, call: Call, place: Place) -> Answer:
    """Make a record."""
    return created(call, place, rows.create(call, place, call.record()))


def created(call: Call, place: Place, id: str) -> Answer:
    """What is answered for a new record."""
    return Answer(201, written(id), {"Location": f"{call.root}/sobjects/{place.name}/{id}"})


def written(id: str) -> dict[str, object]:
    """What is told of a record that was written."""
    return {"id": id, "success": True, "errors": []}


def read(rows: Rows, call: Call, place: Place, id: str) -> Answer:
    """A record, whole or the fields that are asked for."""
    return _told(rows, call, place, rows.row(place, id))


def update(rows: Rows, call: Call, place: Place, id: str) -> Answer:
    """Change a record."""
    rows.update(call, place, id, call.record())
    return Answer(_NO_CONTENT)


def delete(rows: Rows, call: Call, place: Place, id: str) -> Answer:
    """Put a record into the bin."""
    rows.delete(call, place, id)
    return Answer(_NO_CONTENT)


def create_without_key(rows: Rows, call: Call, place: Place, field: str) -> Answer:
    """An upsert by the id itself that names none: a creation."""
    if field.lower() != "id":
        raise ApiError("METHOD_NOT_ALLOWED", "HTTP Method 'POST' not allowed. Allowed are GET,PATCH,DELETE")
    return create(rows, call, place)


def read_keyed(rows: Rows, call: Call, place: Place, field: str, value: str) -> Answer:
    """The record of an external key, or the blob that lies in a field of a record."""
    if place.table.name == "document_version" and value.lower() == "versiondata":
        version = rows.row(place, field)
        content = rows.world.records.files.get(version["id"])
        if content is None:
            raise not_there()
        return Answer(200, content)
    _, found = rows.keyed(place, field, value)
    if len(found) > 1:
        return _several(call, place, found)
    return _told(rows, call, place, _only(found))


def upsert(rows: Rows, call: Call, place: Place, field: str, value: str) -> Answer:
    """Change the record of an external key, or make it."""
    body = call.record()
    key, found = rows.keyed(place, field, value)
    if any(name.lower() == key.name.lower() for name in body):
        raise ApiError("INVALID_FIELD", "The external foreign key cannot be specified in body", (key.name,))
    if len(found) > 1:
        return _several(call, place, found)
    if found:
        rows.update(call, place, found[0]["id"], body)
        return Answer(200, written(found[0]["id"]) | {"created": False})
    if call.query.get("updateOnly", "").lower() == "true":
        raise not_there()
    id = rows.create(call, place, {**body, key.name: value})
    answer = created(call, place, id)
    return Answer(201, answer.body | {"created": True}, answer.headers)


def delete_keyed(rows: Rows, call: Call, place: Place, field: str, value: str) -> Answer:
    """Put the record of an external key into the bin."""
    _, found = rows.keyed(place, field, value)
    if len(found) > 1:
        return _several(call, place, found)
    return delete(rows, call, place, _only(found)["id"])


def _told(rows: Rows, call: Call, place: Place, row: Row) -> Answer:
    fields = call.query.get("fields")
    names = None if fields is None else [name.strip() for name in fields.split(",") if name.strip()]
    return Answer(200, rows.read(call, place, row, names))


def _only(found: list[Row]) -> Row:
    if not found:
        raise not_there()
    return found[0]


def _several(call: Call, place: Place, found: list[Row]) -> Answer:
    return Answer(300, [f"{call.root}/sobjects/{place.name}/{row['id']}" for row in found])
