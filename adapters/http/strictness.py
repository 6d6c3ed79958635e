"""What is checked before any operation: ids in the path, and that every query parameter is one it takes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Litestar, Request, Response
from litestar.routes import HTTPRoute

from adapters.http.refused import Unreadable
from core.domain.refusals import FieldFault, NotFound

LONGEST_PATH: Final = 1_024
LONGEST_ID: Final = 128
LONGEST_QUERY: Final = 4_096
_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def check_path(path: str) -> None:
    """Refuse a path that no route of ours can have, before any work is done for it."""
    if len(path) > LONGEST_PATH or not path.isprintable():
        raise NotFound


def check_query(query: bytes, known: frozenset[str]) -> None:
    """Refuse a query that is broken, repeats a parameter or holds one that is not `known`."""
    if not query:
        return
    if len(query) > LONGEST_QUERY or not query.isascii() or _BROKEN_ESCAPE.search(query):
        raise Unreadable(FieldFault("", "bad_encoding"))
    seen: set[str] = set()
    for name, value in parse_qsl(query.decode("ascii"), keep_blank_values=True):
        if name not in known:
            raise Unreadable(FieldFault(name, "unknown_parameter"))
        if name in seen:
            raise Unreadable(FieldFault(name, "repeated"))
        # what was no UTF-8 has become U+FFFD
        if not value.isprintable() or "\ufffd" in value:
            raise Unreadable(FieldFault(name, "bad_characters"))
        if value.lower() == "null":
            # what converts parameters would take the word for no value at all
            raise Unreadable(FieldFault(name, "wrong_shape"))
        seen.add(name)


def allowed(methods: Iterable[str]) -> str:
    """What the Allow header says for a path with these methods; every GET has its HEAD."""
    found = {*methods, "OPTIONS"}
    return ", ".join(sorted({*found, "HEAD"} if "GET" in found else found))


class Strictness:
    """Runs before every handler; learns from the routes which methods and query parameters each takes."""

    def __init__(self) -> None:
        self._known: dict[Any, frozenset[str]] = {}
        self._methods: dict[str, set[str]] = {}

    def learn(self, app: Litestar) -> None:
        """Read the parameters of every route of the finished `app`."""
        for route in app.routes:
            if isinstance(route, HTTPRoute):
                self._methods.setdefault(route.path_format, set()).update(route.methods)
                for handler, model in route.route_handler_map.values():
                    known = frozenset(parameter.field_alias for parameter in model.expected_query_params)
                    self._known[handler] = self._known.get(handler, frozenset()) | known

    async def __call__(self, request: Request[Any, Any, Any]) -> Response[None] | None:
        scope: Mapping[str, Any] = request.scope
        if scope["method"] == "OPTIONS":
            # Litestar knows the methods of one handler, the path may have several
            allow = allowed(self._methods.get(scope["path_template"], ()))
            return Response(None, status_code=204, headers={"allow": allow})
        for value in scope["path_params"].values():
            if isinstance(value, str) and (len(value) > LONGEST_ID or not value.isprintable() or "\ufffd" in value):
                raise NotFound
        check_query(scope["query_string"], self._known[request.route_handler])
        return None
