"""What the surface knows about the call it is answering: one notebook for each request."""

from collections.abc import Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from typing import Any, Final, cast

from core.domain.limits import Limited
from core.domain.session import Session
from core.domain.words import Language

CORRELATION: Final[ContextVar[str]] = ContextVar("correlation_id", default="-")
"""The id of the call being answered, for log lines and for calls to other systems."""

_OUTSIDE: Final = CORRELATION.get()
UNROUTED: Final = "(no such route)"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PLACE: Final = "genkan.call"

Scope = MutableMapping[str, Any]


class Call:
    """The notebook: written by the door and by whoever checks who is asking."""

    __slots__ = (
        "correlation_id",
        "counted",
        "head_only",
        "headers",
        "language",
        "peer",
        "session",
        "signer",
        "socket_peer",
    )

    def __init__(
        self,
        headers: Mapping[bytes, bytes],
        correlation_id: str,
        peer: str,
        socket_peer: str,
        language: Language,
        head_only: bool,
    ) -> None:
        self.headers = headers
        self.correlation_id = correlation_id
        self.peer = peer
        self.socket_peer = socket_peer
        self.language = language
        self.head_only = head_only
        self.session: Session | None = None
        self.counted: Sequence[tuple[Limited, str]] = ()
        self.signer: str | None = None


def correlation() -> str | None:
    """The id of the call being answered, or that began the work being done; None where there is neither."""
    found = CORRELATION.get()
    return None if found == _OUTSIDE else found


def open_call(scope: Scope, call: Call) -> None:
    """Begin the notebook of a request."""
    scope[_PLACE] = call


def call_of(scope: Mapping[str, Any]) -> Call:
    """The notebook of the request with this ASGI scope."""
    return cast(Call, scope[_PLACE])


def route_of(scope: Mapping[str, Any]) -> str:
    """The route's template (`/api/orders/{id}`): what was asked for, without whose."""
    return cast(str, scope.get("path_template") or UNROUTED)


def method_of(scope: Mapping[str, Any]) -> str:
    """The method, or OTHER for one that HTTP does not know: callers don't choose what metrics are named."""
    method = scope["method"]
    return method if method in METHODS else "OTHER"


def header(scope: Mapping[str, Any], name: bytes) -> str | None:
    """The first header of that lower-case name, or None."""
    value = call_of(scope).headers.get(name)
    return None if value is None else value.decode("latin-1")


def headers_of(scope: Mapping[str, Any], name: bytes) -> list[str]:
    """Every header of that lower-case name, in order."""
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]
