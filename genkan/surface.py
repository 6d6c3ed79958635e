"""The HTTP surface of a running portal: its areas, what they are given, and who hears of what happens."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import MappingProxyType
from typing import Any, Final

import structlog
from litestar import Litestar

from adapters.http import staff
from adapters.http.app import create_app
from adapters.http.billing import BILLING
from adapters.http.cancellation import CANCELLATION
from adapters.http.catalog import CATALOG
from adapters.http.checkout import CHECKOUT
from adapters.http.eligibility import ELIGIBILITY
from adapters.http.fulfilment import FULFILMENT
from adapters.http.health import Check
from adapters.http.identity import VERIFICATION
from adapters.http.log_in import LOG_IN
from adapters.http.metrics import Metrics
from adapters.http.notices import NOTICES_AREA
from adapters.http.orders import ORDERS
from adapters.http.profile import PROFILE
from adapters.http.requests import REQUESTS
from adapters.http.services import SERVICES
from adapters.http.sign_up import SIGN_UP
from adapters.http.standing import STANDING
from adapters.http.support import SUPPORT
from adapters.http.surroundings import Answered, HttpSettings, SigningSecret, Surroundings
from adapters.http.timeline import TIMELINE
from genkan.console import StaffConsole
from genkan.log_lines import AccessLog
from genkan.portal_desk import PortalDesk
from genkan.running import Running
from genkan.settings import Profile
from ports.errors import Unavailable

log = structlog.get_logger()

AREAS: Final[tuple[Any, ...]] = (
    *SIGN_UP,
    *LOG_IN,
    *PROFILE,
    *STANDING,
    *TIMELINE,
    *CATALOG,
    *CHECKOUT,
    *ELIGIBILITY,
    *VERIFICATION,
    *ORDERS,
    *SERVICES,
    *CANCELLATION,
    *BILLING,
    *FULFILMENT,
    *NOTICES_AREA,
    *REQUESTS,
    *SUPPORT,
)
"""Every area of /api, in the order of the documentation."""


class LoggedLookout:
    """`adapters.http.surroundings.Lookout`: what happens at the door becomes log lines.

    Requests go to `access`, where there is one.
    """

    def __init__(self, access: AccessLog | None = None) -> None:
        self._access = access or _by_structlog

    def answered(self, call: Answered) -> None:
        """A request got its answer."""
        self._access(call)

    def crashed(self, error: BaseException, route: str, correlation_id: str) -> None:
        """A request met a bug."""
        log.error("http.crashed", route=route, correlation=correlation_id, exc_info=error)

    def upstream_refused(self, code: str, route: str, correlation_id: str) -> None:
        """Another system refused what no use case foresaw."""
        log.error("http.upstream_refused", code=code, route=route, correlation=correlation_id)


def _by_structlog(call: Answered) -> None:
    log.info(
        "http.answered",
        method=call.method,
        route=call.route,
        status=call.status,
        milliseconds=round(call.milliseconds, 2),
        correlation=call.correlation_id,
    )


def surface(running: Running, access: AccessLog | None = None) -> Litestar:
    """The application of a portal; the portal opens with it and closes with it. `access` writes down its requests."""
    it, settings = running.container, running.settings
    around = Surroundings(
        clock=it.clock(),
        ids=it.ids(),
        store=it.store(),
        limits=it.limits(),
        sessions=it.sessions(),
        lookout=LoggedLookout(access),
        signing=tuple(SigningSecret(id, secret.encode()) for id, secret in settings.signing_secrets.items()),
    )
    http = HttpSettings(
        public_url=settings.public_url.rstrip("/"),
        profile=settings.profile.value,
        trusted_proxies=settings.trusted_proxies,
    )
    beside: tuple[Any, ...] = ()
    given = _given(it)
    if settings.profile is not Profile.PRODUCTION and running.world is not None:
        beside = staff.STAFF
        console = StaffConsole(running.world, PortalDesk(it.store(), it.read_timeline()), running.settle)
        given["console"] = _giving(StaffConsole, lambda: console)
    checks, lifespan = _checks(running), [_opening(running)]
    return create_app(http, around, AREAS, given, beside=beside, checks=checks, lifespan=lifespan, metrics=_metrics(it))


def _given(it: Any) -> dict[str, Callable[[], object]]:
    return {name: _giving(object, provider) for name, provider in it.providers.items() if name != "settings"}


def _giving(kind: type, provider: Callable[[], Any]) -> Callable[[], object]:
    def give() -> object:
        return provider()

    give.__annotations__["return"] = kind
    return give


def _metrics(it: Any) -> Metrics:
    metrics, figures = Metrics(), it.figures()
    metrics.registry.register(figures)
    metrics.looks.append(figures.look)
    return metrics


def _checks(running: Running) -> tuple[Check, ...]:
    async def database() -> None:
        async with running.container.store().reading() as shelves:
            await shelves.flags.all()

    async def work() -> None:
        if not running.container.work().is_going:
            raise Unavailable("durable work")

    asked = (Check(system, _answers(running, system), needed=False) for system in ("salesforce", "whmcs"))
    return Check("database", database), Check("work", work), *asked


def _answers(running: Running, system: str) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        if not running.container.answering().answers(system):
            raise Unavailable(system)

    return ask


def _opening(running: Running) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def opened(_: Litestar) -> AsyncIterator[None]:
        async with running.open():
            yield

    return opened


def told(event: str, **about: Any) -> None:
    """What durable work does, as a log line: what a person should look at is an error."""
    log.log(LEVELS.get(event, logging.ERROR), event, **about)


LEVELS: Final[Mapping[str, int]] = MappingProxyType({"work.ended": logging.INFO, "work.unanswered": logging.WARNING})
"""How much each thing that durable work tells of matters; what is not here is an error."""
