"""Where faults of Salesforce's and WHMCS's own protocols strike a journey: at each call and event, alone or several."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from adapters.fakes.wire.salesforce.pubsub.bus import WIRE as EVENTS
from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.wire.whmcs.server import WIRE as BILLING
from adapters.fakes.wire.whmcs.switches import WireFault as BillingFault

CALLS: Final = "salesforce"
OF_CALLS: Final = (
    WireFault.EXPIRED,
    WireFault.LOCK_ROW,
    WireFault.UNAVAILABLE,
    WireFault.INTERNAL,
    WireFault.SILENT_BEFORE,
    WireFault.SILENT_AFTER,
    WireFault.LIMIT,
    WireFault.BUSY,
    WireFault.LOST_LOCATOR,
    WireFault.SLOW,
    WireFault.DUPLICATES,
    WireFault.RULE,
)
REFUSALS: Final = frozenset({WireFault.DUPLICATES, WireFault.RULE})
"""Faults by which the org refuses a record, once: a customer who is told so asks again, and staff retry what stopped.

The rule for duplicates lets a record pass where the caller may save it all the same; the other stands for one that
does not.
"""
OF_BILLING: Final = (
    BillingFault.SILENT_BEFORE,
    BillingFault.SILENT_AFTER,
    BillingFault.EMPTY,
    BillingFault.EMPTY_AFTER,
    BillingFault.NOISE,
    BillingFault.BAD_GATEWAY,
    BillingFault.BAD_GATEWAY_AFTER,
    BillingFault.UNAVAILABLE,
    BillingFault.THROTTLED,
    BillingFault.ERROR,
    BillingFault.ERROR_AFTER,
    BillingFault.INVALID_IP,
    BillingFault.LOCKED_OUT,
    BillingFault.SLOW,
)
"""Faults that pass. The others are answers with a meaning, after which things end otherwise, as features tell.

REFUSED and MODULE_FAILS fail an order or a change, which staff or the customer take up anew. By DUPLICATE_EMAIL
somebody else has the address. BAD_BYTES lie in what is stored, and are met again until somebody mends them there.
"""
FAULTS: Final[Mapping[str, tuple[str, ...]]] = {
    CALLS: tuple(each.value for each in OF_CALLS),
    EVENTS: tuple(each.value for each in EventFault if each is not EventFault.POISON),
    BILLING: tuple(each.value for each in OF_BILLING),
}
"""The faults of each wire after which everything must come to the same end."""
LATER_PAGES: Final = "query more"
"""The calls that go by a locator."""
CREATIONS: Final = "create *"
"""The records that are made, each in a call of its own or in one with others."""
MOST_OF_ONE: Final = 4
"""Of how many calls of one of WHMCS's actions each is struck."""


@dataclass(frozen=True)
class Struck:
    """A fault of a wire, once so many of its calls or events, or of those of one operation, went by."""

    wire: str
    kind: str
    after: int
    operation: str = "*"

    def __str__(self) -> str:
        return f"{self.wire} {self.operation} {self.kind} after {self.after}"


def counted(strikes: Sequence[Struck]) -> Iterator[tuple[Struck, int]]:
    """Each strike, and after how many calls or events: the latter are counted from the strike before."""
    begun = 0
    for struck in strikes:
        yield struck, struck.after - begun
        if struck.wire == EVENTS:
            begun = struck.after + 1


def points_of(calls: Mapping[str, Counter[str]], made: int, wires: Sequence[str], kinds: Sequence[str]) -> list[Struck]:
    """Every call and event of those counts, with each fault of its wire, or with those of the kinds named.

    `made` is how many records were made in Salesforce.
    """
    return [
        Struck(wire, kind, after, operation)
        for wire in wires
        for kind in FAULTS[wire]
        if not kinds or kind in kinds
        for operation, times in _struck(wire, kind, calls[wire], made)
        for after in range(times)
    ]


def _struck(wire: str, kind: str, calls: Counter[str], made: int) -> Iterator[tuple[str, int]]:
    if wire == BILLING:
        yield from ((action, min(times, MOST_OF_ONE)) for action, times in calls.items())
    elif kind == WireFault.LOST_LOCATOR:
        yield LATER_PAGES, calls[LATER_PAGES]
    elif kind in REFUSALS:
        yield CREATIONS, made
    else:
        yield "*", calls.total()


def walks_of(points: Sequence[Struck], strikes: int) -> Iterator[Sequence[Struck]]:
    """What strikes in each walk: of one kind, as far from each other as can be.

    A strike has a call made again and moves those after it, so that the next one comes no later than in a walk of its
    own: between them no call is left out. A refusal strikes alone: what is asked anew after one would meet the next.
    """
    for (_, kind), of_a_kind in groupby(sorted(points, key=_place), _kind):
        alike = [*of_a_kind]
        walks = len(alike) if kind in REFUSALS else -(-len(alike) // strikes)
        yield from (alike[first::walks] for first in range(walks))


def _kind(struck: Struck) -> tuple[str, str]:
    return struck.wire, struck.kind


def _place(struck: Struck) -> tuple[str, str, str, int]:
    return struck.wire, struck.kind, struck.operation, struck.after
