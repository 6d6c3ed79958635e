"""Orders whose answers are lost at random, over the wire: each must end as one order with a service for each line.

python -m tests.whmcs.orders --count 1000 --seed 1

AddOrder and AcceptOrder happen and are not answered, happen only after the portal gave up waiting, or never arrive.
With --look-ups-fail what would be looked for can't be read for a while either: then work is parked rather than done
twice, and goes on once WHMCS can be read again.
"""

import argparse
import asyncio
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import httpx
import structlog

from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.world import World
from adapters.whmcs.bindings import WhmcsPorts
from adapters.whmcs.settings import Patience
from core.domain.ids import ClientId, OrderId, request_key
from core.domain.provisioning import BillingOrder
from ports.errors import Unavailable
from tests.contracts.billing_fixtures import INSTALLATION, PLAN
from tests.contracts.wired_whmcs import action_of, wired
from tests.worlds import a_world

SETTLE: Final = 0.15
LATE: Final = 0.03
"""Seconds until what was not waited for happens: within the time that the portal gives it."""
AT_ONCE: Final = 24
TRIES: Final = 6
FATES: Final = {"answered": 45, "lost": 35, "late": 10, "never arrived": 10}
LOST: Final = frozenset({"AddOrder", "AcceptOrder"})
LOOKED_AT: Final = frozenset({"GetClientsProducts", "GetOrders"})
PATIENCE: Final = Patience(
    first_wait=0.001, longest_wait=0.005, settle=SETTLE, failures=1_000_000, rest=0.001, attempts=3
)


class Chancy(httpx.AsyncBaseTransport):
    """A way to WHMCS on which chance decides what becomes of a call, and for whom nothing can be read."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.way = httpx.AsyncHTTPTransport(verify=False)
        self.fates: Counter[str] = Counter()
        self.unreadable: set[str] = set()
        self.is_calm = False
        self.later: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        action = action_of(request)
        if self.is_calm:
            return await self.way.handle_async_request(request)
        if action in LOOKED_AT and self._is_unreadable(request):
            raise httpx.ReadTimeout("silent", request=request)
        if action not in LOST:
            return await self.way.handle_async_request(request)
        (fate,) = self.chance.choices([*FATES], [*FATES.values()])
        self.fates[f"{action} {fate}"] += 1
        if fate == "late":
            task = asyncio.create_task(self._later(request))
            self.later.add(task)
            task.add_done_callback(self.later.discard)
        elif fate != "never arrived":
            response = await self.way.handle_async_request(request)
            if fate == "answered":
                return response
            await response.aread()
            await response.aclose()
        raise httpx.ReadTimeout("silent", request=request)

    async def _later(self, request: httpx.Request) -> None:
        await asyncio.sleep(LATE)
        response = await self.way.handle_async_request(request)
        await response.aread()
        await response.aclose()

    def _is_unreadable(self, request: httpx.Request) -> bool:
        body = f"{request.content.decode()}&"
        return any(f"clientid={client}&" in body or f"id={client}&" in body for client in self.unreadable)

    async def aclose(self) -> None:
        await asyncio.gather(*self.later)
        await self.way.aclose()


@dataclass
class Outcome:
    """What came of it all."""

    asked: int
    lines: int
    orders: int = 0
    services: int = 0
    running: int = 0
    invoices: int = 0
    parked: int = 0
    parked_at_last: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether each order is there once, with what it is for, and runs."""
        once = self.orders == self.invoices == self.asked
        return once and self.services == self.running == self.lines and not self.parked_at_last


class Orders:
    """Customers with an order each, and a portal that provisions them."""

    def __init__(self, world: World, ports: WhmcsPorts, way: Chancy, count: int) -> None:
        self.world = world
        self.ports = ports
        self.way = way
        whmcs = WhmcsActions(world, "staff")
        self.orders = [self._order(whmcs, number) for number in range(count)]

    def _order(self, whmcs: WhmcsActions, number: int) -> BillingOrder:
        fields = {"email": f"c{number}@example.com", "password2": "x"}
        client = whmcs.add_client(fields, customer_number=f"P{number:07d}", skipvalidation=True)
        lines = (PLAN,) if number % 4 else (PLAN, INSTALLATION)
        return BillingOrder(client=ClientId(client), mark=OrderId(f"801Q8K{number:09d}"), lines=lines)

    async def all(self, orders: list[BillingOrder]) -> list[BillingOrder]:
        """Provision them, many at once; answers those that were parked."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(order: BillingOrder) -> BillingOrder | None:
            async with gate:
                return None if await self._provisioned(order) else order

        return [order for order in await asyncio.gather(*map(one, orders)) if order is not None]

    async def _provisioned(self, order: BillingOrder) -> bool:
        """What the work of provisioning does, as often as it is tried again; False where it is parked at last."""
        for _ in range(TRIES):
            try:
                added = await self.ports.provisioner.ensure_billed(request_key(order.mark, "billing"), order)
                await self.ports.provisioner.ensure_accepted(order.client, added.order)
                billed = await self.ports.provisioner.find_billed(order.client, order.mark)
            except Unavailable:
                continue
            if billed is not None and billed.accepted and len(billed.services) == len(order.lines):
                return True
        return False

    def counted(self) -> Outcome:
        """What WHMCS holds."""
        find = self.world.records.find
        services = find("service")
        return Outcome(
            asked=len(self.orders),
            lines=sum(len(order.lines) for order in self.orders),
            orders=len(find("billing_order")),
            services=len(services),
            running=sum(row["status"] in ("Active", "Completed") for row in services),
            invoices=len(find("invoice")),
            fates=self.way.fates,
        )


async def played(count: int, seed: int, *, look_ups_fail: bool = False) -> tuple[Outcome, Outcome]:
    """How it stood when all was tried, and once WHMCS was well again."""
    world, way, began = a_world(), Chancy(seed), monotonic()
    async with wired(world, way, patience=PATIENCE) as (ports, _):
        house = Orders(world, ports, way, count)
        if look_ups_fail:
            way.unreadable = {order.client for order in house.orders if way.chance.random() < 0.3}
        parked = await house.all(house.orders)
        first = house.counted()
        first.parked = len(parked)
        way.is_calm = True
        left = await house.all(parked)
        last = house.counted()
    last.parked, last.parked_at_last, last.seconds = len(parked), len(left), monotonic() - began
    world.close()
    return first, last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--look-ups-fail", action="store_true")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    first, last = asyncio.run(played(asked.count, asked.seed, look_ups_fail=asked.look_ups_fail))
    for name, number in sorted(last.fates.items()):
        print(f"  {number:6d}  {name}")
    print(f"{first.orders} orders, {first.services} services for {first.lines} lines; {first.parked} parked")
    if asked.look_ups_fail:
        print(f"Well again: {last.orders} orders, {last.services} services, {last.parked_at_last} parked")
    print(f"{last.seconds:.0f} s")
    doubled = first.orders > first.asked or first.services > first.lines
    right = last.is_right and not doubled and (asked.look_ups_fail == bool(first.parked))
    print("Each is there once." if right else "NOT each is there once.")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
