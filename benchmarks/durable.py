"""What orders cost beside work that does nothing, accepted and carried alike (P-3): one process, side by side.

As a program, `python -m benchmarks.durable FOLDER ROUNDS`, it measures over a portal's folder and prints JSON.
"""

import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

import httpx
import uvloop

from adapters.fakes.addresses import free_port
from benchmarks.frame import Measured, Pace
from benchmarks.portal import MINA, READY, serve_in
from benchmarks.servers import Running, start, wait_for
from core.domain.cart import Cart, CartService, Totals
from core.domain.checkout import Choices
from core.domain.ids import OrderId, RequestKey, Sku
from core.domain.limits import Limited
from core.domain.placing import Asked
from core.domain.provisioning import provision_job
from core.domain.session import Session
from core.domain.work import Job, Work, WorkKind, WorkState
from genkan.backstage import Backstage
from genkan.client import Portal
from genkan.container import handlers, use_case_of
from genkan.running import prepare
from genkan.settings import Settings
from ports.durable import Steps

AT_ONCE: Final = 8
CUSTOMERS: Final = 81
"""One to warm up with, and the others eight at once: each of them asks for nothing, then orders."""
PORTALS: Final = 3
"""One after the other: neighbours in one process differ by a third, and one process from the next by hundredths."""
PLANS: Final = ("VPN-SAN-FRANCISCO", "VPN-LONDON")
MOST_ROUNDS: Final = len(PLANS)
EMPTY: Final = WorkKind.SEND_CONTACT
"""A kind that nothing here asks for; it stands for work that does nothing."""
PATIENCE: Final = 10.0
SEEN: Final = "seen.json"
OPEN_DOORS: Final = {f"limits__{each}": '{"times": 100000, "period": "PT1M"}' for each in Limited}


async def _nothing() -> None:
    return


async def _empty(steps: Steps, data: int) -> None:
    for number in range(data):
        await steps.do(f"step {number}", None, _nothing)


@contextmanager
def portal_with_customers(core: int | None) -> Iterator[Path]:
    """The folder of a portal that was stopped again: its customers have cards, and saw what the plans cost."""
    with tempfile.TemporaryDirectory(prefix="genkan-bench-") as root:
        folder, port = Path(root) / "data", free_port()
        process = start(serve_in(folder, None, **OPEN_DOORS), port, core)
        try:
            wait_for(process, port, READY)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
                backstage, tokens = Backstage(Portal(http)), []
                for number in range(CUSTOMERS):
                    customer = backstage.sign_up(**MINA | {"email": f"mina{number}@example.com"})
                    backstage.add_payment_method(customer)
                    tokens.append(customer.tokens["accessToken"])
                totals = {plan: backstage.portal.price([{"plan": plan}])["totals"] for plan in PLANS}
                backstage.now()
        finally:
            process.terminate()
            process.wait(30)
        (folder / SEEN).write_text(json.dumps({"tokens": tokens, "totals": totals}))
        yield folder


class House:
    """A portal that answers nobody and hears of nothing: only what is asked for here is done."""

    def __init__(self, it: Any, sessions: list[Session], totals: dict[str, Totals]) -> None:
        self._it, self._sessions, self._totals = it, sessions, totals
        self._numbers = count()
        self.placed: list[OrderId] = []

    async def submit(self, number: int, round_: int) -> None:
        """One customer's order of the round's plan, as the request for it is answered."""
        plan = PLANS[round_]
        asked = Asked(
            cart=Cart((CartService(plan=Sku(plan)),)), seen=self._totals[plan], choices=Choices(address_confirmed=True)
        )
        session, key = self._sessions[number], RequestKey(f"order {round_}")
        reply = await use_case_of(self._it, "place_orders")(session, key, asked)
        self.placed += [OrderId(order["id"]) for order in _done(reply.work).result["orders"]]

    async def accept_empty(self, number: int, round_: int) -> None:
        """One customer's request of one step that does nothing."""
        user = self._sessions[number].user
        reply = await use_case_of(self._it, "accept_request")(user, "nothing", Job(key=self._key(), kind=EMPTY, data=1))
        _done(reply.work)

    async def empty(self, steps: int) -> float:
        """Seconds from the start of an empty piece of work to its end."""
        return await self._seconds(Job(key=self._key(), kind=EMPTY, data=steps))

    async def provision(self, number: OrderId) -> float:
        """Seconds from the start of an approved order's provisioning to its end."""
        order = await self._it.order_book().find(number)
        return await self._seconds(provision_job(order))

    async def _seconds(self, job: Job) -> float:
        work, began = self._it.work(), perf_counter()
        await work.start(job)
        _done(await work.outcome(job.key, PATIENCE))
        took = perf_counter() - began
        await work.quiet(PATIENCE)  # mails and whatever else follows
        return took

    def _key(self) -> RequestKey:
        return RequestKey(f"empty {next(self._numbers)}")


