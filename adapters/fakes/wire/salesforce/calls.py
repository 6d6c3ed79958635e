"""A call of the REST API, its answer, and the errors in Salesforce's own words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec

from adapters.fakes.wire.salesforce.people import User

STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "INVALID_SESSION_ID": 401,
        "INVALID_AUTH_HEADER": 401,
        "REQUEST_LIMIT_EXCEEDED": 403,
        "INSUFFICIENT_ACCESS_OR_READONLY": 403,
        "NOT_FOUND": 404,
        "ENTITY_IS_DELETED": 404,
        "METHOD_NOT_ALLOWED": 405,
        "UNSUPPORTED_API_VERSION": 410,
        "URI_TOO_LONG": 414,
        "UNSUPPORTED_MEDIA_TYPE": 415,
        "UNKNOWN_EXCEPTION": 500,
    }
)
"""The status of each error; every other one is a bad request."""


class ApiError(Exception):
    """An error as the org tells it: code, message, and the fields that it names; None where it speaks of none."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] | None = None) -> None:
        self.code = code
        self.message = message
        self.fields = fields
        super().__init__(code)

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUSES.get(self.code, 400)

    def answer(self) -> "Answer":
        """The error as the whole answer of a call."""
        told: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return Answer(self.status, [told if self.fields is None else told | {"fields": list(self.fields)}])

    def in_a_list(self) -> dict[str, Any]:
        """The error as one of a record among many, where its code has another name."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}


class Answer(msgspec.Struct, frozen=True):
    """What is answered: a status, a body to be told in JSON (or bytes as they are), headers beyond the usual."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}

    @property
    def is_success(self) -> bool:
        """Whether the call did what it was made for."""
        return self.status < 300


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call: what stands behind the version in its path, cut at the slashes and decoded, and who makes it.

    `base` is the address the caller reached the org at. `whole` says that the call belongs to a transaction that is
    all or none.
    """

    method: str
    version: str
    path: tuple[str, ...]
    user: User
    base: str = ""
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: Any = None
    whole: bool = False

    @property
    def root(self) -> str:
        """The path that every resource of this version stands under."""
        return f"/services/data/v{self.version}"

    def record(self) -> dict[str, Any]:
        """The body as one JSON object; ApiError when it is none."""
        record: dict[str, Any] = self.told(dict)
        return record

    def told(self, shape: type[Any]) -> Any:
        """The body in the shape that the resource wants; ApiError when it is malformed."""
        if isinstance(self.body, bytes):
            return read_json(self.body or b"{}", shape)
        try:
            return msgspec.convert({} if self.body is None else self.body, shape)
        except (msgspec.DecodeError, RecursionError) as error:
            raise no_json(error) from None


def read_json(content: bytes, shape: type[Any]) -> Any:
    """JSON in that shape; ApiError for what is none, is of another shape, or is nested too deep to be read."""
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise no_json(error) from None


def no_json(error: Exception) -> ApiError:
    """What is answered for a body that can't be read."""
    return ApiError("JSON_PARSER_ERROR", f"The body is no JSON that fits here: {error}")


def cut(path: str) -> tuple[str, ...]:
    """The parts of a path that is still encoded; a slash at its end makes none."""
    return tuple(unquote(part) for part in path.strip("/").split("/")) if path.strip("/") else ()


def asked(query: str) -> dict[str, str]:
    """What stands behind the question mark; a plus is a blank there, as in every form."""
    return dict(parse_qsl(query, keep_blank_values=True))


NOT_THERE: Final = "The requested resource does not exist"


def not_there(message: str = NOT_THERE) -> ApiError:
    """What is answered for a path or a record that is not there."""
    return ApiError("NOT_FOUND", message)


def no_column(field: str, object: str) -> ApiError:
    """What is answered for a field that the object has not, or not for this user."""
    return ApiError("INVALID_FIELD", f"No such column '{field}' on sobject of type {object}")
