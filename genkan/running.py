"""The portal as a running process: what is opened, in which order, and closed again."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from adapters.db.installation import pair_of, pair_with
from adapters.db.migrate import migrate
from adapters.db.opening import NotOpened
from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.demo_catalog import stock
from adapters.fakes.whmcs.products import mirror_catalog
from adapters.fakes.world import World
from adapters.system.clock import RealClock
from adapters.system.ids import RandomIds
from genkan.agreeing import faults_of_real_systems
from genkan.container import handlers, portal, use_case_of
from genkan.duties import claimed, leave_running, on_duty
from genkan.folder import make_folder
from genkan.partners import Partners, beside, partners_of
from genkan.rounds import PAUSE, PAUSE_AMONG_SEVERAL, GoRound, TakeInFacts
from genkan.settings import SALESFORCE, WHMCS, Choice, Profile, Settings, Wrong
from ports.clock import Clock
from ports.errors import Unavailable

if TYPE_CHECKING:
    from genkan.linking import Together

DRAIN = 12.0
"""Seconds that running work has when the process is asked to stop; what is left goes on elsewhere, or at the next
start. Together with what requests have it stays below 25."""


class NotAPair(Wrong):
    """The database and the saved world do not belong together: both are kept, or neither."""


@dataclass(frozen=True, slots=True)
class Running:
    """A portal of this process: its container, and the made-up world where there is one."""

    settings: Settings
    container: Any
    world: WorldBindings | None
    links: "tuple[Together | Partners, ...]" = field(default=(), kw_only=True)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Migrate, take up what was left, and go on until the block ends; then stop within `DRAIN` seconds."""
        it = self.container
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.reach())
            work = it.work()
            await stack.enter_async_context(claimed(self.settings, it.database(), work.give_up))
            await leave_running(it, self.settings.executor_name if self.settings.is_one_of_several else None)
            work.bind(handlers(it))
            await work.open()
            stack.push_async_callback(work.stop, DRAIN)
            await stack.enter_async_context(on_duty(it, self.settings, self.facts.forever, self.round.forever))
            yield

    @asynccontextmanager
    async def reach(self) -> AsyncIterator[None]:
        """Hold database and systems until the block ends, and begin no work: for commands beside a portal, too."""
        it = self.container
        async with AsyncExitStack() as stack:
            if self.world is not None:
                await _greet(self.world, self.settings.world)
                stack.push_async_callback(self.world.close)
            for link in self.links:
                await stack.enter_async_context(link.held())
            stack.push_async_callback(it.database().close)
            stack.push_async_callback(it.document_cleaner().close)
            stack.callback(it.passwords().close)
            await _migrated(it.database())
            if self.world is not None:
                await _pair(it.database(), self.world, shared=bool(self.settings.world))
            elsewhere = it.elsewhere()
            await it.signals().open(elsewhere.heard, elsewhere.missed)
            stack.push_async_callback(it.signals().close)
            yield

    @property
    def facts(self) -> TakeInFacts:
        """The taking in of facts."""
        it = self.container
        return TakeInFacts(it.fact_stream(), it.work(), it.store(), use_case_of(it, "catch_up"), it.clock())

    @property
    def round(self) -> GoRound:
        """What is looked at every little while."""
        it = self.container
        restart = use_case_of(it, "restart_requests")
        it.look_for_lost(), it.hurry_late()  # both reckon from when the portal opened, not from their first look
        every = PAUSE_AMONG_SEVERAL if self.settings.is_one_of_several else PAUSE
        return GoRound(it.begin_days(), restart, self._look, it.tell_of_work(), it.look_for_left(), every)

    async def _look(self) -> None:
        await self.container.look_for_lost()()
        await self.container.hurry_late()()

    async def settle(self, wait: float) -> bool:
        """Let everything that is due happen, within `wait` seconds; whether all was quiet then.

        While the stream of facts is down, what it would have told is left to the looks for what was lost.
        """
        it = self.container
        until = asyncio.get_running_loop().time() + wait
        await it.begin_days()()
        await it.tell_of_work()()
        await it.look_for_left()()
        with suppress(Unavailable):
            await self._look()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await it.cached_catalog().settled()
        while (left := until - asyncio.get_running_loop().time()) > 0:
            released = await it.work().release_due(it.clock().now())
            taken = 0
            with suppress(Unavailable):
                taken = await self.facts.once(0)
            quiet: bool = await it.work().quiet(left)
            if not taken and not released:
                return quiet
        return False