def _done(work: Work | None) -> Work:
    if work is None or work.state is not WorkState.DONE:
        raise RuntimeError(f"not done: {work}")
    return work


async def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Rounds of each, by turns."""
    kept = json.loads((folder / SEEN).read_text())
    running = prepare(Settings(data=folder, log_level="error"), lambda *_, **__: None)
    it, world = running.container, running.world
    assert world is not None
    async with running.reach():
        sessions = [await use_case_of(it, "read_session")(token) for token in kept["tokens"]]
        work = it.work()
        work.bind({**handlers(it), EMPTY: _empty})
        await work.open()
        totals = {plan: Totals(seen["monthly"], seen["oneTime"]) for plan, seen in kept["totals"].items()}
        house = House(it, sessions, totals)
        found: dict[str, list[float]] = {"one step": [], "submit": [], "five steps": [], "provisioning": []}
        for session in sessions:  # as the page does before an order: what is seen of a card for the first time is kept
            await use_case_of(it, "read_payment_status")(session)
        for each in (house.accept_empty, house.submit):
            await each(0, 0)  # statements are compiled once
        gc.freeze()  # as a portal does that is ready to serve
        for round_ in range(rounds):
            for first in range(1, CUSTOMERS, AT_ONCE):
                found["one step"].append(await _per_second(house.accept_empty, first, round_))
                found["submit"].append(await _per_second(house.submit, first, round_))
        await work.quiet(PATIENCE)
        for order in house.placed:
            await world.staff_desk.approve_order(order)
            found["five steps"].append(await house.empty(5))
            found["provisioning"].append(await house.provision(order))
        await work.stop(0)
    return found


async def _per_second(do: Callable[[int, int], Awaitable[None]], first: int, round_: int) -> float:
    """How many are done in a second of the processor, some at once."""
    began = process_time()
    await asyncio.gather(*(do(number, round_) for number in range(first, first + AT_ONCE)))
    return AT_ONCE / (process_time() - began)


@cache
def _measured(core: int | None, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for _ in range(PORTALS):
        for what, seconds in _measured_once(core, rounds).items():
            found.setdefault(what, []).extend(seconds)
    return found


def _measured_once(core: int | None, rounds: int) -> dict[str, list[float]]:
    with portal_with_customers(core) as folder:
        command = [sys.executable, "-m", "benchmarks.durable", str(folder), str(rounds)]
        pinned = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        told = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=pinned)
        if told.returncode:
            raise RuntimeError(told.stderr[-2000:])
        found: dict[str, list[float]] = json.loads(told.stdout.splitlines()[-1])
        return found


def _by_turns(base: Sequence[float], ours: Sequence[float]) -> tuple[float, float, float]:
    """The median of the ratios of neighbours, and the median of each."""
    ratios = [mine / theirs for theirs, mine in zip(base, ours, strict=True)]
    return round(statistics.median(ratios), 3), statistics.median(base), statistics.median(ours)


@dataclass(frozen=True)
class Submit:
    """Orders submitted per second of a core, relative to a request of one empty step that is accepted as they are."""

    name: str
    at_least: float = 0.8

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """The median of the ratios of each few to those just before them."""
        found = _measured(servers.core, min(pace.rounds, MOST_ROUNDS))
        ratio, empty, ours = _by_turns(found["one step"], found["submit"])
        details = {"per_core_second": {"one step": round(empty, 1), "submit": round(ours, 1)}}
        return Measured(self.name, ratio, f">= {self.at_least}", ratio >= self.at_least, details)


@dataclass(frozen=True)
class Provisioning:
    """How long an approved order's way to a running service takes, relative to a piece of work of five empty steps."""

    name: str
    at_most: float = 1.5

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """The median of the ratios of each order to the empty work just before it."""
        found = _measured(servers.core, min(pace.rounds, MOST_ROUNDS))
        ratio, empty, ours = _by_turns(found["five steps"], found["provisioning"])
        details = {"milliseconds": {"five steps": round(empty * 1000, 1), "provisioning": round(ours * 1000, 1)}}
        return Measured(self.name, ratio, f"<= {self.at_most}", ratio <= self.at_most, details)


BENCHES: Final = (Submit("order submit, by an empty request"), Provisioning("provisioning, by five empty steps"))

if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(Path(sys.argv[1]), int(sys.argv[2])))))
