"""Trees of new records: parents with their children, always all or none."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from adapters.fakes.tables import Refused
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call
from adapters.fakes.wire.salesforce.rows import Place, Rows

MOST: Final = 200
DEEPEST: Final = 5


class Tree(msgspec.Struct):
    """The records at the root, each with its children within."""

    records: list[dict[str, Any]]


class _Failed(Exception):
    """Undoes the tree: one of its records can't be made."""

    def __init__(self, reference: str, error: ApiError) -> None:
        self.reference = reference
        self.error = error
        super().__init__(error.code)


def create(rows: Rows, call: Call, place: Place) -> Answer:
    """Make a tree of records."""
    tree: Tree = call.told(Tree)
    try:
        with rows.world.records.all_or_none():
            made: list[tuple[str, str]] = []
            for reference, id in _made(rows, call, place, tree.records, {}, 1):
                if any(reference == other for other, _ in made):
                    raise ApiError("INVALID_INPUT", f"The reference id {reference} stands twice")
                made.append((reference, id))
            if not 0 < len(made) <= MOST:
                raise ApiError("INVALID_INPUT", f"Between one and {MOST} records are allowed")
    except _Failed as failed:
        errors = [failed.error.in_a_list()]
        return Answer(400, {"hasErrors": True, "results": [{"referenceId": failed.reference, "errors": errors}]})
    except Refused:
        raise ApiError("CANNOT_EXECUTE_FLOW_TRIGGER", "A flow could not be run.") from None
    results = [{"referenceId": reference, "id": id} for reference, id in made]
    return Answer(201, {"hasErrors": False, "results": results})


def _made(
    rows: Rows, call: Call, place: Place, records: list[dict[str, Any]], parent: dict[str, str], depth: int
) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        raise ApiError("INVALID_INPUT", f"A tree has {DEEPEST} levels at most")
    for record in records:
        told = record.get("attributes")
        attributes: dict[str, Any] = told if isinstance(told, dict) else {}
        reference = attributes.get("referenceId")
        if not isinstance(reference, str):
            raise ApiError("INVALID_INPUT", "Each record needs attributes.referenceId")
        if str(attributes.get("type")).lower() != place.name.lower():
            raise ApiError("INVALID_INPUT", f"Each record here needs the attributes.type {place.name}")
        children = {child.relationship: child for child in place.described.children if child.relationship in record}
        values = {name: value for name, value in record.items() if name not in children}
        try:
            id = rows.create(call, place, values | parent)
        except ApiError as error:
            raise _Failed(reference, error) from None
        yield reference, id
        for name, child in children.items():
            below = msgspec.structs.replace(call, body=record[name]).told(Tree).records
            yield from _made(rows, call, rows.place(child.object), below, {child.field: id}, depth + 1)
