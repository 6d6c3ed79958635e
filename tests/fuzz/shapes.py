"""What the document says of an operation, as the corpus needs it: whole bodies, and the place of every field."""

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.fuzz.known import Known

MARK = "@@here@@"
_REF = "#/components/schemas/"

Path = tuple[str | int, ...]


class Operation(msgspec.Struct, frozen=True):
    """An operation of the document."""

    id: str
    method: str
    path: str
    said: dict[str, Any]
    schemas: dict[str, Any]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body, if it takes one."""
        content = self.said.get("requestBody", {}).get("content", {})
        found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return found

    @property
    def takes_form(self) -> bool:
        """Whether it takes files."""
        return "multipart/form-data" in self.said.get("requestBody", {}).get("content", {})

    @property
    def is_signed(self) -> bool:
        """Whether its calls are signed."""
        return "X-Signature" in self.parameters("header")

    @property
    def is_for_customers(self) -> bool:
        """Whether it is for who is logged in."""
        return any("bearer" in each for each in self.said.get("security", ()))

    def parameters(self, place: str) -> list[str]:
        """The names of its parameters in the path, the query or the headers."""
        return [each["name"] for each in self.said.get("parameters", ()) if each["in"] == place]

    def whole_body(self, known: Known) -> Any:
        """A body with every field there is, each holding something that exists where it can."""
        return self._whole(self.body or {}, "", known)

    def fields(self, known: Known) -> Iterator[Path]:
        """The place of every field of the body, the body itself left out."""
        yield from _places(self.whole_body(known), ())

    def _whole(self, schema: dict[str, Any], name: str, known: Known) -> Any:
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].removeprefix(_REF)]
        options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        if options:
            return self._whole(options[0], name, known)
        if "properties" in schema:
            return {key: self._whole(said, key, known) for key, said in schema["properties"].items()}
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("type") == "array":
            return [self._whole(schema.get("items", {}), name, known)]
        value = known.field(name, None)
        if value is not None:
            return value
        return {"integer": 1, "boolean": True, "object": {}}.get(schema.get("type", ""), "x")


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of the document, what changes the world under the others last."""
    schemas = document["components"]["schemas"]
    found = [
        Operation(said["operationId"], method.upper(), path, said, schemas)
        for path, item in document["paths"].items()
        for method, said in item.items()
    ]
    return sorted(found, key=lambda each: each.id == "sandbox.do")


def with_mark(body: Any, place: Path) -> Any:
    """The body with MARK at that place."""
    if not place:
        return MARK
    first, rest = place[0], place[1:]
    if isinstance(body, list):
        return [with_mark(each, rest) if index == first else each for index, each in enumerate(body)]
    return {key: with_mark(each, rest) if key == first else each for key, each in body.items()}


def _places(body: Any, at: Path) -> Iterator[Path]:
    if at:
        yield at
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, each in inside:
        yield from _places(each, (*at, key))
