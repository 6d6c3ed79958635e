"""The demo's journeys and some errands, with each fault of Salesforce's and WHMCS's protocols at each call and event.

python -m tests.faulted --journey internet --wire whmcs --fault "silent after" --sample 40 --seed 1

A journey is walked once without a fault, which counts its calls; then once for each call and each fault of its wire.
WHMCS is looked at for changes again and again, as long as there is time: of each action the first calls are struck.
With `--strikes 5` a walk is struck by one kind of fault so many times, far from each other, which takes a fifth of the
walks; where one of them goes wrong, each of its strikes is tried alone.
Every time all that a journey expects must come true, with as many records in the end as without: nothing lost, nothing
doubled (T-1). Whoever hears that the portal can't tell at the moment asks again, under the same key, as the page does.
Where Salesforce refuses a record, whoever is told so asks anew, and staff retry work that stopped.
"""

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import msgspec
import structlog
from rich.console import Console

from adapters.durable.runner import Runner
from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.salesforce.events.settings import EventSettings
from adapters.salesforce.settings import Patience, SalesforceSettings
from adapters.whmcs.settings import Patience as BillingPatience
from adapters.whmcs.settings import Polling, WhmcsSettings
from core.domain.work import WorkState
from genkan import salesforce as link
from genkan.client import Json, Portal
from genkan.demo.ending import play_ending
from genkan.demo.internet import play_internet
from genkan.demo.play import Play
from genkan.demo.sim import play_sim
from genkan.demo.vpn import play_vpn
from genkan.settings import Profile
from tests.errands import play_errands
from tests.model.morning import migrated
from tests.portal import HASTE, portal_in, warm_cleaner
from tests.strikes import FAULTS, REFUSALS, Struck, counted, points_of, walks_of

HURRY: Final = Patience(
    connect=1.0, answer=0.5, deadline=2.0, first_wait=0.001, longest_wait=0.002, rest=0.001, settle=0.5, failures=1_000
)
"""Silence is short here, and an org that failed once is asked again at once."""
BILLING_HURRY: Final = BillingPatience(
    connect=1.0,
    answer=0.5,
    deadline=2.0,
    write_answer=0.5,
    write_deadline=2.0,
    slow_answer=0.5,
    slow_deadline=2.0,
    first_wait=0.001,
    longest_wait=0.002,
    rest=0.001,
    shut_out=0.05,
    settle=0.5,
    failures=1_000,
)
"""Nobody is banned here, and what is still going on when nobody waits for it any more is over soon."""
LATE: Final = 700
"""By how many milliseconds a slow call is taken up later: whoever asked is gone by then, and does not look yet."""
EVENTS_HURRY: Final = msgspec.structs.replace(HASTE, watchdog=0.5)
"""Nor is a topic that fell silent listened to for minutes."""
JOURNEYS: Final[Mapping[str, tuple[Callable[[Play], None], ...]]] = {
    "internet": (play_internet, play_ending),
    "sim": (play_sim,),
    "vpn": (play_vpn,),
    "errands": (play_errands,),
}
OF_SALESFORCE: Final = (
    "account",
    "contact",
    "opportunity",
    "order",
    "order_line",
    "case",
    "case_comment",
    "lead",
    "document_version",
)
COUNTED: Final = (*OF_SALESFORCE, "client", "billing_order", "service", "invoice", "esim", "top_up")
TRIES: Final = 8
"""How often somebody asks again who hears that it can't be told now."""
JUST_NOW: Final = frozenset({502, 503, 504})
UNHEARD: Final = EventFault.LOST
"""What became of an event that nobody hears of: what it was of is found by looking, once a minute."""
A_WHILE: Final = 2.0
"""Seconds until such a look is waited for."""
MINUTE: Final = timedelta(seconds=61)
REFUSED_THERE: Final = frozenset({"order_refused", "save_refused", "ending_refused"})
"""What a customer is told whose wish Salesforce or WHMCS refused."""


@dataclass(frozen=True)
class Walked:
    """How a journey went: what was not as expected, how many records there are, how many calls it took."""

    wrong: tuple[str, ...]
    records: Mapping[str, int]
    calls: Mapping[str, Counter[str]]
    """By wire and operation."""
    made: int
    """How many records the portal made in Salesforce, which is not all: staff make some."""


class Patient:
    """A client who asks again while the portal can't tell."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        for _ in range(TRIES):
            answer = self._http.request(method, path, **more)
            if answer.status_code not in JUST_NOW:
                break
            time.sleep(0.05)
        return answer


class Undeterred(Patient):
    """One who asks again when a system refused, and behind whom staff retry the work that such a refusal stopped.

    The portal must have told so clearly, or kept the work: else nobody would.
    """

    def __init__(self, http: httpx.Client, retry: Callable[[], None]) -> None:
        super().__init__(http)
        self._retry = retry

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        self._retry()
        for _ in range(TRIES):
            answer = super().request(method, path, **more)
            if not answer.is_client_error or answer.json()["code"] not in REFUSED_THERE:
                break
        return answer


class Waiting(Play):
    """One who waits a minute of the portal's clock, too, for what only a look can find (T-5)."""

    def expect(self, rule: str, what: str, expected: Json, read: Callable[[], Json]) -> None:
        moves_on = time.monotonic() + A_WHILE
        waits = True

        def read_later() -> Json:
            nonlocal waits
            found = read()
            if found != expected and waits and time.monotonic() > moves_on:
                waits = False
                self.backstage.advance(MINUTE)
            return found

        super().expect(rule, what, expected, read_later)


