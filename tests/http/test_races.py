"""Requests that race: twenty at once, with one key, with twenty, with none, from two tabs, and one thing comes of it.

Asked of a portal as it is served; what came of it is read from the world's own ledger (T-1, T-2).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fuzz.customers import ADDRESS, INTERNET, SIM, VPN, Customer, code_for, details, make_ready, sign_up
from tests.fuzz.served import Served, serving
from tests.fuzz.wire import Answer, at_once, request

TABS = 20
Keys = Callable[[int], dict[str, str]]
KEYS: dict[str, Keys] = {
    "no key": lambda tab: {},
    "one key": lambda tab: {"Idempotency-Key": "the-one"},
    "each its key": lambda tab: {"Idempotency-Key": f"tab-{tab}"},
}
keyed = pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
Call = tuple[str, Any, dict[str, str]]
"""A POST: path, body, headers."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("races")) as portal:
        yield portal


@pytest.fixture
def customer(served: Served) -> Customer:
    """A customer for whom every gate is open."""
    one = somebody(served)
    make_ready(one)
    return one


def somebody(served: Served) -> Customer:
    """A customer of their own for a test."""
    return sign_up(served, f"racer{served.number()}@example.com")


def race(served: Served, calls: list[Call]) -> list[Answer]:
    """The answers to calls that leave at one moment; who is told "still running" asks again, as a client does."""
    sent = [_posted(each) for each in calls]
    answers = at_once(served.address, sent)
    while waiting := [n for n, answer in enumerate(answers) if answer.problem.get("code") == "still_running"]:
        for n, answer in zip(waiting, at_once(served.address, [sent[n] for n in waiting]), strict=True):
            answers[n] = answer
    assert all(200 <= answer.status < 500 for answer in answers), Counter(answer.status for answer in answers)
    return answers


def _posted(call: Call) -> bytes:
    path, body, headers = call
    said = [(name.encode(), value.encode()) for name, value in headers.items()]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return request(b"POST", path.encode(), [*said, (b"Content-Type", b"application/json")], raw)


def race_of(served: Served, calls: list[Call]) -> tuple[Counter[str], list[Answer]]:
    """What the portal made in the world through the race and until all was quiet, by table; and the answers."""
    before = len(served.ledger())
    answers = race(served, calls)
    entries = served.ledger(before)
    made = Counter(e["table"] for e in entries if e["by"] == "portal" and e["deed"].startswith("create "))
    return made, answers


def tabs(path: str, body: Any, headers: dict[str, str], keys: Keys) -> list[Call]:
    """The same POST from every tab."""
    return [(f"/api{path}", body, {**headers, **keys(tab)}) for tab in range(TABS)]


def alternating(*calls: Call) -> list[Call]:
    """These calls in turn, from as many tabs."""
    return [calls[tab % len(calls)] for tab in range(TABS)]


@keyed
def test_one_sign_up_makes_one_account(served: Served, keys: Keys) -> None:
    email = f"signer{served.number()}@example.com"
    started = served.http.post("/api/auth/signup", json=details(email)).json()
    body = {**started, "code": code_for(served, email)}

    made, answers = race_of(served, tabs("/auth/signup/complete", body, {}, keys))

    assert (made["account"], made["contact"], made["client"]) == (1, 1, 1)
    assert {answer.status for answer in answers} <= {201, 202}
    assert len({json.loads(answer.body)["customerNumber"] for answer in answers if answer.status == 201}) == 1


def test_sign_ups_of_one_address_make_one_account(served: Served) -> None:
    """Two tabs, each with a code of its own, and the address written in two ways."""
    calls: list[Call] = []
    for email in ("two.tabs@example.com", "Two.Tabs@EXAMPLE.com"):
        started = served.http.post("/api/auth/signup", json=details(email)).json()
        calls.append(("/api/auth/signup/complete", {**started, "code": code_for(served, email)}, {}))
    assert calls[0] != calls[1]

    made, _ = race_of(served, alternating(*calls))

    assert (made["account"], made["contact"], made["client"]) == (1, 1, 1)


@keyed
def test_one_address_is_checked_once(served: Served, keys: Keys) -> None:
    one = somebody(served)

    made, _ = race_of(served, tabs("/eligibility/internet/request", {"address": ADDRESS}, one.headers, keys))

    assert (made["case"], made["opportunity"]) == (1, 1)


def test_two_addresses_at_once_make_one_open_check(served: Served) -> None:
    one, path = somebody(served), "/api/eligibility/internet/request"
    addresses = (ADDRESS, {**ADDRESS, "town": "Negishi 1-2"})

    made, _ = race_of(served, alternating(*((path, {"address": each}, one.headers) for each in addresses)))

    assert (made["case"], made["opportunity"]) == (1, 1)


