"""Faults that can be switched on, per system and operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class FaultKind(StrEnum):
    """A way in which an upstream can fail the portal."""

    UNAVAILABLE = "unavailable"
    """Nothing is done, and the portal can tell."""
    TIMEOUT_BEFORE = "timeout_before"
    """Nothing is done, but the portal can't tell."""
    TIMEOUT_AFTER = "timeout_after"
    """The effect happens, the answer is lost."""
    REFUSED = "refused"
    """Nothing is done, since a rule that the operator's own people made is against it."""
    DUPLICATES = "duplicates"
    """Nothing is done, since a duplicate rule of the operator's finds a record like it; Salesforce's alone."""
    SLOW = "slow"
    """The answer takes `milliseconds` longer."""
    DUPLICATE_EVENT = "duplicate_event"
    """A fact is told twice."""
    LOST_EVENT = "lost_event"
    """A fact is never told."""


EVENT_FAULTS = frozenset({FaultKind.DUPLICATE_EVENT, FaultKind.LOST_EVENT})
ANY = "*"
LONGEST = 3_600_000
"""The longest delay of a slow answer, in milliseconds: longer than anybody waits."""


class Wire(Protocol):
    """A system that is served over its own protocol as well: what can go wrong with its calls, and how many came."""

    @property
    def calls(self) -> Mapping[str, int]:
        """How often each operation was called, by the protocol's own words for it."""

    def switch_word(self, kind: str, operation: str, times: int | None, milliseconds: int, after: int) -> None:
        """Switch a fault on for calls of that operation, once so many went by. ValueError for a kind that is none."""

    def clear(self) -> None:
        """Switch them all off."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One switched fault; `times` counts down, None lasts until cleared."""

    system: str
    operation: str
    kind: FaultKind
    times: int | None = None
    milliseconds: int = 0

    def meets(self, system: str, operation: str) -> bool:
        """Whether the fault is for that operation and not used up."""
        return self.system in (system, ANY) and self.operation in (operation, ANY) and self.times != 0


class Faults:
    """What is switched on at the moment.

    The operation is a method's name on its port ("ensure_order") or, for the two event kinds, the name of a fact
    ("OrderChanged"); `*` is any. Reading the stream of facts is operation "after" of the system "stream".
    """

    def __init__(self) -> None:
        self._on: list[Fault] = []

    @property
    def on(self) -> tuple[Fault, ...]:
        """The faults not used up."""
        return tuple(fault for fault in self._on if fault.times != 0)

    def switch(self, system: str, operation: str, kind: str, times: int | None = None, milliseconds: int = 0) -> Fault:
        """Switch a fault on. ValueError for a kind that is none, or a count or delay below zero."""
        if (times is not None and times < 1) or not 0 <= milliseconds <= LONGEST:
            raise ValueError("a fault happens at least once and delays by no less than nothing, and not for ever")
        if kind == FaultKind.DUPLICATES and system != "salesforce":
            raise ValueError("only Salesforce has duplicate rules")
        fault = Fault(system=system, operation=operation, kind=FaultKind(kind), times=times, milliseconds=milliseconds)
        self._on.append(fault)
        return fault

    def clear(self, system: str = ANY, operation: str = ANY) -> None:
        """Switch off what was switched on, all of it or that of one system or operation."""
        self._on = [
            fault for fault in self._on if system not in (ANY, fault.system) or operation not in (ANY, fault.operation)
        ]

    def take(self, system: str, operation: str, *, of_events: bool = False) -> dict[FaultKind, Fault]:
        """The faults that strike now, each counted down once."""
        struck: dict[FaultKind, Fault] = {}
        for fault in self._on:
            is_due = (fault.kind in EVENT_FAULTS) is of_events and fault.meets(system, operation)
            if is_due and fault.kind not in struck:
                struck[fault.kind] = fault
                if fault.times is not None:
                    fault.times -= 1
        return struck
