"""Which resource answers which path."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from adapters.fakes.wire.salesforce import composite, describing, graphs, many, querying, searching, single, trees
from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call, not_there
from adapters.fakes.wire.salesforce.rows import Rows

Handler = Callable[..., Answer]
ANY: Final = "*"
_ALONE: Final = frozenset({"composite", "graph", "batch", "tree"})


class Route(msgspec.Struct, frozen=True):
    """A path, its stars the arguments, and by each method what its calls are counted as and who answers.

    `of_object` says that the first star is an object of the org.
    """

    path: str
    methods: Mapping[str, tuple[str, Handler]]
    of_object: bool = False

    def arguments(self, path: tuple[str, ...]) -> list[str] | None:
        """What stands where the stars are; None for another path."""
        parts = self.path.split("/") if self.path else []
        if len(parts) != len(path):
            return None
        pairs = list(zip(parts, path, strict=True))
        if any(part not in (ANY, asked) for part, asked in pairs):
            return None
        return [asked for part, asked in pairs if part == ANY]


class Found(msgspec.Struct, frozen=True):
    """The resource of a call."""

    name: str
    handler: Handler
    route: Route
    arguments: list[str]

    @property
    def operation(self) -> str:
        """What the call is told as to faults: its name, and its object where it has one."""
        return f"{self.name} {self.arguments[0]}" if self.route.of_object else self.name


def _composite(rows: Rows, call: Call) -> Answer:
    return composite.composite(rows, call, answered_within)


def _graph(rows: Rows, call: Call) -> Answer:
    return graphs.graph(rows, call, answered_within)


def _batch(rows: Rows, call: Call) -> Answer:
    return graphs.batch(rows, call, answered_within)


ROUTES: Final = (
    Route("", {"GET": ("resources", describing.resources)}),
    Route("limits", {"GET": ("limits", describing.limits)}),
    Route("query", {"GET": ("query", querying.query)}),
    Route("queryAll", {"GET": ("query", querying.query_all)}),
    Route("query/*", {"GET": ("query more", querying.more)}),
    Route("queryAll/*", {"GET": ("query more", querying.more)}),
    Route("search", {"GET": ("search", searching.by_text)}),
    Route(
        "parameterizedSearch",
        {"GET": ("search", searching.by_parameters), "POST": ("search", searching.by_body)},
    ),
    Route("composite", {"POST": ("composite", _composite)}),
    Route("composite/graph", {"POST": ("graph", _graph)}),
    Route("composite/batch", {"POST": ("batch", _batch)}),
    Route(
        "composite/sobjects",
        {
            "POST": ("collection create", many.create),
            "PATCH": ("collection update", many.update),
            "DELETE": ("collection delete", many.delete),
        },
    ),
    Route(
        "composite/sobjects/*",
        {"GET": ("collection read", many.retrieve), "POST": ("collection read", many.retrieve)},
        of_object=True,
    ),
    Route("composite/sobjects/*/*", {"PATCH": ("collection upsert", many.upsert)}, of_object=True),
    Route("composite/tree/*", {"POST": ("tree", trees.create)}, of_object=True),
    Route("sobjects", {"GET": ("global describe", describing.all_objects)}),
    Route(
        "sobjects/*",
        {"GET": ("about", describing.about), "POST": ("create", single.create)},
        of_object=True,
    ),
    Route("sobjects/*/describe", {"GET": ("describe", describing.described)}, of_object=True),
    Route(
        "sobjects/*/*",
        {
            "GET": ("read", single.read),
            "PATCH": ("update", single.update),
            "DELETE": ("delete", single.delete),
            "POST": ("create", single.create_without_key),
        },
        of_object=True,
    ),
    Route(
        "sobjects/*/*/*",
        {
            "GET": ("read", single.read_keyed),
            "PATCH": ("upsert", single.upsert),
            "DELETE": ("delete", single.delete_keyed),
        },
        of_object=True,
    ),
)


def found(call: Call) -> Found:
    """The resource of a call; ApiError for a path that none has, or a method that this one has not."""
    for route in ROUTES:
        arguments = route.arguments(call.path)
        if arguments is not None:
            if call.method not in route.methods:
                allowed = ",".join(route.methods)
                message = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
                raise ApiError("METHOD_NOT_ALLOWED", message)
            return Found(*route.methods[call.method], route, arguments)
    raise not_there()


def answered(rows: Rows, call: Call, resource: Found | None = None) -> Answer:
    """The answer to a call, be it an error."""
    try:
        resource = resource or found(call)
        arguments: list[Any] = [*resource.arguments]
        if resource.route.of_object:
            arguments[0] = rows.place(arguments[0])
        return resource.handler(rows, call, *arguments)
    except ApiError as error:
        return error.answer()


def answered_within(rows: Rows, call: Call) -> Answer:
    """The answer to a call within another, where calls of several and files are not allowed."""
    try:
        resource = found(call)
    except ApiError as error:
        return error.answer()
    if resource.name in _ALONE:
        return ApiError("INVALID_INPUT", f"A {resource.name} can't stand within another call").answer()
    answer = answered(rows, call, resource)
    if isinstance(answer.body, bytes):
        return ApiError("INVALID_INPUT", "A file can't be read within another call").answer()
    return answer
