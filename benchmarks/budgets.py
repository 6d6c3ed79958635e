"""How often each step asks Salesforce and WHMCS (P-1), and how long it waits for them (P-2).

Calls are counted at the wires of the made-up org and the made-up WHMCS; what is called for events of the
portal's own writes counts in the whole journey.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any, Final, NamedTuple

from benchmarks.frame import Measured, Pace
from benchmarks.servers import Running
from benchmarks.upstream.walk import Walk, walked
from benchmarks.upstream.watched import SALESFORCE, WHMCS, Called, of

LONGER: Final = {SALESFORCE: 0.150, WHMCS: 0.250}
AT_MOST: Final = 1.15
WALKS: Final = 5
"""An odd number; a machine that does something else for a tenth of a second is seen in one of them."""
LETTERS: Final = {"S": SALESFORCE, "W": WHMCS}


class Step(NamedTuple):
    """A step with its budgets, and its longest chain of calls that need each other's answers: S and W in turn."""

    name: str
    salesforce: int
    whmcs: int
    chain: str


STEPS: Final = (
    Step("catalog, cold", 1, 0, "S"),
    Step("catalog, warm", 0, 0, ""),
    # each ends with a log-in, whose note is that step's
    Step("sign-up", 3, 2, "SSWS"),
    # who has the address in billing is asked beside Salesforce
    Step("sign-up, customer of old", 3, 1, "WS"),
    Step("log-in", 1, 0, "S"),
    Step("status, cold", 1, 3, "W"),
    Step("status, fresh", 0, 0, ""),
    Step("request", 2, 0, "SS"),
    # billing has the address before Salesforce has: a refusal there leaves nothing to be taken back
    Step("request, new address", 2, 2, "SWWS"),
    Step("document, front", 3, 0, "SSS"),
    # both sides are linked to one account, whose row each link locks
    Step("document, front and back", 4, 0, "SSSS"),
    Step("submit", 2, 2, "WS"),
    Step("approval", 1, 0, "S"),
    Step("hold", 1, 0, "S"),
    Step("resumption", 1, 0, "S"),
    Step("a detail of an account", 0, 0, ""),
    Step("provisioning", 3, 5, "SWSWWWS"),
    Step("cancellation", 2, 1, "WS"),
)
JOURNEY: Final = ("sign-up", "its log-in", "request", "result", "status, cold", "submit", "approval and provisioning")
JOURNEY_MOST: Final = {SALESFORCE: 15, WHMCS: 14}


@cache
def walk(*, delayed: bool, again: int = 0) -> Walk:
    """Every step, walked in this process; once for each number of `again`."""
    del again  # it tells one walk from another
    found = asyncio.run(walked(LONGER if delayed else {}))
    # the event's own call comes first, and the work it leads to after it
    _, *found.steps["provisioning"] = found.steps["approval and provisioning"]
    for step in ("sign-up", "sign-up, customer of old"):
        *found.steps[step], note = found.steps[step]
        found.steps["its log-in"] = [note]
    return found


def journey(system: str) -> dict[str, int]:
    """The calls of each step of a whole Internet journey, and of the echoes of what it wrote."""
    steps = walk(delayed=False).steps
    named = [name for step in JOURNEY for name in (step, f"echoes of {step}") if name in steps]
    return {name: len(of(steps[name], system)) for name in named}


@dataclass(frozen=True)
class Calls:
    """How many calls of one system a step makes."""

    name: str
    step: str
    system: str
    at_most: int

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Count them, and list them."""
        del servers, pace
        calls = of(walk(delayed=False).steps[self.step], self.system)
        return _counted(self.name, len(calls), self.at_most, {"calls": _said(calls)})


@dataclass(frozen=True)
class PerEvent:
    """How many calls of Salesforce each event costs that came of one deed of staff's."""

    name: str
    step: str
    at_most: int

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Count them by the facts that came."""
        del servers, pace
        found = walk(delayed=False)
        calls, facts = of(found.steps[self.step], SALESFORCE), found.facts[self.step]
        return _counted(self.name, len(calls) / facts, self.at_most, {"facts": facts, "calls": _said(calls)})


@dataclass(frozen=True)
class Journey:
    """How many calls of one system a whole Internet journey makes."""

    name: str
    system: str

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Count them by step, and with them what the echoes of its own writes lead to."""
        del servers, pace
        counts = journey(self.system)
        return _counted(self.name, sum(counts.values()), JOURNEY_MOST[self.system], {"steps": counts})


@dataclass(frozen=True)
class Waits:
    """How long a step's calls take from the first to the last, beside its longest chain; the middle of some walks."""

    name: str
    step: str
    chain: str

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """The span over the chain; a call counts with what it took, for the made-up systems work for each too."""
        del servers, pace
        walks = sorted(self._waited(walk(delayed=True, again=again).steps[self.step]) for again in range(WALKS))
        ratio, span, chain = walks[WALKS // 2]
        each = [round(ratio, 3) for ratio, _, _ in walks]
        details = {"chain": self.chain, "walks": each, "milliseconds": round(1000 * span), "of": round(1000 * chain)}
        return Measured(self.name, round(ratio, 3), f"<= {AT_MOST}", ratio <= AT_MOST, details)

    def _waited(self, calls: Sequence[Called]) -> tuple[float, float, float]:
        span = max(call.ended for call in calls) - min(call.began for call in calls)
        took = {letter: [call.ended - call.began for call in of(calls, system)] for letter, system in LETTERS.items()}
        chain = sum(fmean(took[letter]) for letter in self.chain)
        return span / chain, span, chain


def _counted(name: str, count: float, at_most: int, details: dict[str, Any]) -> Measured:
    return Measured(name, count, f"<= {at_most}", count <= at_most, details)


def _said(calls: Sequence[Called]) -> list[str]:
    return [call.what for call in calls]


BENCHES: Final = (
    *(Calls(f"calls: {s.name}, Salesforce", s.name, SALESFORCE, s.salesforce) for s in STEPS),
    PerEvent("calls: an answered check, Salesforce", "result", 1),
    Journey("calls: Internet journey, Salesforce", SALESFORCE),
    *(Calls(f"calls: {s.name}, WHMCS", s.name, WHMCS, s.whmcs) for s in STEPS),
    Journey("calls: Internet journey, WHMCS", WHMCS),
    *(Waits(f"waits: {s.name}", s.name, s.chain) for s in STEPS if s.chain),
)
