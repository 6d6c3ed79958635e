"""Avro schemas by id: asked for once, and kept for ever, since an id never means another schema."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import fastavro

from adapters.eventbus import eventbus_pb2 as wire
from adapters.salesforce.events.connection import Connection


class Unreadable(Exception):
    """What an event, or a schema, can't be understood for; never what it held."""


class Schema:
    """One schema, as events are read by it."""

    def __init__(self, text: str) -> None:
        definition = json.loads(text)
        self._parsed: Any = fastavro.parse_schema(definition)
        self._fields = list(_fields(definition))

    def read(self, payload: bytes) -> Mapping[str, Any]:
        """The event in a payload; raises Unreadable."""
        try:
            record = fastavro.schemaless_reader(BytesIO(payload), self._parsed, None)
        except Exception as error:  # whatever the bytes of others can bring about
            raise Unreadable(type(error).__name__) from None
        if not isinstance(record, dict):
            raise Unreadable("no record")
        return record

    def name(self, place: int) -> str:
        """The field at a place; for one behind the last, a name that no field has."""
        return self._fields[place][0] if place < len(self._fields) else f"#{place}"

    def part(self, place: int, within: int) -> str:
        """A part of the compound field at a place, as "BillingAddress.City"."""
        parts = self._fields[place][1] if place < len(self._fields) else []
        return f"{self.name(place)}.{parts[within] if within < len(parts) else f'#{within}'}"


class Schemas:
    """The schemas met so far."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Schema] = {}

    async def get(self, id: str) -> Schema:
        """The schema of that id; raises Unreadable for one that is none, AioRpcError when it can't be had."""
        known = self._known.get(id)
        if known is None:
            info = await self._connection.ask_schema(wire.SchemaRequest(schema_id=id))
            try:
                known = Schema(info.schema_json)
            except Exception as error:  # as above
                raise Unreadable(type(error).__name__) from None
            self._known[id] = known
        return known


def _fields(definition: Any) -> Iterator[tuple[str, list[str]]]:
    """Each field with the parts of the record that it can hold; a record is defined once, and named after that."""
    records: dict[str, list[str]] = {}
    for field in definition["fields"]:
        choices = field["type"] if isinstance(field["type"], list) else [field["type"]]
        for each in choices:
            if isinstance(each, dict) and "fields" in each:
                records[_name(each)] = [part["name"] for part in each["fields"]]
        yield field["name"], next((records[name] for name in map(_name, choices) if name in records), [])


def _name(type_: Any) -> str:
    named = type_.get("name", "") if isinstance(type_, dict) else type_
    return str(named).rpartition(".")[2]
