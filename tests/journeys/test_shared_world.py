"""Two portals, each with a database of its own, on one world that is a process by itself (OPS-1)."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters.fakes.addresses import free_port
from adapters.fakes.wire.partners.server import KEYS
from genkan.client import Customer, Json
from genkan.demo.people import PEOPLE, TERMS
from tests.journeys.served import PATIENCE, Served, started

VPN: Json = [{"plan": "VPN-LONDON"}]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[str]:
    """The address of a world that is being served."""
    port = free_port()
    process = started(tmp_path / "world", "world", "--port", str(port))
    assert process.stderr is not None
    assert f":{port}" in process.stderr.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(PATIENCE)
    process.stderr.close()


@pytest.fixture
def portals(tmp_path: Path, world: str) -> Iterator[list[Served]]:
    """Two portals on that world; the second one comes when the world has seen something."""
    served = [Served(tmp_path / name, {"world": world}) for name in ("one", "two")]
    yield served
    for each in served:
        each.stop()


def test_its_partners_are_asked_where_it_says(tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    process = started(tmp_path / "world", "world", "--port", str(ports[0]), "--partners-port", str(ports[1]))
    assert process.stderr is not None
    try:
        assert f":{ports[1]}" in process.stderr.readline()
        home = {"postcode": "1500001", "town": "神宮前1-2-3", "building": ""}
        told = {"Authorization": f"Bearer {KEYS['line']}"}
        answer = httpx.post(f"http://127.0.0.1:{ports[1]}/line/v1/checks", json=home, headers=told)
        assert answer.json()["value"] == "Home 1G"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stderr.close()


@pytest.mark.slow
def test_each_customer_is_served_once(portals: list[Served]) -> None:
    customers = []
    for portal, name in zip(portals, ("Mina", "Aiko"), strict=True):
        portal.start()
        customers.append(customer_of(portal, name))
    assert len({customer.number for customer in customers}) == 2

    orders = [customer.order(VPN)["orders"][0]["id"] for customer in customers]
    for order in orders:  # staff work in one Salesforce, whichever portal's console they stand at
        portals[0].backstage.salesforce.approve_order(order=order)
    for portal, customer, order in zip(portals, customers, orders, strict=True):
        portal.until(lambda c=customer, o=order: c.order_detail(o)["activation"] == "activated", "it is activated")
        assert [service["name"] for service in customer.services()] == ["VPN London"]
        assert [each["id"] for each in customer.orders()] == [order]

    backstage = portals[1].backstage
    assert [row["status"] for row in backstage.records("billing_order")] == ["Active", "Active"]
    assert sorted(row["crm_order"] for row in backstage.records("service")) == sorted(orders)
    # whichever portal came first did it: with one database for both, it would be the customer's own who is told of it
    assert all(told(customer) <= 1 for customer in customers)


def customer_of(portal: Served, name: str) -> Customer:
    email, password = f"{name.lower()}@example.com", "persimmons on the veranda"
    customer = portal.backstage.sign_up(**PEOPLE[name], email=email, password=password, termsVersion=TERMS)
    portal.backstage.add_payment_method(customer)
    return customer


def told(customer: Customer) -> int:
    return sum(notice["type"] == "order_activated" for notice in customer.notices())
