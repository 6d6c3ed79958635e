"""The one thing every request passes, whether a route is found for it or not.

It gives the request its correlation id and notebook, the answer its security headers, the counters and the log their
entry, and a problem to what nothing else answered. What lies ready in memory is answered here, before a route is
looked for: that costs as much as all the rest.
"""

import re
from collections.abc import Iterable, Mapping
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http.calls import CORRELATION, Call, method_of, open_call, route_of
from adapters.http.faults import FaultDesk
from adapters.http.languages import preferred
from adapters.http.metrics import Metrics
from adapters.http.peers import Peers
from adapters.http.problems import MEDIA_TYPE
from adapters.http.ready import AtOnce
from adapters.http.strictness import check_path
from adapters.http.surroundings import Answered, HttpSettings, Surroundings

CORRELATION_HEADER: Final = b"x-correlation-id"
GONE: Final = 499
"""What is noted for a caller who left before an answer began."""
_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"server", b"genkan"),
)
_OVER_TLS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_API_POLICY: Final = (
    b"content-security-policy",
    b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
)
_NO_STORE: Final = (b"cache-control", b"no-store")

Header = tuple[bytes, bytes]


class Door:
    """Stands around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        settings: HttpSettings,
        around: Surroundings,
        desk: FaultDesk,
        metrics: Metrics,
        shortcuts: Mapping[str, AtOnce] = MappingProxyType({}),
    ):
        self._app = app
        self._shortcuts = dict(shortcuts)
        self._desk = desk
        self._metrics = metrics
        self._lookout = around.lookout
        self._new_id = around.ids.new
        self._peers = Peers(settings.trusted_proxies)
        self._always = (*_ALWAYS, _OVER_TLS) if settings.secure else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a websocket is turned away."""
        if scope["type"] == ScopeType.WEBSOCKET:
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        call = self._call(scope)
        open_call(scope, call)  # type: ignore[arg-type]  # a scope is a plain dict, whatever its TypedDict says
        marked = CORRELATION.set(call.correlation_id)
        began, method = perf_counter(), method_of(scope)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # a message of its own: the one that came may be sent to many callers
                message = {**message, "headers": self._dressed(message["headers"], call)}
            await send(message)

        if call.head_only:
            # every resource has a HEAD; the server sends the headers of its GET and keeps the body to itself
            scope["method"] = "GET"
        self._metrics.in_flight += 1
        try:
            if method != "GET" or not await self._answered_here(scope, answer):
                check_path(scope["path"])
                await self._app(scope, receive, answer)
        except Exception as error:
            await self._apologise(error, scope, answer, begun=status != 0)
        finally:
            self._metrics.in_flight -= 1
            self._note(method, route_of(scope), status or GONE, perf_counter() - began, call)
            CORRELATION.reset(marked)

    async def _answered_here(self, scope: Scope, send: Send) -> bool:
        path = scope["path"]
        shortcut = self._shortcuts.get(path)
        if shortcut is None:
            return False
        scope["path_template"] = path
        return await shortcut.sent(scope, send)

    def _call(self, scope: Mapping[str, Any]) -> Call:
        sent = dict(reversed(scope["headers"]))  # of several headers of one name the first counts
        given = sent.get(CORRELATION_HEADER, b"").decode("latin-1")
        socket_peer = (scope["client"] or ("unknown", 0))[0]
        return Call(
            sent,
            given if _SANE_ID.fullmatch(given) else self._new_id(),
            self._peers.of(socket_peer, scope),
            socket_peer,
            preferred(sent.get(b"accept-language", b"").decode("latin-1")),
            scope["method"] == "HEAD",
        )

    def _dressed(self, said: Iterable[Header], call: Call) -> list[Header]:
        dressed = [*said, *self._always, (CORRELATION_HEADER, call.correlation_id.encode())]
        policed = kept = False
        for name, _ in said:
            policed = policed or name == b"content-security-policy"
            kept = kept or name == b"cache-control"
        if not policed:
            dressed.append(_API_POLICY)
        if not kept:
            dressed.append(_NO_STORE)
        return dressed

    async def _apologise(self, error: Exception, scope: Scope, send: Send, *, begun: bool) -> None:
        status, body, further = self._desk.answer(error, scope)
        if begun:
            return  # half an answer is out; the connection ends here, and the lookout knows
        said = [(name.encode(), value.encode("latin-1")) for name, value in further.items()]
        said += [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": int(status), "headers": said})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _note(self, method: str, route: str, status: int, seconds: float, call: Call) -> None:
        self._metrics.answered(method, route, status, seconds)
        self._lookout.answered(
            Answered(
                method=method,
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 3),
                correlation_id=call.correlation_id,
            )
        )
