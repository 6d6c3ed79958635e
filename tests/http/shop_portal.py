"""A customer's hands on the shop over HTTP, and staff's behind it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.desk_whmcs import BillingDesk
from core.domain.account import Address
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from tests.http.account_portal import DETAILS, Customer, Portal, a_portal

INTERNET: dict[str, Any] = {"plan": "INTERNET-HOME-1G-SILVER", "extras": ["INTERNET-INSTALL-SINGLE"]}
SIM: dict[str, Any] = {"plan": "SIM-DATA-VOICE-5GB", "sim": {"type": "esim", "eid": "8" * 32}}
VPN: dict[str, Any] = {"plan": "VPN-LONDON"}
PRICES = {"INTERNET-HOME-1G-SILVER": (5_500, 22_800), "SIM-DATA-VOICE-5GB": (1_480, 1_500), "VPN-LONDON": (2_500, 0)}


def cart(*services: dict[str, Any]) -> dict[str, Any]:
    """A cart of these services."""
    return {"services": list(services)}


def seen(*services: dict[str, Any]) -> dict[str, int]:
    """What these services cost in the demo catalog."""
    prices = [PRICES[each["plan"]] for each in services]
    return {"monthly": sum(monthly for monthly, _ in prices), "oneTime": sum(once for _, once in prices)}


def order(*services: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of an order without a saved checkout."""
    return {"cart": cart(*services), "seen": seen(*services), "addressConfirmed": True} | changes


class Shopper:
    """A customer in the shop."""

    def __init__(self, portal: Portal, customer: Customer) -> None:
        self.portal, self.customer = portal, customer
        world = portal.world
        self.staff, self.billing = StaffDesk(world), BillingDesk(world)
        number = customer.tokens["customerNumber"]
        account = world.records.one("account", number=number)
        assert account is not None
        self.account, self.client = account["id"], account["client"]

    def deed(self, call: Callable[..., Any], *given: Any) -> Any:
        """Have somebody do something in the world, inside the running portal."""
        return self.portal.now(call, *given)

    def ready(self, value: str = "Home 1G") -> "Shopper":
        """Everything is in order for every product."""
        home = Address(**DETAILS["address"]).tidied().one_line
        records = self.portal.world.records
        records.update("account", self.account, {"eligibility_address": home, "id_status": "Submitted"}, "staff")
        self.deed(self.staff.answer_availability, self.account, EligibilityStatus.ELIGIBLE, value)
        self.deed(self.staff.review_id, self.account, IdStatus.VERIFIED)
        self.deed(self.billing.add_payment_method, self.client)
        return self

    def get(self, path: str, **params: Any) -> Response:
        return self.customer.get(path, **params)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        return self.customer.post(path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Response:
        sent = {**self.customer.headers, **headers}
        return self.portal.http.put(f"/api{path}", json=body, headers=sent)

    def delete(self, path: str, **headers: str) -> Response:
        return self.portal.http.delete(f"/api{path}", headers={**self.customer.headers, **headers})

    def save(self, *services: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Save a checkout that is ready to be submitted."""
        body = {"cart": cart(*services), "step": "check", "choices": {"addressConfirmed": True}} | changes
        answer = self.put("/checkout/session", body)
        assert answer.status_code == 200, answer.text
        kept: dict[str, Any] = answer.json()
        return kept

    def place(self, *services: dict[str, Any]) -> list[dict[str, Any]]:
        """Place orders without a saved checkout."""
        answer = self.post("/orders", order(*services))
        if answer.status_code == 202:
            self.portal.settle()
            answer = self.post("/orders", order(*services))
        assert answer.status_code == 201, answer.text
        placed: list[dict[str, Any]] = answer.json()["orders"]
        return placed

    def orders(self) -> list[Any]:
        """The orders that stand in Salesforce."""
        return list(self.portal.world.records.find("order", account=self.account))


@contextmanager
def a_shop(folder: Path, migrated: Path, **settings: Any) -> Iterator[Portal]:
    """A portal whose catalog is stocked."""
    with a_portal(folder, migrated, **settings) as portal:
        yield portal


def shopper(portal: Portal, **changes: Any) -> Shopper:
    """A new customer, logged in."""
    done = portal.sign_up(**changes)
    if done.status_code == 202:  # a busy machine took longer than a customer waits
        portal.settle()
        done = portal.post("/auth/login", {name: {**DETAILS, **changes}[name] for name in ("email", "password")})
    assert done.status_code in (200, 201), done.text
    return Shopper(portal, Customer(portal, done.json()))


@pytest.fixture
def portal(tmp_path: Path, migrated_file: Path) -> Iterator[Portal]:
    with a_shop(tmp_path, migrated_file) as portal:
        yield portal


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    with a_shop(tmp_path_factory.mktemp("shop"), migrated_file) as portal:
        yield portal
