"""The OpenAPI document: what Litestar reads from the handlers, completed with what the surface knows of them."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from adapters.http import problems, refused
from adapters.http.auth import Who
from adapters.http.body import Answer, Ask
from adapters.http.events_stream import MEDIA_TYPE as EVENTS
from adapters.http.events_stream import EventStream
from adapters.http.openapi import IN_OPT, Operation
from adapters.http.paging import Page, ReadPage
from adapters.http.ready import Ready
from adapters.http.replies import Accepted
from adapters.http.surroundings import HttpSettings
from core.domain import refusals
from core.domain.gates import GATES
from core.domain.refusals import FieldFault, GateFailure, Refusal
from core.domain.words import Language

_REF: Final = "#/components/schemas/"
_GENERIC: Final = re.compile(r"\b([A-Z]\w*?)_(?:\w+\.)*([A-Z]\w*)_$")
_PAGES: Final[dict[str, dict[str, Any]]] = {
    Page.__name__: {"nextCursor": None},
    ReadPage.__name__: {"nextCursor": None, "readAt": "2026-01-20T01:00:05Z"},
}
_EXAMPLE_ID: Final = "018f6b0a9c5e7c3fa1b2c3d4e5f60718"
_UNSAFE: Final = ("post", "put", "patch", "delete")
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body give the same answer for 30 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_SIGNED_HEADERS: Final = {
    "X-Timestamp": ("^[0-9]{1,12}$", "Unix seconds, within five minutes of now."),
    "X-Nonce": ("^[A-Za-z0-9_-]{16,64}$", "Never used before."),
    "X-Signature": ("^v1=[0-9a-f]{64}$", "The HMAC over what was sent."),
}
_ETAG: Final = {"ETag": {"description": "Names exactly these bytes.", "schema": {"type": "string"}}}
_RETRY: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_SECURITY: Final[Mapping[Who, list[dict[str, list[str]]]]] = {
    Who.CUSTOMER: [{"bearer": []}, {"cookie": [], "csrf": []}],
    Who.EITHER: [{}, {"bearer": []}, {"cookie": [], "csrf": []}],
    Who.OWNER: [{}, {"bearer": []}, {"cookie": [], "csrf": []}],
    Who.SIGNED: [],
    Who.ANYONE: [],
    Who.THIS_MACHINE: [],
}

Json = dict[str, Any]


def completed(schema: Json, app: Litestar, settings: HttpSettings) -> Json:
    """Litestar's `schema` of `app` with problems, examples, security and the headers of keys and signatures."""
    operations = _declared(app)
    for item in schema["paths"].values():
        for method, said in item.items():
            if method in (*_UNSAFE, "get"):
                handler, described = operations[said["operationId"].removesuffix(".")]
                _complete(said, method, handler, described, settings)
    schema = _plainly_named(schema)
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {}).update(_schemas_of(problems.Problem, *_bodies(components["schemas"])))
    _show_examples(components["schemas"])
    _show_body_examples(schema, components["schemas"])
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An access token from log-in."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": settings.cookie},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    }
    return schema


def _declared(app: Litestar) -> dict[str, tuple[HTTPRouteHandler, Operation]]:
    found = {}
    for route in app.routes:
        for handler, _ in getattr(route, "route_handler_map", {}).values():
            described = handler.opt.get(IN_OPT)
            if described is not None:
                parts = route.path_components
                found[handler.operation_id(handler, None, parts)] = (handler, described)
    return found


def _complete(said: Json, method: str, handler: HTTPRouteHandler, described: Operation, settings: HttpSettings) -> None:
    takes_key = "once" in handler.parsed_fn_signature.parameters or described.who is Who.SIGNED
    parameters = said.setdefault("parameters", [])
    if takes_key:
        parameters.append(_KEY | {"required": described.who is Who.SIGNED})
    elif described.key is not None:
        parameters.append(_KEY | {"description": described.key})
    if described.who is Who.SIGNED:
        parameters += [
            {"name": n, "in": "header", "required": True, "description": d, "schema": {"type": "string", "pattern": p}}
            for n, (p, d) in _SIGNED_HEADERS.items()
        ]
    if described.form is not None:
        said["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": described.form}}}
    for parameter in parameters:
        parameter["schema"] = _never_null(parameter["schema"])
    if not parameters:
        del said["parameters"]
    said["security"] = _SECURITY[described.who]
    responses: Json = said["responses"]
    responses.pop("400", None)
    responses.get("204", {}).pop("content", None)  # nothing follows, not even null
    if handler.parsed_fn_signature.return_type.is_subclass_of(EventStream):
        shown = {"examples": {"example": {"value": described.shows}}} if described.shows is not None else {}
        responses["200"]["content"] = {EVENTS: {"schema": {}, **shown}}
    if handler.parsed_fn_signature.return_type.is_subclass_of(Ready):
        responses["200"].setdefault("headers", {}).update(_ETAG)
        responses["304"] = {"description": "You hold the answer already.", "headers": _ETAG}
    for status, answer in _problem_answers(said, method, described, settings, takes_key=takes_key).items():
        responses[status] = answer


def _never_null(schema: Json) -> Json:
    # a parameter is left out, or it is text: there is no way to write null
    alternatives = [each for each in schema.get("oneOf", ()) if each != {"type": "null"}]
    if len(alternatives) != 1:
        return schema
    return {**alternatives[0], **{name: said for name, said in schema.items() if name != "oneOf"}}


