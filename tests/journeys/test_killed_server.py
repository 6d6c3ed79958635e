"""A served portal is killed between any two steps of an order, and what was promised comes true all the same (T-1)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from genkan.client import Customer, Json
from genkan.demo.people import EID, PEOPLE, TERMS, card
from tests import databases
from tests.journeys.served import PATIENCE, Served
from tests.usecases.killing import WHOLE

IMPATIENT = 0.3
"""Seconds after which the customer's browser gives up on an answer."""
FOR_EVER = 600_000


@dataclass(frozen=True)
class Point:
    """Where the process dies: held before an operation has its effect, or when its answer was lost again and again.

    `shown` is what the customer reads of the order's status and activation while it is held; None: there is no order.
    """

    system: str
    operation: str
    kind: str
    shown: tuple[str, str | None] | None

    def __str__(self) -> str:
        return f"{self.operation}, {'before' if self.kind == 'slow' else 'after'} its effect"


PLACING = (
    Point("salesforce", "ensure_order", "slow", None),
    Point("salesforce", "ensure_order", "timeout_after", ("pending_review", None)),
)
ACTIVATING = (
    Point("salesforce", "ensure_activation", "slow", ("approved", "not_started")),
    Point("esim", "ensure_profile", "timeout_after", ("approved", "activating")),
    Point("whmcs", "ensure_billed", "slow", ("approved", "activating")),
    Point("whmcs", "ensure_billed", "timeout_after", ("approved", "activating")),
    Point("whmcs", "ensure_accepted", "timeout_after", ("approved", "activating")),
    Point("salesforce", "ensure_completed", "slow", ("approved", "activating")),
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path, {"first_retry": "0.05", "longest_retry": "0.2", "log_level": "warning"})
    served.start()
    yield served
    served.stop()


@pytest.fixture
def kenji(served: Served) -> Customer:
    """A customer who may order any SIM."""
    email, password = "kenji@example.com", "persimmons on the veranda"
    kenji = served.backstage.sign_up(**PEOPLE["Kenji"], email=email, password=password, termsVersion=TERMS)
    served.backstage.add_payment_method(kenji)
    kenji.upload_id(card("Kenji", "front"))
    served.backstage.salesforce.review_id(account=served.backstage.account(kenji)["id"], status="Verified")
    return kenji


@pytest.mark.skipif(databases.WHOLE != databases.SQLITE, reason="on a shared database a dead one's lease is waited out")
@pytest.mark.slow
def test_killed_anywhere_every_order_is_activated_once(served: Served, kenji: Customer) -> None:
    # each takes seconds; `make sweep` goes through all of them
    placing, activating = (PLACING, ACTIVATING) if WHOLE else (PLACING[1:], ACTIVATING[::2])
    for phone, point in enumerate(placing):
        order = killed_while_placing(served, kenji, esim(phone), point)
        served.backstage.salesforce.approve_order(order=order)
        runs(served, kenji, order)
    for phone, point in enumerate(activating, start=len(placing)):
        (placed,) = kenji.order([esim(phone)])["orders"]
        killed_while_activating(served, kenji, placed["id"], point)
        runs(served, kenji, placed["id"])
    each_effect_happened_once(served, kenji, len(placing) + len(activating))


def esim(phone: int) -> Json:
    """An eSIM for one of many phones: the same cart twice within two minutes would be the same order (ORD-5)."""
    return {"plan": "SIM-DATA-VOICE-10GB", "sim": {"type": "esim", "eid": f"{EID[:-2]}{phone + 10}"}}


def killed_while_placing(served: Served, kenji: Customer, wanted: Json, point: Point) -> str:
    """The order of a customer who never got an answer, and asks again only when it is there."""
    known = {order["id"] for order in kenji.orders()}
    seen = kenji.portal.price([wanted])["totals"]
    before = held(served, point)
    impatient(served, lambda: kenji.order([wanted], key=f"{point.operation}-{point.kind}", seen=seen))
    got_to(served, point, before)
    new = [order for order in kenji.orders() if order["id"] not in known]
    assert [(order["status"], order["activation"]) for order in new] == ([point.shown] if point.shown else []), point
    served.kill()
    served.start()
    served.until(lambda: len(kenji.orders()) == len(known) + 1, f"the order is there ({point})")
    (order,) = [order for order in kenji.orders() if order["id"] not in known]
    assert order["status"] == "pending_review", point
    # nobody is at it any more, so nobody who asks again under the same key is told to wait (T-2, T-8)
    assert kenji.order([wanted], key=f"{point.operation}-{point.kind}", seen=seen)["orders"][0]["id"] == order["id"], (
        point
    )
    return str(order["id"])


def killed_while_activating(served: Served, kenji: Customer, order: str, point: Point) -> None:
    notices = told(kenji)
    before = held(served, point)
    impatient(served, lambda: served.backstage.salesforce.approve_order(order=order))
    got_to(served, point, before)
    detail = kenji.order_detail(order)
    assert (detail["status"], detail["activation"]) == point.shown, point
    assert told(kenji) == notices, point
    served.kill()
    served.start()


def held(served: Served, point: Point) -> int:
    """Let the operation never end, or never answer; how often it was called before."""
    milliseconds = FOR_EVER if point.kind == "slow" else 0
    served.backstage.fault(point.system, point.operation, point.kind, milliseconds=milliseconds)
    return served.calls(f"{point.system}.{point.operation}")


def impatient(served: Served, ask: Callable[[], object]) -> None:
    """Ask, and hang up before there can be an answer."""
    served.http.timeout = IMPATIENT
    with suppress(httpx.ReadTimeout):
        ask()
    served.http.timeout = PATIENCE


def got_to(served: Served, point: Point, before: int) -> None:
    """Wait until the operation was begun, or repeated since its answer was lost."""
    more = 1 if point.kind == "slow" else 2
    name = f"{point.system}.{point.operation}"
    served.until(lambda: served.calls(name) >= before + more, f"it got to {point}")


def runs(served: Served, kenji: Customer, order: str) -> None:
    """The order ends activated though nobody asks for it again, and that is told once."""
    served.until(lambda: kenji.order_detail(order)["activation"] == "activated", f"{order} is activated")
    active = [each for each in kenji.orders() if each["activation"] == "activated"]
    served.until(lambda: told(kenji) == len(active), "each activation was told")


def told(kenji: Customer) -> int:
    """How often the customer was told that a service runs."""
    return sum(notice["type"] == "order_activated" for notice in kenji.notices())


def each_effect_happened_once(served: Served, kenji: Customer, orders: int) -> None:
    """What the ledger holds of every order: one of each effect."""
    ledger = served.backstage.ledger(by="portal")
    created = [entry["table"] for entry in ledger if entry["deed"].startswith("create ")]
    counted = {table: created.count(table) for table in ("order", "opportunity", "esim", "billing_order", "service")}
    lines = 2  # the plan and its activation fee
    once = {"order": orders, "opportunity": orders, "esim": orders, "billing_order": orders, "service": orders * lines}
    assert counted == once
    assert not [entry for entry in ledger if entry["deed"].startswith("delete ")]
    sales = {row["id"]: row["stage"] for row in served.backstage.records("opportunity")}
    assert sorted(sales.values()) == ["Active"] * orders
    assert len({row["opportunity"] for row in served.backstage.records("order")}) == orders
    assert [service["status"] for service in kenji.services()].count("active") == orders
