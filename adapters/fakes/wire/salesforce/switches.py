"""Faults of the wire that can be switched on: what a real org does to its callers at times."""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.striking import ASKED
from adapters.fakes.world import World


class WireFault(StrEnum):
    """A way in which the REST API can fail its caller."""

    EXPIRED = "expired session"
    """The token is dead from this call on."""
    LOCK_ROW = "lock row"
    """A record is locked by somebody else's transaction: UNABLE_TO_LOCK_ROW."""
    DUPLICATES = "duplicates"
    """A duplicate rule that alerts finds a record like the new one, unless the caller may save it all the same."""
    BLOCKED = "blocking duplicates"
    """A duplicate rule that blocks finds one, and nobody may save it."""
    RULE = "validation rule"
    """A rule that the operator's own people made is against the write."""
    UNAVAILABLE = "unavailable"
    """503, told by a page for people; nothing is done."""
    INTERNAL = "internal"
    """500 UNKNOWN_EXCEPTION with an error id; nothing is done."""
    SILENT_BEFORE = "silent before"
    """Nothing is done, and no answer comes."""
    SILENT_AFTER = "silent after"
    """The effect happens, and no answer comes."""
    LIMIT = "daily limit"
    """The calls of the day are used up: REQUEST_LIMIT_EXCEEDED."""
    BUSY = "concurrent limit"
    """Too many long calls at once: REQUEST_LIMIT_EXCEEDED as well."""
    LOST_LOCATOR = "lost locator"
    """The rest of a query's result is gone."""
    SLOW = "slow"
    """Salesforce takes the call up `milliseconds` later, whether or not its caller still waits."""


OF_ROWS: Final = frozenset({WireFault.LOCK_ROW, WireFault.DUPLICATES, WireFault.BLOCKED, WireFault.RULE})
"""Faults that strike one record's write, be it a call of its own or part of a larger one."""
OF_THE_WORLD: Final = {
    FaultKind.UNAVAILABLE: WireFault.UNAVAILABLE,
    FaultKind.TIMEOUT_BEFORE: WireFault.SILENT_BEFORE,
    FaultKind.TIMEOUT_AFTER: WireFault.SILENT_AFTER,
    FaultKind.REFUSED: WireFault.RULE,
    FaultKind.DUPLICATES: WireFault.BLOCKED,
    FaultKind.SLOW: WireFault.SLOW,
}


_asked: ContextVar[list[WireFault]] = ContextVar("asked")


def ask(headers: Mapping[str, str]) -> None:
    """Let the call that is answered now be struck as it asks, the first record that it writes."""
    named = headers.get(ASKED)
    _asked.set([WireFault(named)] if named in OF_ROWS else [])


@dataclass(slots=True, kw_only=True)
class Switched:
    """One switched fault; `times` counts down, None lasts until cleared, and `after` so many that it would meet."""

    kind: WireFault
    operation: str
    times: int | None
    milliseconds: int
    after: int = 0


class Switches:
    """What is switched on at the moment.

    An operation is what a call is counted as ("query", "composite"), with its object where it has one ("create
    Account"); `*` stands for any letters. The world's own faults of the system "salesforce" strike calls as well.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._on: list[Switched] = []

    def switch(
        self, kind: WireFault, operation: str = "*", times: int | None = None, milliseconds: int = 0, after: int = 0
    ) -> None:
        """Switch a fault on, for so many times or until it is cleared, once it let `after` go by."""
        fault = Switched(kind=kind, operation=operation, times=times, milliseconds=milliseconds, after=after)
        self._on.append(fault)

    def clear(self) -> None:
        """Switch everything off, but for the world's own faults."""
        self._on.clear()

    def strike_call(self, operation: str) -> dict[WireFault, int]:
        """The faults that strike a whole call now, each counted down once, with their milliseconds."""
        struck = {fault.kind: fault.milliseconds for fault in self._due(operation) if fault.kind not in OF_ROWS}
        for kind, fault in self._world.faults.take("salesforce", operation).items():
            struck[OF_THE_WORLD[kind]] = fault.milliseconds
        return struck

    def strike_row(self, operation: str) -> frozenset[WireFault]:
        """The faults that strike the write of one record now, each counted down once."""
        asked = _asked.get([])
        struck = {*asked, *(fault.kind for fault in self._due(operation, of_rows=True))}
        asked.clear()
        return frozenset(struck)

    def _due(self, operation: str, *, of_rows: bool = False) -> Iterator[Switched]:
        for fault in self._on:
            meets = fnmatchcase(operation, fault.operation) and fault.times != 0
            if meets and (fault.kind in OF_ROWS) is of_rows:
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                yield fault