@keyed
@pytest.mark.parametrize("service", [INTERNET, VPN, SIM], ids=["internet", "vpn", "sim"])
def test_one_order_is_placed(served: Served, customer: Customer, service: dict[str, Any], keys: Keys) -> None:
    made, answers = race_of(served, tabs("/orders", ordering(customer, service), customer.headers, keys))

    assert made["order"] == 1
    placed = [json.loads(answer.body)["orders"] for answer in answers if answer.status == 201]
    assert len({each["id"] for orders in placed for each in orders}) == 1
    assert {answer.status for answer in answers} <= {201, 202}


@keyed
@pytest.mark.parametrize("service", [INTERNET, VPN], ids=["internet", "vpn"])
def test_a_saved_checkout_is_submitted_once(
    served: Served, customer: Customer, service: dict[str, Any], keys: Keys
) -> None:
    customer.save_checkout(service)

    made, _ = race_of(served, tabs("/checkout/submit", {}, customer.headers, keys))

    assert made["order"] == 1


def test_internet_from_two_tabs_in_two_ways_is_ordered_once(served: Served, customer: Customer) -> None:
    """One tab submits what was saved, the others order outright; one of them another plan."""
    customer.save_checkout(INTERNET)
    gold = {**INTERNET, "plan": "INTERNET-HOME-1G-GOLD"}

    made, _ = race_of(
        served,
        alternating(
            ("/api/checkout/submit", {}, customer.headers),
            ("/api/orders", ordering(customer, INTERNET), customer.headers),
            ("/api/orders", ordering(customer, gold), customer.headers),
        ),
    )

    assert made["order"] == 1


@keyed
def test_a_service_is_cancelled_once(served: Served, customer: Customer, keys: Keys) -> None:
    service = running_vpn(customer)
    month = months_of(customer, service)[0]

    made, _ = race_of(served, tabs(f"/subscriptions/{service}/cancellation", {"month": month}, customer.headers, keys))

    assert made["case"] == 1


def test_two_months_at_once_make_one_cancellation(served: Served, customer: Customer) -> None:
    service = running_vpn(customer)
    first, second, *_ = months_of(customer, service)

    made, _ = race_of(
        served,
        alternating(
            (f"/api/subscriptions/{service}/cancel", {"month": first}, customer.headers),
            (f"/api/subscriptions/{service}/cancellation", {"month": second}, customer.headers),
        ),
    )

    assert made["case"] == 1


def test_an_approved_order_is_provisioned_once(served: Served, customer: Customer) -> None:
    """The approval's event and signed calls, each with a nonce and a key of its own."""
    order = customer.place(VPN)
    path, body = f"/api/orders/{order}/provision", json.dumps({"activation": "now"}).encode()
    approval: Call = ("/sandbox/salesforce/approve_order", {"arguments": {"order": order}}, {})
    calls: list[Call] = [(path, body, served.signed("POST", path, body)) for _ in range(TABS - 1)]

    made, _ = race_of(served, [approval, *calls])

    assert (made["billing_order"], made["service"]) == (1, 1)


def test_one_key_is_one_remark(served: Served, customer: Customer) -> None:
    case = customer.post("/support/cases", {"subject": "Slow line", "message": "Since Monday."})["id"]

    made, _ = race_of(
        served, tabs(f"/support/cases/{case}/comments", {"text": "Still slow."}, customer.headers, KEYS["one key"])
    )

    assert made["case_comment"] == 1


def test_a_refresh_token_is_changed_once(served: Served) -> None:
    body = {"refreshToken": somebody(served).tokens["refreshToken"]}

    answers = race(served, tabs("/auth/refresh", body, {}, KEYS["no key"]))

    assert Counter(answer.status for answer in answers) == {200: 1, 401: TABS - 1}


def ordering(customer: Customer, service: dict[str, Any]) -> dict[str, Any]:
    """The body of an order of that service at today's price."""
    cart = {"services": [service]}
    return {"cart": cart, "seen": customer.post("/checkout/cart", cart)["totals"], "addressConfirmed": True}


def running_vpn(customer: Customer) -> str:
    """A VPN that runs; its service's id."""
    customer.served.deed("salesforce", "approve_order", order=customer.place(VPN))
    return str(customer.get("/subscriptions")["items"][0]["id"])


def months_of(customer: Customer, service: str) -> list[str]:
    """The months a service may end with."""
    return [each["month"] for each in customer.get(f"/subscriptions/{service}/cancellation")["months"]]
