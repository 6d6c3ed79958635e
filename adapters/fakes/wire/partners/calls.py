"""A call of a partner's contract, its answer, and its errors."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "malformed_request": 400,
        "key_missing": 400,
        "unauthorised": 401,
        "not_found": 404,
        "method_not_allowed": 405,
        "wrong_state": 409,
        "in_progress": 409,
        "not_json": 415,
        "busy": 429,
    }
)
"""The status of each error; every other one is 422: understood, and refused."""
SHORTEST_WAIT: Final = 1
MOST_KEY: Final = 255


class ApiError(Exception):
    """An error in the contract's words: its code and the fields that it names."""

    def __init__(self, code: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def answer(self) -> "Answer":
        """The error as the whole answer of a call."""
        headers = {"Retry-After": str(SHORTEST_WAIT)} if self.code == "busy" else {}
        said = {"code": self.code, "message": f"Refused: {self.code}.", "fields": list(self.fields)}
        return Answer(STATUSES.get(self.code, 422), said, headers)


class Answer(msgspec.Struct, frozen=True):
    """What is answered: a status, a body to be told in JSON (text as it is), headers beyond the usual."""

    status: int
    body: Any
    headers: Mapping[str, str] = {}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a partner: what stands behind its own path, cut at the slashes and decoded."""

    path: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """The idempotency key; ApiError without one."""
        key = self.headers.get("idempotency-key", "")
        if not key or len(key) > MOST_KEY or not key.isprintable():
            raise ApiError("key_missing")
        return key

    def told(self, shape: type[Any]) -> Any:
        """The body in that shape; ApiError when it is no JSON, or holds what the contract does not know."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.ValidationError as error:
            # its text ends with the place: "... - at `$.megabytes`"
            place = str(error).rpartition(" - at `$.")[2].rstrip("`")
            raise ApiError("validation", (place,) if place.isidentifier() else ()) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ApiError("malformed_request") from None
