"""What becomes of events on their way: told as they are, twice, as a gap, unreadable, or not at all, in any order."""

import argparse
import random
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import structlog

from adapters.fakes.wire.salesforce.pubsub.bus import EventBus, Held

FATES: Final = {"as it was": 70, "doubled": 12, "gap": 8, "lost": 8, "poison": 1.6, "overflow": 0.06}
"""Each with how often it is drawn, of a hundred."""


class Fates:
    """Holds back what a bus has to tell, and lets it go as chance has it; `tally` counts what became of it."""

    def __init__(self, bus: EventBus, chance: random.Random, tally: Counter[str]) -> None:
        self.bus = bus
        self.chance = chance
        self.tally = tally
        self.unheard: set[tuple[str, str]] = set()
        """Object and id of what changed and was never told."""

    def hold(self) -> None:
        """Hold everything back from now on."""
        self.bus.faults.holding = True

    def let_go(self, part: float) -> None:
        """Tell that part of what is held back, in any order."""
        self.chance.shuffle(self.bus.held)
        going = self.bus.held[: round(len(self.bus.held) * part)]
        del self.bus.held[: len(going)]
        for held in going:
            self._tell(held)

    def _tell(self, held: Held) -> None:
        assert isinstance(held.record, dict)
        header = held.record["ChangeEventHeader"]
        (fate,) = self.chance.choices([*FATES], [*FATES.values()])
        self.tally[fate] += 1
        record: dict[str, Any] | bytes = held.record
        if fate in ("lost", "poison"):
            self.unheard |= {(held.object, id) for id in header["recordIds"]}
        if fate == "lost":
            return
        if fate == "poison":
            record = b"\xff" * 9
        elif fate in ("gap", "overflow"):
            kind = f"GAP_{header['changeType']}" if fate == "gap" else "GAP_OVERFLOW"
            ids = header["recordIds"] if fate == "gap" else []
            empty = {"changeType": kind, "recordIds": ids, "changedFields": [], "nulledFields": [], "diffFields": []}
            record = {"ChangeEventHeader": header | empty}
        for _ in range(2 if fate == "doubled" else 1):
            self.bus.tell(held.object, record, held.at)


def told_of(live: Callable[[int, int], Counter[str]], what: str | None) -> None:
    """Live as many histories as the command says, by its seed, and say what came of them."""
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = monotonic()
    tally = live(asked.count, asked.seed)
    told = ", ".join(f"{name} {number}" for name, number in sorted(tally.items()))
    print(f"seed {asked.seed}, {monotonic() - began:.0f} s: {told}")
