"""Customers who order all the time, from whichever instance answers; staff who approve what they see."""

import asyncio
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters.fakes.remote import link_remote
from core.domain.ids import OrderId
from core.domain.order import OrderStatus
from genkan.client import Customer, NotExpected, Portal
from genkan.demo.people import PEOPLE, TERMS
from tests.cluster.instances import Cluster, Instance

PASSWORD = "persimmons on the veranda"
CARTS = ([{"plan": "VPN-SAN-FRANCISCO"}], [{"plan": "VPN-LONDON"}])
GIVES_UP = 60.0
STANDS_STILL = 60.0
"""Seconds after which nothing may stand still any more (T-8)."""
PAUSE = 0.2


@dataclass
class Told:
    """What customers and staff were told, and when."""

    accepted: dict[str, float] = field(default_factory=dict)
    approved: dict[str, float] = field(default_factory=dict)
    completed: dict[str, float] = field(default_factory=dict)
    reads: int = 0
    failed_over: int = 0
    unread: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Failover:
    """A browser behind a proxy: the next instance is asked where one does not answer."""

    def __init__(self, serving: list[Instance], told: Told, chance: random.Random) -> None:
        self._https = [httpx.Client(base_url=each.address, trust_env=False, timeout=10) for each in serving]
        self._told = told
        self._chance = chance

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The first answer that is none of a dying or overburdened instance."""
        until = time.monotonic() + GIVES_UP
        order = self._chance.sample(self._https, len(self._https))
        while True:
            for http in order:
                try:
                    answer = http.request(method, path, **more)
                except httpx.HTTPError:
                    self._told.failed_over += 1
                    continue
                if answer.status_code not in (502, 503, 409):
                    return answer
            if time.monotonic() > until:
                raise TimeoutError(f"{method} {path}: no instance answers")
            time.sleep(PAUSE)


def customers(cluster: Cluster, number: int) -> list[dict[str, Any]]:
    """Customers with a payment method, signed up while all is well: their tokens, for any instance."""
    from genkan.backstage import Backstage  # noqa: PLC0415

    http = httpx.Client(base_url=cluster.serving[0].address, trust_env=False, timeout=60)
    backstage = Backstage(Portal(http))
    made = []
    for each in range(number):
        email = f"customer{each}@example.com"
        customer = backstage.sign_up(**PEOPLE["Aiko"], email=email, password=PASSWORD, termsVersion=TERMS)
        backstage.add_payment_method(customer)
        made.append({"email": email, "tokens": customer.tokens})
    return made


class Load:
    """So many customers at once, each ordering every cart once."""

    def __init__(self, cluster: Cluster, people: list[dict[str, Any]], at_once: int) -> None:
        self.told = Told()
        self.over = threading.Event()
        self._over_for_staff = threading.Event()
        self._cluster = cluster
        self._people = people
        shares = [people[start::at_once] for start in range(at_once)]
        self._threads = [threading.Thread(target=self._order, args=(share, n)) for n, share in enumerate(shares)]
        self._staff = threading.Thread(target=lambda: asyncio.run(self._approve()))

    def start(self) -> None:
        """Begin ordering and approving."""
        for each in [*self._threads, self._staff]:
            each.start()

    def finish(self) -> None:
        """No more orders; what was accepted is still approved, and waited for as long as anything may stand still."""
        self.over.set()
        for each in self._threads:
            each.join()
        until = time.monotonic() + STANDS_STILL
        while time.monotonic() < until and len(self.told.completed) < len(self.told.accepted):
            time.sleep(PAUSE)
        self._over_for_staff.set()
        self._staff.join()

    def _order(self, share: list[dict[str, Any]], number: int) -> None:
        chance = random.Random(number)
        http: Any = Failover(self._cluster.serving, self.told, chance)
        for round_, cart in enumerate(CARTS):
            for person in share:
                if self.over.is_set():
                    return
                customer = Customer(Portal(http), person["email"], PASSWORD, person["tokens"])
                key = f"{person['email']}-{round_}"
                try:
                    self._one(customer, cart, key)
                except (NotExpected, TimeoutError) as wrong:
                    self.told.refused.append(f"{key}: {wrong}")
                time.sleep(chance.random())

    def _one(self, customer: Customer, cart: Any, key: str) -> None:
        answer = customer.order(cart, key=key)
        if not answer.get("orders"):  # received: there is a place to look
            customer.wait(answer["requestId"], GIVES_UP)
        shown = {order["id"] for order in customer.orders()}
        self.told.reads += 1
        told = {order["id"] for order in answer.get("orders", ())}
        self.told.unread += told - shown
        for order in told | shown:
            self.told.accepted.setdefault(order, time.monotonic())

    async def _approve(self) -> None:
        world = link_remote(self._cluster.world.address)
        try:
            while not self._over_for_staff.is_set():
                for order in [each for each in [*self.told.accepted] if each not in self.told.approved]:
                    await world.staff_desk.approve_order(OrderId(order))
                    self.told.approved[order] = time.monotonic()
                for row in await world.control.records("order", 100_000):
                    if row["status"] == OrderStatus.COMPLETED:
                        self.told.completed.setdefault(row["id"], time.monotonic())
                await asyncio.sleep(PAUSE)
        finally:
            await world.close()
