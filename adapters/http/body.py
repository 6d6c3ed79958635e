"""Bodies, read strictly: what is not exactly JSON of the operation's shape is refused by field.

`Ask` is what every request body derives from, `Answer` what every answer does.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, ClassVar, Final

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from adapters.http.refused import BodyTooLarge, BodyTooSlow, Unreadable, WrongMediaType
from adapters.http.shapes import fault_of
from core.domain.refusals import FieldFault

JSON: Final = "application/json"
DEEPEST: Final = 32
LARGEST_NUMBER: Final = 2**63 - 1
_CHARSET: Final = re.compile(r"charset=\"?utf-?8\"?", re.IGNORECASE)


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a caller sends: camelCase, no field that is not named. `example` is shown in the documentation."""

    example: ClassVar[Any] = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a caller gets: camelCase. `example` is shown in the documentation."""

    example: ClassVar[Any] = None


class _Twice(Exception):
    """A key stands twice in one object."""


@asynccontextmanager
async def arriving(request: Request[Any, Any, Any], seconds: float) -> AsyncIterator[None]:
    """Read a body inside: it has so many seconds, and the size that its operation allows."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise BodyTooSlow from error
    except RequestEntityTooLarge as error:
        raise BodyTooLarge(limit=request.route_handler.resolve_request_max_body_size()) from error
    except InternalServerException as error:
        # what Litestar makes of a caller that hangs up; nobody reads the answer
        raise BodyTooSlow from error


class StrictRequest(Request[Any, Any, Any]):
    """Litestar's request, whose JSON is decoded straight into the operation's struct."""

    async def body(self) -> bytes:
        """The whole body, within the operation's size and the time a body may take."""
        async with arriving(self, self.app.state.body_time):
            return await super().body()

    async def json(self) -> Any:
        """The body as the struct the handler's `data` is annotated with."""
        media_type, _, parameters = self.headers.get("content-type", "").partition(";")
        if media_type.strip().lower() != JSON or not (not parameters.strip() or _CHARSET.fullmatch(parameters.strip())):
            raise WrongMediaType(wanted=JSON)
        return decoded(await self.body(), self.route_handler.parsed_fn_signature.parameters["data"].annotation)


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def decoded(body: bytes, shape: Any) -> Any:
    """`body` as a value of `shape`; raises Unreadable naming the field where there is one to name."""
    try:
        value = _decoder(shape).decode(body)
    except msgspec.ValidationError as error:
        raise Unreadable(fault_of(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(_fault_in(body) or FieldFault("", "not_json")) from error
    if (fault := _fault_in(body)) is not None:
        raise Unreadable(fault)
    return value


def plain(body: bytes) -> Any:
    """The JSON of a body that was read strictly, as plain data."""
    return msgspec.json.decode(body)


def _fault_in(body: bytes) -> FieldFault | None:
    """What no field of ours may hold, whatever its type; None also where there is no telling."""
    try:
        found = json.loads(body, object_pairs_hook=_once, parse_constant=_no_number)
    except _Twice as error:
        return FieldFault(str(error), "repeated")
    except (ValueError, RecursionError):
        return None
    return _forbidden(found, "", 0)


def _no_number(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are Python's, not JSON's


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _Twice(next(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return found


def _forbidden(value: Any, field: str, depth: int) -> FieldFault | None:
    if depth > DEEPEST:
        return FieldFault(field, "too_deep")
    match value:
        case str():
            return None if _is_text(value) else FieldFault(field, "bad_characters")
        case int() | float():
            return None if abs(value) <= LARGEST_NUMBER else FieldFault(field, "out_of_range")
        case list():
            inside = ((f"{field}[{index}]", each) for index, each in enumerate(value))
        case dict():
            if not all(_is_text(name) for name in value):
                return FieldFault(field, "bad_characters")
            inside = ((f"{field}.{name}" if field else name, each) for name, each in value.items())
        case _:
            return None
    faults = (_forbidden(each, place, depth + 1) for place, each in inside)
    return next((fault for fault in faults if fault is not None), None)


def _is_text(text: str) -> bool:
    # a NUL ends strings in systems behind ours; half of a surrogate pair is no character at all
    return "\0" not in text and (text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))
