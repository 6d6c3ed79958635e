"""Partners and mail service behind their ports: the operator's own, or the made-up partners over HTTP (OPS-1)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from adapters.fakes.bindings import WorldBindings
from adapters.partners.settings import PartnerSettings
from genkan.settings import MAILER, PARTNERS, Choice, Settings, Wrong
from ports.clock import Clock

if TYPE_CHECKING:  # they bring an HTTP client, and most portals need none
    from adapters.fakes.world import World
    from adapters.partners.bindings import PartnerPorts

SYSTEMS: Final = {"esim_issuer": "esim", "line_checker": "line_checker"}
"""What the world's faults call whom each port asks."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The made-up partners at an address of this machine."""

    world: "World"
    port: int

    def as_set_up(self, settings: PartnerSettings) -> PartnerSettings:
        """How the portal asks them, all else being as it is set."""
        from adapters.fakes.wire.partners.server import KEYS

        here = f"http://127.0.0.1:{self.port}"
        return msgspec.structs.replace(
            settings,
            esim_url=f"{here}/esim/v1",
            esim_key=KEYS["esim"],
            line_url=f"{here}/line/v1",
            line_key=KEYS["line"],
        )

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Serve them until the block ends."""
        from adapters.fakes.wire.partners.server import served

        async with served(self.world, port=self.port):
            yield


@dataclass(frozen=True, slots=True)
class Partners:
    """The ports of partners by their names, and what is held open for them."""

    bound: Mapping[str, Any]
    behind: "PartnerPorts | None" = None
    server: Sandbox | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in self.bound:
            raise AttributeError(name)
        return self.bound[name]

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Serve the made-up partners, if they are of this process, and let go of every connection in the end."""
        async with AsyncExitStack() as stack:
            if self.server is not None:
                await stack.enter_async_context(self.server.served())
            if self.behind is not None:
                stack.push_async_callback(self.behind.close)
            yield


def partners_of(settings: Settings, world: WorldBindings | None, clock: Clock) -> dict[Choice, Partners]:
    """What stands behind the partners' ports, for each kind of binding that the settings choose; raises Wrong."""
    found = {}
    if any(settings.choice(port) is Choice.SANDBOX for port in PARTNERS):
        found[Choice.SANDBOX] = _made_up(settings.partners, world)
    real = _real(settings, clock)
    if real.bound:
        found[Choice.REAL] = real
    return found


def beside(upstream: Mapping[Choice, Any], partners: Mapping[Choice, Partners]) -> dict[Choice, Any]:
    """Each kind of binding with the partners' ports beside what there is already."""
    return {**upstream, **{choice: _Beside(upstream.get(choice), each) for choice, each in partners.items()}}


@dataclass(frozen=True, slots=True)
class _Beside:
    others: Any
    partners: Partners

    def __getattr__(self, name: str) -> Any:
        return getattr(self.partners if name in self.partners.bound else self.others, name)


def _made_up(settings: PartnerSettings, world: WorldBindings | None) -> Partners:
    from adapters.fakes.addresses import free_port
    from adapters.fakes.wire.partners.striking import STRIKES
    from adapters.fakes.wire.striking import Faulty, Struck
    from adapters.partners.bindings import partner_ports

    if settings.is_told:
        return _as_set(settings)
    if world is None or world.here is None:
        raise Wrong(["partners: the world is another process's, so say where it serves its partners"])
    here = world.here
    server = Sandbox(here, free_port())
    _say_it_ourselves()
    ports = partner_ports(server.as_set_up(settings), Struck(STRIKES))
    bound = {name: Faulty(here, getattr(ports, name), system, STRIKES) for name, system in SYSTEMS.items()}
    return Partners(bound, ports, server)


def _real(settings: Settings, clock: Clock) -> Partners:
    chosen = {port for port in (*PARTNERS, MAILER) if settings.choice(port) is Choice.REAL}
    partners = _as_set(settings.partners) if chosen & PARTNERS else Partners({})
    bound = {name: port for name, port in partners.bound.items() if name in chosen}
    if MAILER in chosen:
        from adapters.mail.smtp import SmtpMailer

        if faults := settings.mail.faults():
            raise Wrong(faults)
        bound[MAILER] = SmtpMailer(settings.mail, settings.policy, clock)
    return Partners(bound, partners.behind)


def _as_set(settings: PartnerSettings) -> Partners:
    from adapters.partners.bindings import partner_ports

    if faults := settings.faults():
        raise Wrong(faults)
    _say_it_ourselves()
    ports = partner_ports(settings)
    return Partners({name: getattr(ports, name) for name in SYSTEMS}, ports)


def _say_it_ourselves() -> None:
    import stamina

    stamina.instrumentation.set_on_retry_hooks([])  # the adapter says itself what failed
