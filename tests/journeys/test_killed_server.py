"""A server is killed while orders are on their way, each at another step; the next start finishes every one of them."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from genkan.backstage import Backstage
from genkan.client import Customer
from tests.journeys.serving import Process, until

HELD_AT = [
    ("salesforce", "ensure_activation"),
    ("esim", "ensure_profile"),
    ("whmcs", "ensure_billed"),
    ("whmcs", "ensure_accepted"),
    ("whmcs", "find_billed"),
    ("salesforce", "ensure_completed"),
]
"""What the orders are held at, one each: whatever stands before it has happened, what stands behind it has not."""

ESIM = [{"plan": "SIM-DATA-VOICE-10GB", "sim": {"type": "esim", "eid": "89033023426200000000003652910211"}}]


def details(number: int) -> dict[str, object]:
    return {
        "email": f"mina{number}@example.com",
        "password": "a quiet morning by the river",
        "firstName": "Mina",
        "lastName": f"Park{number}",
        "birthDate": "1995-04-01",
        "phone": {"countryCode": "81", "number": f"901234567{number}"},
        "address": {"postcode": "150-0001", "prefecture": "Tokyo", "city": "Shibuya", "town": f"Jingumae {number}-1-1"},
        "marketingConsent": False,
        "termsVersion": "2026-01",
    }


@pytest.mark.slow
def test_a_killed_server_finishes_every_order_at_the_next_start(tmp_path: Path) -> None:
    """FUL-3, T-1, T-8: kill -9 between any two steps, start again, and each order is one service."""
    with Process(tmp_path, {"limits": '{"sign_up": {"times": 1000, "period": "PT1M"}}'}) as served:
        orders = held_orders(served.backstage)
        served.kill()
        served.start()
        for customer, order in orders:
            look = partial(activated, customer, order)
            assert until("the order is activated", look)["status"] == "completed"
        back = served.backstage
        made = Counter(entry["deed"] for entry in back.ledger() if entry["deed"].startswith("create "))
        services = Counter(row["crm_order"] for row in back.records("service") if row["billingcycle"] == "Monthly")
        assert services == {order: 1 for _, order in orders}
        assert made["create billing order"] == made["create esim"] == made["create order"] == len(orders)
        assert served.stop() == 0


def activated(customer: Customer, order: str) -> dict[str, Any] | None:
    detail: dict[str, Any] = customer.order_detail(order)
    return detail if detail["activation"] == "activated" else None


def held_orders(back: Backstage) -> list[tuple[Customer, str]]:
    """An order for each place, approved and held there; each tells its customer no more than is true."""
    orders: list[tuple[Customer, str]] = []
    for number, _ in enumerate(HELD_AT):
        customer = back.sign_up(**details(number))
        back.add_payment_method(customer, last_four="4242", expires="2030-01")
        back.salesforce.correct_id(account=back.account(customer)["id"], status="Submitted")
        back.salesforce.correct_id(account=back.account(customer)["id"], status="Verified")
        orders.append((customer, customer.order(ESIM)["orders"][0]["id"]))
    for (system, operation), (_, order) in zip(HELD_AT, orders, strict=True):
        before = back.world.calls().get(f"{system}.{operation}", 0)
        back.fault(system, operation, "slow", times=1, milliseconds=600_000)
        back.salesforce.approve_order(order=order)
        name = f"{system}.{operation}"
        until(f"{name} is asked", lambda name=name, before=before: back.world.calls().get(name, 0) > before)
    for customer, order in orders:
        assert customer.order_detail(order)["activation"] in ("not_started", "activating")  # never more than is true

    return orders
