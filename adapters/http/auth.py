"""Who may ask: checked before a body is read, from what each operation declares.

An operation that declares nothing is for customers alone.
"""

import hmac
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from adapters.http.calls import Call, call_of, header
from adapters.http.cookies import cookie_of
from adapters.http.peers import is_loopback
from adapters.http.refused import CrossSite
from adapters.http.signature import SignedCalls
from adapters.http.surroundings import HttpSettings, SessionReader, Surroundings
from adapters.http.throttle import Throttle
from core.domain.limits import EVERYBODY, OVERALL, Limited
from core.domain.refusals import NotFound, NotLoggedIn
from core.domain.session import Session

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER: Final = b"x-csrf-token"
_BEARER: Final = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/=-]{16,512})")
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{16,512}")


class Who(StrEnum):
    """For whom an operation is."""

    CUSTOMER = "customer"
    """A logged-in customer."""
    ANYONE = "anyone"
    """Everybody; a session is not even looked at."""
    EITHER = "either"
    """Everybody; a customer's session is known where there is a good one."""
    OWNER = "owner"
    """Whoever it belongs to: a customer, or somebody without an account; a bearer token that is over is said to be."""
    SIGNED = "signed"
    """Another system, whose call is signed (T-4)."""
    THIS_MACHINE = "this_machine"
    """A caller on this machine that no proxy speaks for; anybody else finds nothing."""


class Sessions:
    """Finds the session that speaks for a request: a bearer token, else the page's cookie."""

    def __init__(self, settings: HttpSettings, read: SessionReader) -> None:
        self._read = read
        self._cookie = settings.cookie
        self._origin = settings.public_url

    async def of(self, scope: Mapping[str, Any]) -> Session | None:
        """The session, or None; raises CrossSite when a cookie's session asks for a change from elsewhere."""
        sent = header(scope, b"authorization")
        if sent is not None:
            match = _BEARER.fullmatch(sent.strip())
            return await self._read(match[1]) if match else None
        token = cookie_of(scope, self._cookie)
        if token is None or not _TOKEN.fullmatch(token):
            return None
        session = await self._read(token)
        if session is not None and scope["method"] not in SAFE_METHODS:
            self._check_same_site(scope, session)
        return session

    def _check_same_site(self, scope: Mapping[str, Any], session: Session) -> None:
        proof = header(scope, CSRF_HEADER) or ""
        if not hmac.compare_digest(proof.encode("latin-1"), session.csrf.encode()):
            raise CrossSite
        # browsers name the origin of every change; a caller that is none may leave it out, its token speaks for it
        origin = header(scope, b"origin") or _origin_of(header(scope, b"referer"))
        if origin is not None and origin.lower() != self._origin.lower():
            raise CrossSite


class Gatekeeper:
    """The guard of every operation: who it is for, then its limits, per address and of everybody together."""

    def __init__(self, settings: HttpSettings, around: Surroundings) -> None:
        self.sessions = Sessions(settings, around.sessions)
        self._signed = SignedCalls(around.signing, around.clock, around.store)
        self._throttle = Throttle(around.limits, around.clock)

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        scope: Mapping[str, Any] = connection.scope
        if scope["method"] == "OPTIONS":
            return  # says what the path has, and nothing else
        call = call_of(scope)
        match handler.opt.get("who", Who.CUSTOMER):
            case Who.ANYONE:
                pass
            case Who.EITHER:
                call.session = await self.sessions.of(scope)
            case Who.OWNER:
                call.session = await self.sessions.of(scope)
                if call.session is None and header(scope, b"authorization") is not None:
                    raise NotLoggedIn  # else a customer would be taken for a stranger who has nothing
            case Who.SIGNED:
                await self._signed.check(connection)
            case Who.THIS_MACHINE:
                _check_this_machine(scope, call)
            case _:
                call.session = await self.sessions.of(scope)
                if call.session is None:
                    raise NotLoggedIn
        limited: Limited | None = handler.opt.get("limited")
        if limited is not None:
            await self._count(limited, call)

    async def _count(self, limited: Limited, call: Call) -> None:
        counted = [(limited, call.peer)]
        if limited in OVERALL:
            counted.append((OVERALL[limited], EVERYBODY))
        await self._throttle.take_all(counted)
        call.counted = counted


def _check_this_machine(scope: Mapping[str, Any], call: Call) -> None:
    forwarded = header(scope, b"x-forwarded-for") or header(scope, b"forwarded")
    if forwarded is not None or not is_loopback(call.socket_peer) or not _is_asked_here(scope):
        raise NotFound


def _is_asked_here(scope: Mapping[str, Any]) -> bool:
    """Whether no web page from elsewhere asks: one that has its own name answered with this machine's address, say."""
    host, origin = header(scope, b"host") or "", header(scope, b"origin")
    if header(scope, b"sec-fetch-site") == "cross-site" or (
        origin is not None and _origin_of(origin) != f"http://{host}"
    ):
        return False
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or is_loopback(name)


def _origin_of(referer: str | None) -> str | None:
    if referer is None:
        return None
    try:
        url = urlsplit(referer)
    except ValueError:
        return "null"
    return f"{url.scheme}://{url.netloc}"
