"""Where a journey is played: one world, a portal that lives again and again beside it, and who acts on both."""

import copy
import itertools
import os
import shutil
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal

from adapters.fakes.remote import link_remote
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.policy import Policy
from genkan.client import Customer, Json, NotExpected, Portal
from genkan.operators import Operators, at_work
from genkan.settings import PARTNERS, Choice, Durable
from tests import databases
from tests.crash_sweep.heard import PATIENCE, Broken, LifeHeard
from tests.crash_sweep.points import Fate
from tests.crash_sweep.victim import LOOKS, Life
from tests.crash_sweep.zygote import Zygote
from tests.portal import over_the_wire, settings_for
from tests.world_served import Call, served_world

SERVING = 10.0
"""Seconds within which it serves again (T-8)."""
ANSWERED = 5
"""How many times as long as for quiet is waited for an answer."""
A_MINUTE = timedelta(seconds=61)
"""What goes by while all is waited for to be quiet: the portal looks each minute for what was lost."""
POLICY = Policy(access_life=timedelta(days=365), auto_terminate=True)
SECRET = "secret-of-the-sweep-0123456789abcdef-0123456789"


ORDINARY = Fate()
"""Nothing happens to it, and its points count once the sweeper says so."""


@dataclass(frozen=True)
class Kept:
    """Everything as it stood once: the portal's data, the world, and what is known from before."""

    folder: Path
    world: World
    known: dict[str, Any]


class Client(httpx.Client):
    """Asks the portal that lives at the moment; Died is what it hears from one that doesn't any more."""

    life: LifeHeard | None = None

    def send(self, *given: Any, **named: Any) -> httpx.Response:
        try:
            return super().send(*given, **named)
        except httpx.TransportError:
            if self.life is not None and self.life.is_over():
                self.life.died()
            raise


@dataclass
class Crew:
    """What is there once for a worker: the zygote, the loop that worlds live in, and two clients."""

    zygote: Zygote
    loop: BlockingPortal
    folder: Path
    http: Client = field(default_factory=lambda: Client(trust_env=False))
    looking: Client = field(
        default_factory=lambda: Client(timeout=ANSWERED * PATIENCE, trust_env=False, headers={LOOKS.decode(): "1"})
    )
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def call(self) -> Call:
        """Calls inside the loop that worlds live in."""
        return self.loop.call

    @contextmanager
    def wires(self, world: World) -> Iterator[dict[str, Any]]:
        """How the portal reaches Salesforce and WHMCS: as they are spoken to where that is asked for, else by ports."""
        spoken = over_the_wire()
        if not spoken:
            yield {}
            return
        from genkan import salesforce, whmcs  # noqa: PLC0415 - most sweeps need none of it

        org, billing = salesforce.sandbox_of(world), whmcs.sandbox_of(world)
        with ExitStack() as stack:
            for served in (org.served(), billing.served()):
                stack.enter_context(self.loop.wrap_async_context_manager(served))
            reached = {
                "salesforce": org.as_set_up(spoken["salesforce"]),
                "whmcs": billing.as_set_up(spoken["whmcs"]),
                "ports": spoken["ports"] | dict.fromkeys(PARTNERS, Choice.FAKE),
            }
            yield spoken | reached

    @contextmanager
    def stage(self, kept: Kept) -> Iterator["Stage"]:
        """A stage on which everything stands as it was kept, and goes its own way from there."""
        folder = self.folder / f"run-{next(self.numbers)}"
        copied_data(kept.folder, folder)
        world = self.call(kept.world.twin, self.call(kept.world.clock.now))
        with served_world(world, self.call) as address, self.wires(world) as reached:
            stage = Stage(self, folder, world, address, copy.deepcopy(kept.known), reached)
            try:
                yield stage
            finally:
                stage.close()
                databases.drop_beneath(folder)
                shutil.rmtree(folder, ignore_errors=True)


def copied_data(here: Path, there: Path) -> None:
    """A copy of what a portal keeps; nobody has it open."""
    shutil.copytree(here, there, ignore=shutil.ignore_patterns("line-*"))
    if databases.WHOLE != databases.SQLITE:
        databases.copied(here / "genkan.db", there / "genkan.db")


class Desk:
    """The people behind a system, asked from outside of the world's loop."""

    def __init__(self, call: Call, role: Any) -> None:
        self._call = call
        self._role = role

    def __getattr__(self, deed: str) -> Callable[..., Any]:
        return lambda *given, **named: self._call(lambda: getattr(self._role, deed)(*given, **named))


