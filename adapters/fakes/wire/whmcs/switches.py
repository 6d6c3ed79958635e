"""Faults of the wire that can be switched on: what a real installation does to its callers at times."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final

from adapters.fakes.faults import FaultKind
from adapters.fakes.world import World


class WireFault(StrEnum):
    """A way in which the action API can fail its caller."""

    SILENT_BEFORE = "silent before"
    """Nothing is done, and no answer comes."""
    SILENT_AFTER = "silent after"
    """The effect happens, and no answer comes."""
    ERROR = "error"
    """Nothing is done; 200 with an error of no known text."""
    ERROR_AFTER = "error after"
    """The effect happens; 200 with an error of no known text."""
    REFUSED = "refused"
    """Nothing is done, since a hook of the operator's own is against it."""
    EMPTY = "empty"
    """PHP died before it did anything: 200 with nothing in it."""
    EMPTY_AFTER = "empty after"
    """PHP died after the effect: 200 with nothing in it."""
    NOISE = "noise"
    """The effect happens; a hook printed text in front of the JSON."""
    BAD_GATEWAY = "bad gateway"
    """502 with a page of the proxy in front; nothing is done."""
    BAD_GATEWAY_AFTER = "bad gateway after"
    """502 with a page of the proxy in front, which did not wait for the effect."""
    UNAVAILABLE = "unavailable"
    """503 with a page of the web server; nothing is done."""
    THROTTLED = "throttled"
    """429 with a page of the firewall in front."""
    INVALID_IP = "invalid ip"
    """The caller's address is not on the list any more."""
    LOCKED_OUT = "locked out"
    """The credentials are not right any more."""
    DUPLICATE_EMAIL = "duplicate email"
    """AddClient and UpdateClient find somebody else with the address."""
    MODULE_FAILS = "module fails"
    """The product's module can't do it: an order is Active then, and its service stays Pending."""
    BAD_BYTES = "bad bytes"
    """What is read holds bytes that are no text: the JSON can't be made."""
    SLOW = "slow"
    """WHMCS takes the call up `milliseconds` later, whether or not its caller still waits."""


OF_THE_WORLD: Final[Mapping[FaultKind, WireFault]] = MappingProxyType(
    {
        FaultKind.UNAVAILABLE: WireFault.UNAVAILABLE,
        FaultKind.TIMEOUT_BEFORE: WireFault.SILENT_BEFORE,
        FaultKind.TIMEOUT_AFTER: WireFault.SILENT_AFTER,
        FaultKind.REFUSED: WireFault.REFUSED,
        FaultKind.SLOW: WireFault.SLOW,
    }
)


@dataclass(slots=True, kw_only=True)
class Switched:
    """One switched fault; `times` counts down, None lasts until cleared, and `after` so many that it would meet."""

    kind: WireFault
    action: str
    times: int | None
    milliseconds: int
    after: int = 0


class Switches:
    """What is switched on at the moment, by action; `*` stands for any letters.

    The world's own faults of the system "whmcs" strike calls as well, by the action's name.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._on: list[Switched] = []

    def switch(
        self, kind: WireFault, action: str = "*", times: int | None = None, milliseconds: int = 0, after: int = 0
    ) -> None:
        """Switch a fault on, for so many times or until it is cleared, once it let `after` go by."""
        self._on.append(Switched(kind=kind, action=action, times=times, milliseconds=milliseconds, after=after))

    def clear(self) -> None:
        """Switch everything off, but for the world's own faults."""
        self._on.clear()

    def strike(self, action: str) -> dict[WireFault, int]:
        """The faults that strike a call now, each counted down once, with their milliseconds."""
        struck: dict[WireFault, int] = {}
        for fault in self._on:
            if fault.times != 0 and fnmatchcase(action, fault.action):
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                struck[fault.kind] = fault.milliseconds
        for kind, fault_of_all in self._world.faults.take("whmcs", action).items():
            struck[OF_THE_WORLD[kind]] = fault_of_all.milliseconds
        return struck
