"""Faults of the wire that can be switched on: what a partner does to its callers at times."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class WireFault(StrEnum):
    """A way in which a partner can fail its caller."""

    UNAVAILABLE = "unavailable"
    """503, told by a page for people; nothing is done."""
    INTERNAL = "internal"
    """500 without a word; nothing is done."""
    BUSY = "busy"
    """429, to be tried again in a second; nothing is done."""
    IN_PROGRESS = "in progress"
    """The same key is still being worked on; nothing is done by this call."""
    UNAUTHORISED = "unauthorised"
    """The caller's key is not known any more."""
    REFUSED = "refused"
    """A rule of the partner's own is against it."""
    SILENT_BEFORE = "silent before"
    """Nothing is done, and no answer comes."""
    SILENT_AFTER = "silent after"
    """The effect happens, and no answer comes."""
    BROKEN_AFTER = "broken after"
    """The effect happens, and 500 is answered."""
    MALFORMED = "malformed"
    """The effect happens, and half of the answer comes."""
    SLOW = "slow"
    """The answer takes `milliseconds` longer."""


@dataclass(slots=True, kw_only=True)
class Switched:
    """One switched fault; `times` counts down, None lasts until cleared."""

    kind: WireFault
    operation: str
    times: int | None
    milliseconds: int


class Switches:
    """What is switched on at the moment.

    An operation is what a call is counted as ("esim activate", "line check"); `*` stands for any letters.
    """

    def __init__(self) -> None:
        self._on: list[Switched] = []

    def switch(self, kind: WireFault, operation: str = "*", times: int | None = None, milliseconds: int = 0) -> None:
        """Switch a fault on, for so many times or until it is cleared."""
        self._on.append(Switched(kind=kind, operation=operation, times=times, milliseconds=milliseconds))

    def clear(self) -> None:
        """Switch everything off."""
        self._on.clear()

    def strike(self, operation: str) -> dict[WireFault, int]:
        """The faults that strike now, each counted down once, with their milliseconds."""
        struck = {}
        for fault in self._on:
            if fault.times != 0 and fnmatchcase(operation, fault.operation):
                struck[fault.kind] = fault.milliseconds
                if fault.times is not None:
                    fault.times -= 1
        return struck