class Stage:
    """A world and the portal beside it; whoever acts on either does it here."""

    def __init__(
        self, crew: Crew, folder: Path, world: World, address: str, known: dict[str, Any], reached: dict[str, Any]
    ) -> None:
        self.crew = crew
        self.folder = folder
        self.world = world
        self.known = known
        self._link = link_remote(address)
        self.salesforce = Desk(crew.call, self._link.staff_desk)
        self.whmcs = Desk(crew.call, self._link.billing_desk)
        self.mailbox = Desk(crew.call, self._link.mailbox)
        self._control = Desk(crew.call, self._link.control)
        kept_in = {"secret": SECRET} | databases.settings_of(folder / "genkan.db") | reached
        self.settings = settings_for(folder, world=address, policy=POLICY, durable=Durable.DBOS, **kept_in)
        self.portal = Portal(crew.http)
        self._life: LifeHeard | None = None
        self.be_patient(PATIENCE)
        self.slowest_start = self.slowest_quiet = 0.0

    def be_patient(self, seconds: float) -> None:
        """Wait so long for it to be quiet, and some times as long for an answer: at each point it may be looked at."""
        self.patience = seconds
        self.crew.http.timeout = ANSWERED * seconds

    # --- the portal's life -----------------------------------------------------------------------------------------
    def start(self, fate: Fate = ORDINARY, held: Callable[[str], None] = lambda point: None) -> None:
        """Begin a life; back when it serves. Raises Died when it ends before.

        Where it waits at points, each is `held` before it is let go on.
        """
        line = str(self.folder / f"line-{next(self.crew.numbers)}")
        began = time.monotonic()
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(line)
            listening.listen()
            pid = self.crew.zygote.begin(Life(settings=self.settings, line=line, fate=fate))
            listening.settimeout(PATIENCE)
            self._life = LifeHeard(pid, self.crew.zygote, listening.accept()[0], held)
        address = self._life.answer("ready")
        for http in (self.crew.http, self.crew.looking):
            http.base_url, http.life = httpx.URL(address), self._life
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)

    @property
    def life(self) -> "LifeHeard":
        assert self._life is not None
        return self._life

    @property
    def passed(self) -> list[str]:
        """The points that this life came by."""
        return self.life.passed

    def begin(self) -> None:
        """From here on its points count."""
        self.life.ask("begin")

    def settle(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Let time go by until all is quiet, and look at everything meanwhile; raises Died when it dies of it."""
        began = time.monotonic()
        self.still(meanwhile)
        self.move_on(A_MINUTE)
        self._until("quiet", meanwhile)
        self.slowest_quiet = max(self.slowest_quiet, time.monotonic() - began)

    def still(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Wait until nothing is left to be done that has begun."""
        self._until("still", meanwhile)

    def _until(self, what: str, meanwhile: Callable[[], None]) -> None:
        until = time.monotonic() + self.patience
        while not self.life.ask(what, self.patience):
            if time.monotonic() > until:
                raise Broken(f"not quiet: {self.life.events[-5:]}")
            meanwhile()

    def books(self) -> dict[str, list[Any]]:
        """What the portal keeps of its own."""
        kept: dict[str, list[Any]] = self.life.ask("books")
        return kept

    def requests(self) -> list[str]:
        """Every request that was accepted, by the id that its customer knows it by."""
        accepted: list[str] = self.life.ask("requests")
        return accepted

    def stop(self) -> None:
        """Ask it to end, and wait."""
        life, self._life = self.life, None
        os.kill(life.pid, signal.SIGTERM)
        if (status := life.end()) != 0:
            raise Broken(f"it stopped with status {status}: {life.events[-5:]}")

    def close(self) -> None:
        """Nothing of it goes on."""
        if self._life is not None:
            os.kill(self._life.pid, signal.SIGKILL)
            self._life.end()
        self.crew.call(self._link.close)

    def kept(self) -> Kept:
        """Everything as it stands now, with the portal stopped."""
        folder = self.crew.folder / f"kept-{next(self.crew.numbers)}"
        copied_data(self.folder, folder)
        at = self.crew.call(self.world.clock.now)
        return Kept(folder, self.crew.call(self.world.twin, at), copy.deepcopy(self.known))

    # --- who acts --------------------------------------------------------------------------------------------------
    def customer(self, name: str, *, looks: bool = False) -> Customer:
        """The customer of that name, as their page asks; one that only looks leaves nothing behind."""
        known = self.known["customers"][name]
        portal = Portal(self.crew.looking) if looks else self.portal
        return Customer(portal, known["email"], known["password"], known["tokens"])

    def knows(self, name: str, customer: Customer) -> None:
        """Remember a customer with the tokens they have now."""
        known = {"email": customer.email, "password": customer.password, "tokens": customer.tokens}
        self.known.setdefault("customers", {})[name] = known

    @staticmethod
    def later(ask: Callable[[], Any]) -> Any:
        """What is answered once it can be: what was received is not done yet."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return ask()
            except NotExpected:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def operate(self, deed: Callable[[Operators], Awaitable[Any]]) -> Any:
        """What an operator does from the command line, beside the portal."""

        async def done() -> Any:
            async with at_work(self.settings) as operators:
                return await deed(operators)

        return self.crew.call(done)

    # --- the world -------------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        """The instant it is."""
        at: datetime = self.crew.call(self.world.clock.now)
        return at

    def move_on(self, by: timedelta) -> None:
        """Let time go by."""
        self._control.advance(by=by)

    def loses_answers(self, system: str, *operations: str) -> None:
        """The next answer to each of these calls is lost, though they are done."""
        for operation in operations:
            self._control.switch_fault(system=system, operation=operation, kind="timeout_after", times=1)

    def rows(self, table: str, **equals: Json) -> list[Row]:
        """The records of a table, oldest first."""
        found: list[Row] = self.crew.call(lambda: self.world.records.find(table, **equals))
        return found

    def row(self, table: str, **equals: Json) -> Row:
        """The one record that is so."""
        (row,) = self.rows(table, **equals)
        return row

    def account(self, name: str) -> Row:
        """The customer's account in Salesforce."""
        return self.row("account", number=self.known["customers"][name]["tokens"]["customerNumber"])
