"""The world outside the portal, made up: Salesforce, WHMCS, their clock, their faults and what people did there."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

import msgspec

from adapters.fakes.clock import WorldClock
from adapters.fakes.faults import FaultKind, Faults, Wire
from adapters.fakes.ledger import Ledger
from adapters.fakes.records import Records, merged
from adapters.fakes.saving import WorldFile
from adapters.fakes.stream import FactLog
from adapters.fakes.tables import Change, Refused
from adapters.fakes.upstreams import UPSTREAMS
from core.domain.facts import AnyFact, InvoiceChanged, PaymentMethodsChanged, ServiceChanged
from ports.clock import Clock
from ports.errors import Rejected, Unavailable

RULE_OF_THEIR_OWN: Final = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
DUPLICATE_RULE: Final = "DUPLICATES_DETECTED"
"""What Salesforce answers when a validation rule of the org refuses a record."""
Hears = Callable[[Sequence[Change], Sequence[AnyFact]], None]
"""Told of what was committed, one change for each record, and of the facts that were told of it."""
OF_BILLING: Final = (ServiceChanged, InvoiceChanged, PaymentMethodsChanged)


async def _unwatched(_point: str) -> None:
    return


class World:
    """State, clock, faults and ledger in one object; every fake of a port works on it.

    Made by `new` or `load`. `calls` counts the port calls by (system, operation); `at_call` is told of each before and
    after its effect, for tests to die there. With a file, whatever was committed is in it before the port call or the
    staff deed is over.
    """

    def __init__(self, clock: WorldClock, pair: str, file: WorldFile | None) -> None:
        self.clock = clock
        self.pair = pair
        self.faults = Faults()
        self.ledger = Ledger()
        self.stream = FactLog(pair)
        self.calls: Counter[tuple[str, str]] = Counter()
        self.at_call: Callable[[str], Awaitable[None]] = _unwatched
        self.listeners: list[Hears] = []
        self.wires: dict[str, Wire] = {}
        """Systems that are served over their own protocols too, while they are."""
        self._file = file
        self._tellings = {table: tell for upstream in UPSTREAMS for table, tell in upstream.tellings.items()}
        tables = [table for upstream in UPSTREAMS for table in upstream.tables]
        flows = {table: flow for upstream in UPSTREAMS for table, flow in upstream.flows.items()}
        self.records = Records(tables, flows, clock, self._committed)

    # --- beginning and end -----------------------------------------------------------------------------------------
    @classmethod
    def new(cls, clock: Clock | None = None, *, path: Path | None = None, pair: str = "world") -> Self:
        """A world in which only what each system's installation brings is there.

        Without a clock time ticks from a morning in January. `path` keeps it in a file, which must not exist;
        `pair` is the id it shares with the database beside it.
        """
        if path is not None and path.exists():
            raise FileExistsError(path)
        world = cls(WorldClock(clock), pair, WorldFile(path) if path is not None else None)
        for upstream in UPSTREAMS:
            if upstream.setup is not None:
                with world.records.all_or_none():
                    upstream.setup(world.records)
        return world

    @classmethod
    def load(cls, path: Path, clock: Clock | None = None) -> Self:
        """The world kept in that file, as it was when it was last answered from; FileNotFoundError without one."""
        if not path.exists():
            raise FileNotFoundError(path)
        file = WorldFile(path)
        about = file.about()
        moved = WorldClock(clock, timedelta(seconds=float(about["offset"])))
        world = cls(moved, about["pair"], file)
        for table, id, row in file.records(world.records.tables):
            world.records.restore(table, id, row)
        world.records.counts.update(msgspec.json.decode(about["counts"], type=dict[str, int]))
        world.ledger = Ledger(file.ledger())
        for seq, fact in file.facts():
            world.stream.append(fact, seq)
        world.stream.resume(int(about["told"]), int(about["forgotten"]))
        if not moved.is_real:
            moved.set(datetime.fromisoformat(about["now"]))
        moved.happened = world.ledger.last.at if world.ledger.last else None
        return world

    def twin(self, at: datetime, clock: Clock | None = None) -> Self:
        """A world like this one that goes its own way from that instant, in memory alone; `clock` moves it on."""
        twin = type(self)(WorldClock(clock), self.pair, None)
        twin.clock.set(at)
        twin.clock.happened = self.clock.happened
        twin.records.hold_as(self.records)
        twin.ledger = Ledger([*self.ledger.entries])
        twin.stream.tell_as(self.stream)
        twin.calls.update(self.calls)
        return twin

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._file is not None:
            self._save()
            self._file.close()
            self._file = None

    # --- what a fake does around each call -------------------------------------------------------------------------
    @asynccontextmanager
    async def touch(self, system: str, operation: str) -> AsyncIterator[None]:
        """Stand round the body of a port's method: counts the call, applies faults, words refusals as Rejected.

        A time-out after the effect hides only an effect: what the upstream refuses is refused all the same.
        """
        self.calls[system, operation] += 1
        struck = self.faults.take(system, operation)
        if FaultKind.SLOW in struck:
            await asyncio.sleep(struck[FaultKind.SLOW].milliseconds / 1000)
        if FaultKind.UNAVAILABLE in struck:
            raise Unavailable(f"{system} {operation}", outcome_unknown=False)
        if FaultKind.TIMEOUT_BEFORE in struck:
            raise Unavailable(f"{system} {operation}")
        if FaultKind.REFUSED in struck:
            raise Rejected(RULE_OF_THEIR_OWN, f"{system} {operation}")
        if FaultKind.DUPLICATES in struck:
            raise Rejected(DUPLICATE_RULE, f"{system} {operation}")
        await self.at_call(f"{system}.{operation}: call")
        try:
            yield
        except Refused as refused:
            raise Rejected(refused.code, refused.table, refused.fields) from refused
        await self.at_call(f"{system}.{operation}: called")
        if FaultKind.TIMEOUT_AFTER in struck:
            raise Unavailable(f"{system} {operation}")

    def emit(self, fact: AnyFact) -> None:
        """Tell the portal a fact, unless a fault loses it; a fault may tell it twice. An empty id is filled in."""
        told = self._tell([fact])
        self._save(facts=told)

    # --- inside ----------------------------------------------------------------------------------------------------
    def _committed(self, changes: Sequence[Change]) -> None:
        touched = merged(changes)
        effects = [change for change in changes if change.by != "seed" and not change.table.silent]
        entries = [self.ledger.enter(change) for change in effects if not change.is_dating]
        if entries:
            self.clock.happened = entries[-1].at
        told = self._tell(self._facts_of(touched, at=changes[-1].at))
        rows = [(c.table.name, c.id, c.row["seq"], c.after) for c in touched]
        self._save(rows=rows, ledger=entries, facts=told)
        for hear in self.listeners:
            hear(touched, [fact for _, fact in told])

    def _facts_of(self, changes: Iterable[Change], at: datetime) -> list[AnyFact]:
        facts: dict[AnyFact, None] = {}
        for change in changes:
            tell = self._tellings.get(change.table.name)
            if tell is not None and change.by != "seed":
                for fact in tell(self.records, change):
                    facts[msgspec.structs.replace(fact, at=at, own=change.by == "portal")] = None
        return list(facts)

    def _tell(self, facts: Iterable[AnyFact]) -> list[tuple[int, AnyFact]]:
        told = []
        for fact in facts:
            system = "whmcs" if isinstance(fact, OF_BILLING) else "salesforce"
            struck = self.faults.take(system, type(fact).__name__, of_events=True)
            if FaultKind.LOST_EVENT in struck:
                continue
            named = fact if fact.id else msgspec.structs.replace(fact, id=f"{self.pair}-{self.stream.last + 1:08d}")
            for _ in range(2 if FaultKind.DUPLICATE_EVENT in struck else 1):
                told.append((self.stream.append(named), named))
        return told

    def _save(self, **what: object) -> None:
        gone = self.stream.forget(self.clock.now())
        if self._file is None:
            return
        about = {
            "pair": self.pair,
            "offset": str(self.clock.offset.total_seconds()),
            "now": self.clock.now().isoformat(),
            "counts": msgspec.json.encode(self.records.counts).decode(),
            "told": str(self.stream.last),
            "forgotten": str(gone),
        }
        self._file.write(about=about, facts_gone=gone, **what)  # type: ignore[arg-type]