def _problem_answers(said: Json, method: str, described: Operation, settings: HttpSettings, *, takes_key: bool) -> Json:
    by_status: dict[int, Json] = {}
    for refusal in _refusals(said, method, described, takes_key=takes_key):
        status = problems.status_of(refusal)
        example = _example(refusal.code, status, settings, refusal)
        by_status.setdefault(int(status), {})[refusal.code] = {"value": example}
    if described.waits:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        example = _example(problems.UNAVAILABLE, status, settings, None)
        by_status.setdefault(int(status), {})[problems.UNAVAILABLE] = {"value": example}
    return {str(status): _answer(status, examples) for status, examples in sorted(by_status.items())}


def _refusals(said: Json, method: str, described: Operation, *, takes_key: bool) -> Iterable[Refusal]:
    yield refused.Unreadable(FieldFault("page", "unknown_parameter"))
    if "requestBody" in said:
        wanted = next(iter(said["requestBody"]["content"]))
        yield from (refused.WrongMediaType(wanted=wanted), refused.BodyTooLarge(limit=1_048_576), refused.BodyTooSlow())
    if any(parameter["in"] == "path" for parameter in said.get("parameters", ())):
        yield refusals.NotFound()
    if described.who in (Who.CUSTOMER, Who.OWNER):
        yield refusals.NotLoggedIn()
    if described.who in (Who.CUSTOMER, Who.EITHER, Who.OWNER) and method in _UNSAFE:
        yield refused.CrossSite()
    if described.who is Who.SIGNED:
        yield from (refused.SignatureWrong(), refused.ClockOff(), refused.NonceSeen(), refused.SigningOff())
    if takes_key:
        yield from (refusals.KeyReused(), refusals.StillRunning(retry_after=1))
    if described.limited is not None:
        yield refusals.TooMany(retry_after=60, limit=described.limited.value)
    if _may_take_longer(said):
        yield Refusal()  # an operator may end what goes on
    yield from (_sample(refusal) for refusal in described.raises)


def _may_take_longer(said: Json) -> bool:
    answers = said["responses"].get("202", {}).get("content", {}).values()
    return any(answer["schema"].get("$ref", "").endswith(Accepted.__name__) for answer in answers)


def _sample(refusal: type[Refusal] | Refusal) -> Refusal:
    if isinstance(refusal, Refusal):
        return refusal
    if refusal is refusals.TooMany:
        return refusals.TooMany(retry_after=60, limit="a limit")
    if refusal is refusals.GatesClosed:
        gate = GATES[-1]
        return refusals.GatesClosed((GateFailure(gate.code, gate.action),))
    if refusal is refusals.CartRefused:
        return refusals.CartRefused(FieldFault("services[0].plan", "unknown_sku", {"sku": "NO-SUCH-PLAN"}))
    if refusal is refusals.Invalid:
        return refusals.Invalid(FieldFault("address.postcode", "not_a_postcode"))
    if issubclass(refusal, refusals.DocumentNotAccepted):
        return refusals.DocumentNotAccepted(reason="truncated")
    if refusal in (refusals.AskedTooSoon, refusals.TooLate):
        return refusal(until="2026-02-01")
    if refusal is refused.NotReady:
        return refused.NotReady(FieldFault("database", "not_ready"))
    return refusal()


def _example(code: str, status: HTTPStatus, settings: HttpSettings, refusal: Refusal | None) -> Any:
    press = problems.ProblemPress(settings.public_url)
    problem = press.problem(code, status, Language.EN, instance="/api/…", correlation_id=_EXAMPLE_ID, refusal=refusal)
    return msgspec.to_builtins(problem)


def _answer(status: int, examples: Json) -> Json:
    answer: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": _REF + "Problem"}, "examples": examples}},
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        answer["headers"] = _RETRY
    return answer


def _schemas_of(*structs: type[msgspec.Struct]) -> Json:
    _, schemas = msgspec.json.schema_components(structs, ref_template=_REF + "{name}")
    return schemas


def _bodies(schemas: Json) -> Iterable[type[msgspec.Struct]]:
    # said by who reads them: Litestar forgets what the items of an annotated tuple are, and their limits
    return (struct for name, struct in shapes().items() if name in schemas and issubclass(struct, Ask))


def _plainly_named(said: Any) -> Any:
    # Litestar calls a page of orders Page_adapters.http.orders.OrderShown_
    if isinstance(said, dict):
        return {_GENERIC.sub(r"\1Of\2", key): _plainly_named(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_plainly_named(each) for each in said]
    return _GENERIC.sub(r"\1Of\2", said) if isinstance(said, str) and said.startswith(_REF) else said


def shapes() -> dict[str, type[msgspec.Struct]]:
    """Every body and answer the surface knows, by name."""
    found: dict[str, type[msgspec.Struct]] = {}
    waiting: list[type[msgspec.Struct]] = [Ask, Answer]
    while waiting:
        each = waiting.pop()
        found[each.__name__] = each
        waiting += each.__subclasses__()
    return found


def _show_examples(schemas: Json) -> None:
    known = shapes()
    for name, schema in schemas.items():
        page, _, item = name.partition("Of")
        if page in _PAGES and (inside := known.get(item)) is not None and getattr(inside, "example", None):
            schema["examples"] = [{"items": [inside.example], **_PAGES[page]}]  # type: ignore[attr-defined]
        struct = known.get(name)
        if struct is None:
            continue
        if getattr(struct, "example", None) is not None:
            schema["examples"] = [struct.example]  # type: ignore[attr-defined]


def _show_body_examples(schema: Json, schemas: Json) -> None:
    for item in schema["paths"].values():
        for said in (each for each in item.values() if isinstance(each, dict)):
            bodies = [said.get("requestBody", {}), *(said["responses"][s] for s in said["responses"] if s < "300")]
            for content in (media for body in bodies for media in (body.get("content") or {}).values()):
                schema_of = schemas.get(content["schema"].get("$ref", "").removeprefix(_REF), content["schema"])
                examples = schema_of.get("examples")
                if examples:
                    content["examples"] = {"example": {"value": examples[0]}}
