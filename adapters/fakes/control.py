"""The strings behind the stage: the world's clock, faults, records and ledger, for the sandbox's console and tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.fakes import lines
from adapters.fakes.faults import ANY, Fault, Wire
from adapters.fakes.ledger import LedgerEntry
from adapters.fakes.tables import Refused, Row
from adapters.fakes.whmcs.invoicing import run_cron
from adapters.fakes.world import World
from core.domain.account import Address
from core.domain.premises import premises_of
from ports.errors import Rejected


@dataclass(frozen=True, slots=True)
class WorldControl:
    """Moves the clock, switches faults and shows what there is. Rejected says that it can't be done so."""

    world: World

    async def pair(self) -> str:
        """The id that the world shares with the database beside it."""
        return self.world.pair

    # --- time ------------------------------------------------------------------------------------------------------
    async def now(self) -> datetime:
        """The instant."""
        return self.world.clock.now()

    async def move_clock(self, to: datetime) -> datetime:
        """Move to an instant, from where time goes on; what WHMCS does on the days between is done. Answers it."""
        try:
            self.world.clock.set(to)
        except ValueError as error:
            raise Rejected("validation", "clock", ("to",)) from error
        run_cron(self.world)
        return self.world.clock.now()

    async def advance(self, by: timedelta) -> datetime:
        """Move on by a span of time."""
        try:
            to = self.world.clock.now() + by
        except OverflowError as error:
            raise Rejected("validation", "clock", ("by",)) from error
        return await self.move_clock(to)

    # --- faults ----------------------------------------------------------------------------------------------------
    async def switch_fault(
        self, system: str, operation: str, kind: str, times: int | None = None, milliseconds: int = 0
    ) -> None:
        """Switch a fault on for an operation (a port's method, a fact's name, `*`), for ever or so many times."""
        try:
            self.world.faults.switch(system, operation, kind, times, milliseconds)
        except ValueError as error:
            raise Rejected("validation", "fault") from error

    async def clear_faults(self, system: str = ANY, operation: str = ANY) -> None:
        """Switch faults off: all, or those of one system or operation."""
        self.world.faults.clear(system, operation)

    async def faults(self) -> tuple[Fault, ...]:
        """The faults that are on."""
        return self.world.faults.on

    async def switch_wire_fault(
        self,
        system: str,
        kind: str,
        operation: str = ANY,
        times: int | None = None,
        milliseconds: int = 0,
        after: int = 0,
    ) -> None:
        """Switch a fault on for calls over the system's own protocol, in its own words, once `after` went by."""
        try:
            self._wire(system).switch_word(kind, operation, times, milliseconds, after)
        except ValueError as error:
            raise Rejected("validation", "fault", ("kind",)) from error

    async def clear_wire_faults(self, system: str) -> None:
        """Switch off what was switched on for calls over the system's own protocol."""
        self._wire(system).clear()

    async def wire_calls(self, system: str) -> dict[str, int]:
        """How often each operation was called over the system's own protocol; none while it is not served so."""
        wire = self.world.wires.get(system)
        return dict(wire.calls) if wire is not None else {}

    # --- what partners know ----------------------------------------------------------------------------------------
    async def note_line(self, postcode: str, town: str, building: str = "", value: str | None = None) -> None:
        """Tell the line checker what was found in a building: the word of its line, or that no line reaches it."""
        premises = premises_of(Address(postcode, "", "", town, building))
        try:
            lines.note(self.world.records, premises, "unavailable" if value is None else "available", value)
        except Refused as refused:
            raise Rejected(refused.code, refused.table, refused.fields) from refused

    # --- what there is ---------------------------------------------------------------------------------------------
    async def tables(self) -> dict[str, int]:
        """Every table with the number of its records."""
        return {name: len(self.world.records.find(name)) for name in self.world.records.tables}

    async def records(self, table: str, most: int = 100) -> tuple[dict[str, Any], ...]:
        """The latest records of a table, newest first; contents of files are left out."""
        self._check(table)
        return tuple(_shown(row) for row in reversed(self.world.records.find(table)[-most:]))

    async def record(self, table: str, id: str) -> dict[str, Any] | None:
        """One record, or None."""
        self._check(table)
        row = self.world.records.get(table, id)
        return _shown(row) if row is not None else None

    async def ledger(self, after: int = 0, most: int = 500) -> tuple[LedgerEntry, ...]:
        """The ledger's entries behind a number, oldest first."""
        return self.world.ledger.entries[after : after + most]

    async def calls(self) -> dict[str, int]:
        """How often the portal called each operation ("whmcs.ensure_billed")."""
        return {f"{system}.{operation}": count for (system, operation), count in self.world.calls.items()}

    def _wire(self, system: str) -> Wire:
        if system not in self.world.wires:
            raise Rejected("not_found", "wire", ("system",))
        return self.world.wires[system]

    def _check(self, table: str) -> None:
        if table not in self.world.records.tables:
            raise Rejected("not_found", "table", ("table",))


def _shown(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, bytes)}
