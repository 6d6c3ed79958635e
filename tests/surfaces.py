"""One HTTP surface for one portal after the other: putting it together anew takes longer than most of what is tested.

Whatever the surface asks of its portal, it asks the one that is open at the moment; nothing of a portal stays with it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from litestar import Litestar

from adapters.http.funnel import Funnel
from adapters.http.metrics import Metrics
from genkan.running import Running
from genkan.surface import surface

MOST = 3
"""How many surfaces are kept in a test process: most portals have the same settings."""


class Standin:
    """Stands for a part of whichever portal is open."""

    def __init__(self, real: Callable[[], Any]) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real(), name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            # what is asked for now may be called when another portal is open
            return getattr(self._real(), name)(*given, **named)

        return call

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._real()(*given, **named)


@dataclass
class Relay:
    """`genkan.running.Running`, as far as the surface knows one, of whichever portal is open."""

    now: Running

    @property
    def settings(self) -> SimpleNamespace:
        """What a surface is kept by, and no more: one that reads more has to be kept by that too."""
        return SimpleNamespace(**_made_for(self.now))

    @property
    def world(self) -> Any:
        return Standin(lambda: self.now.world) if self.now.world is not None else None

    @property
    def container(self) -> "Parts":
        return Parts(self)

    def open(self) -> AbstractAsyncContextManager[None]:
        return self.now.open()

    async def settle(self, wait: float) -> bool:
        return await self.now.settle(wait)


@dataclass
class Parts:
    """The container of whichever portal is open; what it provides is a stand-in."""

    _relay: Relay

    @property
    def providers(self) -> dict[str, Callable[[], Any]]:
        return {name: self._provider(name) for name in self._relay.now.container.providers}

    def __getattr__(self, name: str) -> Callable[[], Standin]:
        return lambda: Standin(self._provider(name))

    def _provider(self, name: str) -> Callable[[], Any]:
        def provide() -> Any:
            return self._relay.now.container.providers[name]()

        return provide


@dataclass
class Kept:
    """A surface, what it was made for, and whether a portal is open behind it."""

    made_for: dict[str, Any]
    app: Litestar
    relay: Relay
    opt: dict[str, Any]
    state: dict[str, Any]
    is_taken: bool = field(default=False)

    def forget(self) -> None:
        """Be as it was made: what it kept to answer at once was another portal's."""
        self.app.opt.clear()
        self.app.opt.update(self.opt)
        self.app.state.clear()
        self.app.state.update(self.state)
        self.app.state.streams.closing = asyncio.Event()
        _count_anew(self.app.state.metrics)


_KEPT: list[Kept] = []


@contextmanager
def surface_of(running: Running, prepare: Callable[[Litestar], None]) -> Iterator[Litestar]:
    """The surface of that portal, for as long as the block lasts; `prepare` sees each new one once."""
    kept = _kept(_made_for(running), running, prepare)
    kept.relay.now, kept.is_taken = running, True
    kept.forget()
    try:
        yield kept.app
    finally:
        kept.is_taken = False


def _made_for(running: Running) -> dict[str, Any]:
    """All of the settings that `genkan.surface` reads when it puts a surface together."""
    settings = running.settings
    return {
        "has_world": running.world is not None,
        "profile": settings.profile,
        "public_url": settings.public_url,
        "signing_secrets": settings.signing_secrets,
        "trusted_proxies": settings.trusted_proxies,
    }


def _kept(made_for: dict[str, Any], running: Running, prepare: Callable[[Litestar], None]) -> Kept:
    for each in _KEPT:
        if each.made_for == made_for and not each.is_taken:
            return each
    relay = Relay(running)
    app = surface(relay)  # type: ignore[arg-type]
    prepare(app)
    _KEPT.insert(0, Kept(made_for, app, relay, {**app.opt}, {**app.state}))
    del _KEPT[MOST:]
    return _KEPT[0]


def _count_anew(metrics: Metrics) -> None:
    vars(metrics.funnel).update(vars(Funnel()))
    metrics._answers.clear()
    metrics._times.clear()