def walked(journey: str, folder: Path, database: Path, *strikes: Struck) -> Walked:
    """Walk a journey on a portal of its own, with faults or without."""
    as_whom = Waiting if any(struck.kind == UNHEARD for struck in strikes) else Play
    with _portal(folder, database, is_refused=any(struck.kind in REFUSALS for struck in strikes)) as http:
        play = as_whom(Portal(http), Console(file=io.StringIO()))  # type: ignore[arg-type] # a client is what asks
        world = play.backstage.world
        before = {wire: Counter(world.wire_calls(system=wire)) for wire in FAULTS}
        for struck, after in counted(strikes):
            what = {"kind": struck.kind, "operation": struck.operation, "after": after}
            by = LATE if struck.kind == WireFault.SLOW else 0
            world.switch_wire_fault(system=struck.wire, times=1, milliseconds=by, **what)
        for leg in JOURNEYS[journey]:
            leg(play)
        calls = {wire: Counter(world.wire_calls(system=wire)) - before[wire] for wire in before}
        tables = world.tables()
        wrong = [
            f"{each.rule} {each.what}: {each.expected!r}, {each.found!r}" for each in play.findings if not each.holds
        ]
        return Walked((*wrong,), {table: tables[table] for table in COUNTED}, calls, _made(play))


def _made(play: Play) -> int:
    entries = play.backstage.ledger(by="portal")
    return sum(entry["deed"].startswith("create ") and entry["table"] in OF_SALESFORCE for entry in entries)


@contextmanager
def _portal(folder: Path, database: Path, *, is_refused: bool) -> Iterator[Patient]:
    link.KEEPALIVE = 0.01
    settings = SalesforceSettings(patience=HURRY, events=EventSettings(pace=EVENTS_HURRY))
    billing = WhmcsSettings(patience=BILLING_HURRY, polling=Polling(every=0.1, least=0.0))
    changes = {"profile": Profile.SANDBOX, "salesforce": settings, "whmcs": billing}
    with portal_in(folder, database, warm=warm_cleaner(), **changes) as (client, running):

        def retry() -> None:
            assert client.blocking_portal is not None
            client.blocking_portal.call(_retry, running.container.work())

        yield Undeterred(client, retry) if is_refused else Patient(client)


async def _retry(work: Runner) -> None:
    for each in await work.unsettled():
        if each.state is WorkState.WITH_STAFF:
            await work.retry(each.key)
            await work.quiet(5.0)


def differs(walk: Walked, whole: Walked) -> list[str]:
    """What is wrong with a walk, beside one without a fault."""
    counts = [
        f"{table}: {walk.records[table]} in place of {count}"
        for table, count in whole.records.items()
        if walk.records[table] != count
    ]
    return [*walk.wrong, *counts]


def _chosen(points: Sequence[Struck], asked: argparse.Namespace, chance: Random) -> Sequence[Struck]:
    part, parts = asked.part
    left = [point for point in points if point.after % parts == part - 1 and asked.at in (None, point.after)]
    return left if asked.sample is None else chance.sample(left, min(asked.sample, len(left)))


def _part(said: str) -> tuple[int, int]:
    part, _, parts = said.partition("/")
    if not 1 <= int(part) <= int(parts):
        raise ValueError(said)
    return int(part), int(parts)


def _asked() -> argparse.Namespace:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--journey", action="append", choices=list(JOURNEYS), help="this one; may be given again")
    said.add_argument("--wire", action="append", choices=list(FAULTS), help="this one; may be given again")
    said.add_argument("--fault", action="append", help="faults of this name; may be given again")
    said.add_argument("--sample", type=int, help="so many of the points of each journey")
    said.add_argument("--at", type=int, help="after so many calls or events, and nowhere else")
    said.add_argument(
        "--part",
        type=_part,
        default=(1, 1),
        help="one of several runs: 2/4 strikes at every fourth, from the second on",
    )
    said.add_argument("--strikes", type=int, default=1, help="so many faults of a kind in one walk")
    said.add_argument("--seed", type=int, default=1)
    return said.parse_args()


def main() -> int:
    """Walk and compare; status 1 at anything wrong."""
    asked = _asked()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    chance, begun = Random(asked.seed), time.monotonic()
    struck = count = wrong = 0
    with TemporaryDirectory(prefix="genkan-faulted-") as kept:
        database = migrated(Path(kept))
        for journey in asked.journey or JOURNEYS:
            whole = walked(journey, Path(kept) / journey, database)
            told = ", ".join(f"{calls.total()} of {wire}" for wire, calls in whole.calls.items())
            points = points_of(whole.calls, whole.made, asked.wire or [*FAULTS], asked.fault or [])
            print(f"{journey}: {told}; {len(points)} points", *whole.wrong, flush=True)
            wrong += bool(whole.wrong)
            walks = [*walks_of(_chosen(points, asked, chance), asked.strikes)]
            struck += sum(map(len, walks))
            while walks:
                strikes, count = walks.pop(0), count + 1
                found = differs(walked(journey, Path(kept) / f"{count}", database, *strikes), whole)
                wrong += bool(found)
                for each in found:
                    print(f"{journey}, {', '.join(map(str, strikes))}: {each}", flush=True)
                if found and len(strikes) > 1:
                    walks += [[each] for each in strikes]
    took = f"{time.monotonic() - begun:.0f} s"
    print(f"{struck} strikes in {count} walks, {wrong} of them wrong, {took}, seed {asked.seed}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
