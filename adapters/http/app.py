"""The HTTP surface put together: areas behind one door, one guard, one desk for faults."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from copy import copy
from typing import Any, Final

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from adapters.http.auth import Gatekeeper
from adapters.http.body import StrictRequest
from adapters.http.calls import call_of
from adapters.http.docs_page import docs_config, docs_elsewhere
from adapters.http.door import Door
from adapters.http.events_stream import Streams
from adapters.http.faults import FaultDesk
from adapters.http.health import Check, live, ready
from adapters.http.idempotency import Once
from adapters.http.metrics import Metrics, metrics_page
from adapters.http.paging import Cursors
from adapters.http.problem_pages import problem_page
from adapters.http.ready import AtOnce
from adapters.http.strictness import Strictness
from adapters.http.surroundings import HttpSettings, Surroundings
from adapters.http.throttle import Throttle
from core.domain.refusals import NotLoggedIn
from core.domain.session import Session
from core.domain.words import Language

API: Final = "/api"
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(
    settings: HttpSettings,
    around: Surroundings,
    areas: Sequence[ControllerRouterHandler],
    dependencies: Mapping[str, Callable[[], object]] | None = None,
    *,
    beside: Sequence[ControllerRouterHandler] = (),
    checks: Sequence[Check] = (),
    lifespan: Sequence[Lifespan] = (),
    metrics: Metrics | None = None,
) -> Litestar:
    """The surface with its `areas` under /api and what is served `beside` them.

    `dependencies` bind what handlers take as `Given[...]`, by name: factories with an annotated result, called for
    each request. Every handler may also take session, caller, language, once, throttle, cursors, streams and settings.
    """
    desk = FaultDesk(settings, around.lookout)
    metrics = metrics or Metrics()
    gatekeeper, strictness = Gatekeeper(settings, around), Strictness()
    streams = Streams(settings.heartbeat, settings.streams_each)
    metrics.streams.set_function(lambda: streams.open)
    given = {
        **_bound(dependencies or {}),
        **_of_every_request(settings, around, streams),
        **_bound({"metrics": lambda: metrics, "checks": lambda: tuple(checks)}),
    }
    elsewhere = (*beside, metrics_page, problem_page, *([docs_elsewhere] if settings.docs else []))
    handlers = [_fitted(each, given, API) for each in (*areas, live, ready)]
    app = Litestar(
        [*handlers, *(_fitted(each, given) for each in elsewhere)],
        before_request=strictness,
        exception_handlers=desk.handlers(),
        guards=[gatekeeper],
        lifespan=list(lifespan),
        logging_config=None,
        openapi_config=docs_config(settings) if settings.docs else None,
        request_class=StrictRequest,
        request_max_body_size=settings.body_limit,
        state=State(
            {"body_time": settings.body_time, "sessions": gatekeeper.sessions, "streams": streams, "metrics": metrics}
        ),
    )
    strictness.learn(app)
    app.asgi_handler = Door(app.asgi_handler, settings, around, desk, metrics, _shortcuts(handlers))
    return app


def stop_streams(app: Litestar) -> None:
    """End the open event streams, so that a server which is asked to stop need not wait for them."""
    app.state.streams.close()


def _bound(factories: Mapping[str, Callable[[], object]]) -> dict[str, Provide]:
    return {name: Provide(factory, sync_to_thread=False) for name, factory in factories.items()}


def _fitted(handler: ControllerRouterHandler, given: Mapping[str, Provide], under: str = "") -> ControllerRouterHandler:
    # Litestar copies routers whole, and compares all that a handler is given with all the rest of it: so no router,
    # and each handler with what it names alone, which makes the start twice as fast
    if not isinstance(handler, HTTPRouteHandler):
        return Router(under or "/", route_handlers=[handler], dependencies=dict(given))
    named = inspect.signature(handler.fn).parameters
    fitted = copy(handler)  # the module's own stays as it is, for another application of this process
    fitted.paths = {under + path for path in handler.paths}
    fitted.dependencies = {name: provide for name, provide in given.items() if name in named}
    return fitted


def _shortcuts(handlers: Sequence[ControllerRouterHandler]) -> dict[str, AtOnce]:
    return {
        path: each
        for handler in handlers
        if isinstance(handler, HTTPRouteHandler)
        for each in handler.middleware or ()
        if isinstance(each, AtOnce)
        for path in handler.paths
        if "{" not in path
    }


def _of_every_request(settings: HttpSettings, around: Surroundings, streams: Streams) -> dict[str, Provide]:
    throttle, cursors = Throttle(around.limits, around.clock), Cursors(settings.cursor_key)

    def caller(request: Request[Any, Any, Any]) -> Session | None:
        return call_of(request.scope).session

    def session(request: Request[Any, Any, Any]) -> Session:
        found = call_of(request.scope).session
        if found is None:
            raise NotLoggedIn
        return found

    def language(request: Request[Any, Any, Any]) -> Language:
        return call_of(request.scope).language

    def once(request: Request[Any, Any, Any]) -> Once:
        return Once(around.store, around.clock, around.ids, settings.key_lease, throttle, request)

    shared: dict[str, Callable[..., object]] = {
        "caller": caller,
        "session": session,
        "language": language,
        "once": once,
        "throttle": lambda: throttle,
        "cursors": lambda: cursors,
        "streams": lambda: streams,
        "settings": lambda: settings,
    }
    return _bound(shared)
