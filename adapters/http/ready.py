"""Answers that are ready before they are asked for: bytes with an ETag, sent past everything that costs.

A handler gives back `Ready`; `at_once` in its `middleware` sends one from memory without waking the handler.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from litestar import Response
from litestar.types import ASGIApp, Receive, Scope, Send

from adapters.http.auth import Sessions
from adapters.http.body import JSON
from adapters.http.calls import call_of, header
from core.domain.refusals import NotLoggedIn
from core.domain.session import Session

T = TypeVar("T")

NO_CACHE: Final = "no-cache"
"""Keep it, but ask each time whether it still holds."""


def etag_of(body: bytes) -> str:
    """A strong entity tag: equal bytes, equal tag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the caller holds what `etag` names; an If-None-Match that can't be read holds nothing."""
    if if_none_match is None:
        return False
    if if_none_match == etag:
        return True
    return any(each.strip().removeprefix("W/") in (etag, "*") for each in if_none_match.split(","))


class Ready(Response[T]):
    """A successful answer as bytes with its ETag; one may be sent to many callers, and as 304 to who has it.

    `cache` is its Cache-Control; a customer's own answer says "private, no-cache".
    """

    __slots__ = ("_full", "_headers_304", "_start", "_start_304", "etag")

    def __init__(
        self, body: bytes, *, cache: str = NO_CACHE, media_type: str = JSON, headers: Mapping[str, str] | None = None
    ) -> None:
        self.etag = etag_of(body)
        further = {"etag": self.etag, "cache-control": cache, **(headers or {})}
        super().__init__(body, media_type=media_type, headers=further)  # type: ignore[arg-type]
        short = [(name.lower().encode(), value.encode("latin-1")) for name, value in further.items()]
        full = [*short, (b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
        self._start_304 = {"type": "http.response.start", "status": 304, "headers": short}
        self._start = {"type": "http.response.start", "status": 200, "headers": full}
        self._full = {"type": "http.response.body", "body": body, "more_body": False}

    @classmethod
    def of(cls, answer: T, *, cache: str = NO_CACHE, headers: Mapping[str, str] | None = None) -> "Ready[T]":
        """The answer, encoded."""
        return cls(msgspec.json.encode(answer), cache=cache, headers=headers)

    async def send(self, scope: Mapping[str, Any], send: Send) -> None:
        """Answer the request of `scope`: with the bytes, or that nothing changed."""
        if is_known(header(scope, b"if-none-match"), self.etag):
            await send(self._start_304)  # type: ignore[arg-type]
            await send(_NOTHING)  # type: ignore[arg-type]
            return
        await send(self._start)  # type: ignore[arg-type]
        await send(self._full)  # type: ignore[arg-type]

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """What Litestar sends: this very answer."""
        return self._asgi

    async def _asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.send(scope, send)


_NOTHING: Final = {"type": "http.response.body", "body": b"", "more_body": False}

Look = Callable[[Mapping[str, Any]], Awaitable[Ready[Any] | None]]
"""Finds the answer to the request with this scope in memory, or None: then the handler makes it."""

LookFor = Callable[[Mapping[str, Any], Session], Awaitable[Ready[Any] | None]]
"""The same for the customer whose session it is."""


class AtOnce:
    """Answers an operation from memory: at the door where its path has no parameters, else as its middleware."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def sent(self, scope: Mapping[str, Any], send: Send) -> bool:
        """Whether the answer was found and sent; a query is for the handler to read."""
        if scope["query_string"] or (ready := await self._look(scope)) is None:
            return False
        await ready.send(scope, send)
        return True

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """The operation behind it, which is asked where nothing is found."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if not await self.sent(scope, send):
                await app(scope, receive, send)

        return answer


def at_once(look: Look) -> AtOnce:
    """Middleware for a public operation without parameters: sends what `look` finds, else asks the handler."""
    return AtOnce(look)


def at_once_for_customer(look: LookFor) -> AtOnce:
    """The same for an operation of a logged-in customer, whose session is checked first."""

    async def looked(scope: Mapping[str, Any]) -> Ready[Any] | None:
        sessions: Sessions = scope["litestar_app"].state.sessions
        session = await sessions.of(scope)
        if session is None:
            raise NotLoggedIn
        call_of(scope).session = session
        return await look(scope, session)

    return AtOnce(looked)
