"""Customers of a served portal with one of everything, so that whatever is asked for by id exists."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx

from tests.fuzz.served import Served

PASSWORD = "a quiet morning in Yanaka"
PHONE = {"countryCode": "81", "number": "9012345678"}
ADDRESS = {"postcode": "1100001", "prefecture": "Tokyo", "city": "Taito-ku", "town": "Yanaka 3-1-2"}
INTERNET: dict[str, Any] = {"plan": "INTERNET-HOME-1G-SILVER", "extras": ["INTERNET-INSTALL-SINGLE"]}
SIM: dict[str, Any] = {"plan": "SIM-DATA-VOICE-5GB", "sim": {"type": "esim", "eid": "8" * 32}}
VPN: dict[str, Any] = {"plan": "VPN-LONDON"}
OTHER_VPN: dict[str, Any] = {"plan": "VPN-SAN-FRANCISCO"}


def details(email: str, **changes: Any) -> dict[str, Any]:
    """The body of a sign-up."""
    told = {
        "email": email,
        "password": PASSWORD,
        "firstName": "Mina",
        "lastName": "Okafor",
        "birthDate": "1994-05-06",
        "phone": PHONE,
        "address": ADDRESS,
        "marketingConsent": True,
        "termsVersion": "2026-01",
    }
    return told | changes


@dataclass
class Customer:
    """A customer who is logged in.

    `ids` are theirs, by the path in front of the id; `fitting` those with which an operation does something, by its
    path without the id.
    """

    served: Served
    email: str
    password: str = PASSWORD
    tokens: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    fitting: dict[str, str] = field(default_factory=dict)
    client: str = ""
    opportunity: str = ""
    months: list[str] = field(default_factory=list)
    signup: str = ""
    signup_email: str = ""
    reset_token: str = ""
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What says who is asking."""
        return {"Authorization": f"Bearer {self.tokens['accessToken']}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """The answer to a call of this customer's."""
        return self.served.http.request(method, f"/api{path}", json=body, headers={**self.headers, **headers})

    def get(self, path: str) -> Any:
        """What is at that path."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        """What a write that must succeed answers."""
        answer = self.ask("POST", path, body)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json()

    def log_in(self) -> None:
        """New tokens, whatever became of those before."""
        answer = self.served.http.post("/api/auth/login", json={"email": self.email, "password": self.password})
        assert answer.status_code == 200, answer.text
        self.tokens |= answer.json()

    @cached_property
    def account(self) -> dict[str, Any]:
        """The account as it was when it was looked for first: its id and its client's."""
        number = self.tokens["customerNumber"]
        return next(row for row in self.served.records("account") if row["number"] == number)

    def upload(self, front: bytes, name: str = "card.png") -> httpx.Response:
        """Send an identity document."""
        files = {"front": (name, front)}
        return self.served.http.post("/api/verification/id", files=files, headers=self.headers)

    def save_checkout(self, service: dict[str, Any] = VPN) -> None:
        """Have a checkout that can be submitted."""
        wish = {"cart": {"services": [service]}, "step": "check", "choices": {"addressConfirmed": True}}
        answer = self.ask("PUT", "/checkout/session", wish)
        assert answer.status_code == 200, answer.text

    def place(self, service: dict[str, Any]) -> str:
        """Order one service; the order's id."""
        return str(self.place_one(service)["orders"][0]["id"])

    def place_one(self, service: dict[str, Any]) -> dict[str, Any]:
        """Order one service; the whole answer."""
        cart = {"services": [service]}
        totals = self.post("/checkout/cart", cart)["totals"]
        answer: dict[str, Any] = self.post("/orders", {"cart": cart, "seen": totals, "addressConfirmed": True})
        return answer


def sign_up(served: Served, email: str, **changes: Any) -> Customer:
    """A new customer, logged in."""
    asked = details(email, **changes)
    started = served.http.post("/api/auth/signup", json=asked)
    assert started.status_code == 202, started.text
    done = served.http.post("/api/auth/signup/complete", json={**started.json(), "code": code_for(served, email)})
    assert done.status_code == 201, done.text
    return Customer(served, email, asked["password"], done.json())


def ask_for_reset(customer: Customer) -> None:
    """Have a link mailed that sets a new password; `reset_token` is what it holds."""
    served = customer.served
    served.http.post("/api/auth/request-password-reset", json={"email": customer.email})
    served.settle()
    mails = served.deed("mailbox", "mails", to=customer.email, letter="password_reset")
    customer.reset_token = mails[0]["values"]["link"].rpartition("=")[2]


def code_for(served: Served, email: str) -> str:
    """The code that was mailed to that address last."""
    served.settle()
    return str(served.deed("mailbox", "mails", to=email, letter="sign_up_code")[0]["values"]["code"])


def make_ready(customer: Customer, picture: bytes | None = None) -> None:
    """Open every gate: an eligible address, a verified card, a payment method."""
    served = customer.served
    customer.post("/eligibility/internet/request", {"address": ADDRESS})
    if picture is not None:
        assert customer.upload(picture).status_code in (200, 202)
    else:
        served.deed("salesforce", "correct_id", account=customer.account["id"], status="Submitted")
    account = customer.account
    served.deed("salesforce", "answer_availability", subject=account["id"], status="Eligible", value="Home 1G")
    served.deed("salesforce", "correct_id", account=account["id"], status="Verified")
    served.deed("whmcs", "add_payment_method", client=account["client"])


def give_everything(customer: Customer) -> None:
    """Orders under review and running, services, bills, cases, notices: `ids` name one of each and more."""
    served, client = customer.served, customer.account["client"]
    make_ready(customer)
    customer.client = str(client)
    placed = [customer.place(each) for each in (INTERNET, SIM, VPN, OTHER_VPN)]
    customer.opportunity = served.records("opportunity")[0]["id"]
    for each in placed[1:3]:
        served.deed("salesforce", "approve_order", order=each)
    customer.post(f"/orders/{placed[0]}/withdraw")  # whoever waits for a line can't ask for another check
    for name in ("Hosting", "Mail"):
        served.deed("whmcs", "add_service", client=client, name=name, price=500)
    invoice = served.deed("whmcs", "make_invoice", client=client, description="Visit", amount=800, due="2030-01-01")
    case = customer.post("/support/cases", {"subject": "Slow line", "message": "Since Monday."})
    mine = {row["id"] for row in served.records("service") if str(row["client"]) == str(client)}
    services = customer.get("/subscriptions")["items"]
    sim, vpn = (next(each["id"] for each in services if each["productType"] == kind) for kind in ("sim", "vpn"))
    customer.months = [each["month"] for each in customer.get(f"/subscriptions/{sim}/cancellation")["months"]]
    customer.fitting = {
        "/api/orders//withdraw": placed[3],
        "/api/orders//provision": placed[1],
        "/api/subscriptions//reissue-esim": sim,
        "/api/subscriptions//topup": sim,
        "/api/subscriptions//cancellation": sim,
        "/api/subscriptions//cancel": vpn,
    }
    customer.ids = {
        "/api/orders/": placed,
        "/api/support/cases/": [case["id"]],
        "/api/notifications/": [each["id"] for each in customer.get("/notifications")["items"]],
        "/api/requests/": [customer.place_one(OTHER_VPN)["requestId"]],
        "/api/subscriptions/": sorted(mine),
        "/api/billing/invoices/": [str(invoice)],
    }
    assert all(customer.ids.values()), json.dumps(customer.ids)
