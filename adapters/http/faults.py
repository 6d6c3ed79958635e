"""From an exception to the answer: every error of a request ends here, as a problem document."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from adapters.http import problems, refused
from adapters.http.calls import Call, call_of, route_of
from adapters.http.shapes import fault_of
from adapters.http.strictness import allowed
from adapters.http.surroundings import HttpSettings, Lookout
from core.domain import refusals
from core.domain.refusals import FieldFault, Refusal
from core.domain.words import Language
from ports.errors import Rejected, Unavailable

TRY_AGAIN_AFTER: Final = 5
"""Seconds to wait when another system did not say how long."""

HeaderPairs = Mapping[str, str]


class FaultDesk:
    """Turns what went wrong into a problem in the caller's language, and tells the lookout of bugs."""

    def __init__(self, settings: HttpSettings, lookout: Lookout) -> None:
        self._press = problems.ProblemPress(settings.public_url)
        self._lookout = lookout

    def handlers(self) -> dict[type[Exception] | int, Callable[[Request[Any, Any, Any], Any], Response[bytes]]]:
        """What Litestar calls for an exception out of routing, parsing or a handler."""
        return {Exception: self._respond}

    def answer(self, error: Exception, scope: Mapping[str, Any]) -> tuple[HTTPStatus, bytes, HeaderPairs]:
        """Status, body and further headers for `error`, met while answering the request of `scope`."""
        call = call_of(scope)
        match error:
            case Refusal():
                return self._refused(error, scope, call)
            case Unavailable():
                status, code = HTTPStatus.SERVICE_UNAVAILABLE, problems.UNAVAILABLE
                after = ceil(error.retry_after) if error.retry_after else TRY_AGAIN_AFTER
                return status, self._body(code, status, scope, call), _headers(call.language, after)
            case Rejected():
                self._lookout.upstream_refused(error.code, route_of(scope), call.correlation_id)
                status = HTTPStatus.SERVICE_UNAVAILABLE
                body = self._body(problems.UPSTREAM_REFUSED, status, scope, call)
                return status, body, _headers(call.language, TRY_AGAIN_AFTER)
            case HTTPException() if (refusal := _refusal_of(error)) is not None:
                return self._refused(refusal, scope, call)
        self._lookout.crashed(error, route_of(scope), call.correlation_id)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return status, self._body(problems.INTERNAL, status, scope, call), _headers(call.language, None)

    def _respond(self, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        status, body, headers = self.answer(error, request.scope)
        return Response(body, status_code=int(status), media_type=problems.MEDIA_TYPE, headers=headers)

    def _refused(self, refusal: Refusal, scope: Mapping[str, Any], call: Call) -> tuple[HTTPStatus, bytes, HeaderPairs]:
        status = problems.status_of(refusal)
        headers = _headers(call.language, _retry_after(refusal, status))
        if isinstance(refusal, refused.MethodNotAllowed):
            headers["allow"] = refusal.allow
        if status is HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = 'Bearer realm="genkan"'
        return status, self._body(refusal.code, status, scope, call, refusal), headers

    def _body(
        self, code: str, status: HTTPStatus, scope: Mapping[str, Any], call: Call, refusal: Refusal | None = None
    ) -> bytes:
        problem = self._press.problem(
            code,
            status,
            call.language,
            instance=scope["path"],
            correlation_id=call.correlation_id,
            refusal=refusal,
        )
        return msgspec.json.encode(problem)


def _headers(language: Language, retry_after: int | None) -> dict[str, str]:
    headers = {"content-language": language.value, "vary": "Accept-Language", "cache-control": "no-store"}
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return headers


def _retry_after(refusal: Refusal, status: HTTPStatus) -> int | None:
    after: float | None = refusal.data.get("retry_after")
    if after is not None:
        return max(1, ceil(after))
    return TRY_AGAIN_AFTER if status is HTTPStatus.SERVICE_UNAVAILABLE else None


def _refusal_of(error: HTTPException) -> Refusal | None:
    """What Litestar refuses by itself, as a refusal of ours; None for a fault of the server."""
    if isinstance(error, ValidationException):
        return refused.Unreadable(*_faults_of(error))
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return refusals.NotFound()
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return refused.MethodNotAllowed(allowed((error.headers or {}).get("allow", "").split(", ")))
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return refused.BodyTooLarge()
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return refused.WrongMediaType()
        case HTTPStatus.UNAUTHORIZED:
            return refusals.NotLoggedIn()
        case status if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return refused.Unreadable()
    return None


def _faults_of(error: ValidationException) -> list[FieldFault]:
    faults = []
    for each in error.extra if isinstance(error.extra, list) else []:
        key, message = str(each.get("key", "")), str(each.get("message", ""))
        # Litestar calls the body "data"; a body that is not there at all is the only fault it finds in one
        faults.append(FieldFault("", "body_required") if key == "data" else fault_of(message, at=key))
    return faults