def prepare(
    settings: Settings, events: Callable[..., None], world: WorldBindings | None = None, *, served_at: str = ""
) -> Running:
    """Everything put together, nothing opened yet but the world; raises Wrong.

    Without a `world` given, the settings say which: that of another process, or the one saved beside the database.
    `served_at` is the portal's address, if it is served: a made-up WHMCS of this process posts there what happens.
    """
    if faults := faults_of_real_systems(settings):
        raise Wrong(faults)
    make_folder(settings)
    if world is None and settings.profile is not Profile.PRODUCTION:
        world = _world(settings)
    upstream: dict[Choice, Any] = {Choice.FAKE: world} if world is not None else {}
    clock = world.clock if world is not None else RealClock()
    if served_at and settings.makes_up_billing:
        settings = _signing(settings)
    links = _links(settings, world, clock, served_at)
    partners = partners_of(settings, world, clock)
    container = portal(settings, beside(upstream | links, partners), clock, _secret(settings), events)
    for link in links.values():
        link.meets(container.cached_catalog, container.store)
    return Running(settings, container, world, links=(*links.values(), *partners.values()))


def _signing(settings: Settings) -> Settings:
    """A secret of this run where none is set, known to the portal and its made-up WHMCS alone."""
    ids = RandomIds()
    made = {"whmcs": f"{ids.new()}{ids.new()}"}
    return msgspec.structs.replace(settings, signing_secrets=settings.signing_secrets or made)


def _links(settings: Settings, world: WorldBindings | None, clock: Clock, served_at: str) -> "dict[Choice, Together]":
    chosen = {settings.choice(port) for port in SALESFORCE | WHMCS} - {Choice.FAKE}
    if not chosen:
        return {}
    from genkan.linking import together_of  # it brings an HTTP client, and most portals need none

    links = {choice: together_of(choice, settings, world, clock, served_at) for choice in sorted(chosen)}
    return {choice: link for choice, link in links.items() if link.links}


def _world(settings: Settings) -> WorldBindings:
    if settings.world:
        from adapters.fakes.remote import link_remote  # it brings an HTTP client, and most portals need none

        return link_remote(settings.world)
    file = settings.world_file
    embedded = settings.data / "genkan.db"
    if not settings.database and not file.exists() and _was_paired(embedded):
        raise NotAPair([f"data: {embedded} has lost the world saved beside it ({file}); bring it back or begin anew"])
    return bind_world(saved_world(file), settings.policy)


def _was_paired(database: Path) -> bool:
    """Whether a world was ever beside the database; a command may have made it before a portal first ran."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(database)) as file, suppress(sqlite3.OperationalError):
        return file.execute("SELECT 1 FROM installation").fetchone() is not None
    return False


def saved_world(file: Path) -> World:
    """The world kept in that file, or a new one with the demo catalog; raises Wrong while another process has it."""
    try:
        known = file.exists()
        world = World.load(file, RealClock()) if known else World.new(RealClock(), path=file, pair=RandomIds().new())
    except sqlite3.OperationalError as error:
        raise Wrong([f"data: {file} can't be opened ({error}); several portals share one by `genkan world`"]) from error
    if not world.records.find("billing_product"):  # not only a new one: its first start may have been cut short
        stock(world.records)
        mirror_catalog(world.records)
    return world


async def _migrated(database: Any) -> None:
    try:
        await migrate(database)
    except (NotOpened, Unavailable) as error:
        raise Wrong([f"database: {error}"]) from error


async def _greet(world: WorldBindings, address: str) -> None:
    try:
        await world.control.now()
    except Unavailable as down:
        raise Wrong([f"world: nothing answers at {address}; start it with `genkan world`"]) from down


async def _pair(database: Any, world: WorldBindings, *, shared: bool) -> None:
    mine, theirs = await pair_of(database), await world.control.pair()
    if mine is None:
        if not shared and await world.control.ledger(0, 1):
            raise NotAPair(["data: the saved world belongs to another database; bring that back or begin anew"])
        mine = await pair_with(database, theirs, world.clock.now())
    if mine != theirs:
        raise NotAPair(["data: the database and the saved world are of two pairs; bring the right one back"])


def _secret(settings: Settings) -> bytes:
    if settings.secret:
        return settings.secret.encode()
    file = settings.data / "secret.key"
    with suppress(FileNotFoundError):
        return file.read_bytes()
    secret = RandomIds().new().encode() + RandomIds().new().encode()
    # whole or not at all: half a key, left by a crash, would keep every later start from starting
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes(secret)
    fresh.replace(file)
    return secret
