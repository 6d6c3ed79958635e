"""A portal asked over plain HTTP, the way a customer's page does: for the demo, the features and the tests."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

Json = Any
API: Final = "/api"
OVER: Final = frozenset({"done", "refused", "with_staff"})


class NotExpected(Exception):
    """An answer that is an error; it says which call was refused, and with what problem."""

    def __init__(self, call: str, answer: httpx.Response) -> None:
        self.call, self.answer, self.status = call, answer, answer.status_code
        is_problem = "json" in answer.headers.get("content-type", "")
        self.problem: dict[str, Json] = answer.json() if is_problem else {}
        super().__init__(self._said())

    @property
    def code(self) -> str:
        """The problem's stable code."""
        return str(self.problem.get("code", ""))

    @property
    def gates(self) -> list[str]:
        """The codes of the gates that are closed, each once, in their order."""
        return list(dict.fromkeys(gate["code"] for gate in self.problem.get("gates", ())))

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with which field: code by field."""
        return {fault["field"]: fault["code"] for fault in self.problem.get("errors", ())}

    def _said(self) -> str:
        told = self.problem.get("detail") or self.answer.text[:200]
        more = ", ".join([*self.gates, *(f"{field}: {code}" for field, code in self.faults.items())])
        return f"{self.call} answered {self.status} {self.code}: {told}" + (f" [{more}]" if more else "")


@dataclass
class Portal:
    """A portal behind any client like httpx's, used without an account."""

    http: httpx.Client
    language: str = "en"
    last: httpx.Response | None = None

    def call(
        self,
        method: str,
        path: str,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Json:
        """What the portal answered, as plain data; raises NotExpected for an error. `more` goes to the client."""
        sent = {"accept-language": self.language, **(headers or {})}
        if body is not None:
            more["json"] = body
        self.last = answer = self.http.request(method, path, headers=sent, **more)
        if answer.is_error:
            raise NotExpected(f"{method} {path}", answer)
        return answer.json() if answer.content else None

    def catalog(self, line: str = "") -> Json:
        """The public catalog, of one product line where one is named."""
        return self.call("GET", f"{API}/catalog/{line}".rstrip("/"))

    def price(self, services: list[Json]) -> Json:
        """What these services cost."""
        return self.call("POST", f"{API}/checkout/cart", {"services": services})

    def save_checkout(self, services: list[Json], token: str | None = None, **wish: Any) -> Json:
        """Save a checkout without an account; the first answer carries its token."""
        headers = {"x-checkout-token": token} if token else {}
        return self.call("PUT", f"{API}/checkout/session", {"cart": {"services": services}} | wish, headers)

    def start_sign_up(self, **details: Any) -> Json:
        """Ask for an account; a code is mailed."""
        return self.call("POST", f"{API}/auth/signup", details)

    def complete_sign_up(self, password: str, email: str, proof: Mapping[str, str]) -> "Customer | None":
        """The new customer; None while the portal is still making it. `proof` is the id and the code, or the link's."""
        told = self.call("POST", f"{API}/auth/signup/complete", dict(proof))
        return Customer(self, email, password, told) if "accessToken" in told else None

    def log_in(self, email: str, password: str, **more: Any) -> "Customer":
        """A customer with fresh tokens."""
        told = self.call("POST", f"{API}/auth/login", {"email": email, "password": password} | more)
        return Customer(self, email, password, told)

    def write(self, **message: Any) -> Json:
        """Send the public contact form."""
        return self.call("POST", f"{API}/support/contact", message)


@dataclass
class Customer:
    """A customer with tokens in hand, who logs in again by themselves when those are over."""

    portal: Portal
    email: str
    password: str
    tokens: dict[str, Json] = field(repr=False)

    @property
    def number(self) -> str:
        """The customer number."""
        return str(self.tokens["customerNumber"])

    @property
    def bearer(self) -> dict[str, str]:
        """What proves who is asking."""
        return {"authorization": f"Bearer {self.tokens['accessToken']}"}

    def call(
        self, method: str, path: str, body: Json = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Json:
        """Ask as this customer; a session that is over is begun again, once."""
        try:
            return self.portal.call(method, API + path, body, {**self.bearer, **(headers or {})}, **more)
        except NotExpected as refused:
            if refused.code != "not_logged_in":
                raise
        self.log_in()
        return self.portal.call(method, API + path, body, {**self.bearer, **(headers or {})}, **more)

    def get(self, path: str, **params: Any) -> Json:
        """Read something."""
        return self.call("GET", path, params=params or None)

    def post(self, path: str, body: Json = None, key: str | None = None) -> Json:
        """Ask for something to be done; the same `key` again asks for the same thing."""
        return self.call("POST", path, body, {"idempotency-key": key} if key else None)

    # --- the account -----------------------------------------------------------------------------------------------
    def log_in(self) -> None:
        """Log in with email and password."""
        self.tokens = self.portal.log_in(self.email, self.password).tokens

    def refresh(self) -> None:
        """Change the refresh token for a new pair."""
        body = {"refreshToken": self.tokens["refreshToken"]}
        self.tokens = {**self.tokens, **self.portal.call("POST", f"{API}/auth/refresh", body)}

    def log_out(self) -> None:
        """End this session."""
        self.portal.call("POST", f"{API}/auth/logout", None, self.bearer)

    def profile(self) -> Json:
        """What is held of the customer."""
        return self.get("/me")

    def change_profile(self, **changes: Any) -> Json:
        """Change some of it."""
        return self.call("PATCH", "/me", changes)

    def status(self) -> Json:
        """Where the customer stands."""
        return self.get("/me/status")

    def timeline(self) -> list[Json]:
        """Each journey's story."""
        return self.all("/me/timeline")

    def notices(self) -> list[Json]:
        """The notices, newest first."""
        return self.all("/notifications")

    def wait(self, request: str, seconds: float = 10.0) -> Json:
        """How a request ended, or how it stands after that many seconds."""
        until = time.monotonic() + seconds
        while (told := self.get(f"/requests/{request}"))["state"] not in OVER and time.monotonic() < until:
            time.sleep(0.1)
        return told

    # --- before an order -------------------------------------------------------------------------------------------
    def catalog(self, line: str | None = None) -> Json:
        """What the customer can order."""
        return self.get("/catalog/personalized", **({"type": line} if line else {}))

    def ask_availability(self, address: Json = None, sku: str | None = None, note: str = "") -> Json:
        """Ask whether the address on file, or another, can have internet."""
        wanted = {"address": address, "sku": sku, "note": note or None}
        return self.post("/eligibility/internet/request", {k: v for k, v in wanted.items() if v is not None})

    def availability(self, *, fresh: bool = False) -> Json:
        """How the check stands."""
        return self.get("/eligibility/internet", **({"fresh": "1"} if fresh else {}))

    def upload_id(self, front: tuple[str, bytes], back: tuple[str, bytes] | None = None) -> Json:
        """Send a residence card: a file's name and content for each side."""
        files = {"front": front} | ({"back": back} if back else {})
        return self.call("POST", "/verification/id", files=files)

    def identity(self) -> Json:
        """How the review of the card stands."""
        return self.get("/verification/id")

    def door(self, page: str, invoice: str | None = None) -> str:
        """A link into billing's pages."""
        body = {"page": page} | ({"invoiceId": invoice} if invoice else {})
        return str(self.post("/auth/sso-link", body)["url"])

    def payment_status(self) -> Json:
        """Whether the checkout knows of a payment method."""
        return self.get("/checkout/payment-status")

    # --- checkout and orders ---------------------------------------------------------------------------------------
    def save_checkout(self, services: list[Json], **wish: Any) -> Json:
        """Save the checkout; the prices answered are then the ones seen."""
        return self.call("PUT", "/checkout/session", {"cart": {"services": services}} | wish)

    def checkout(self) -> Json:
        """The saved checkout with today's prices and the progress."""
        return self.get("/checkout/session")

    def submit(self, key: str | None = None) -> Json:
        """Order what was saved."""
        return self.post("/checkout/submit", {}, key)

    def order(self, services: list[Json], key: str | None = None, **more: Any) -> Json:
        """Order without a saved checkout, at the prices of the moment unless `seen` says others."""
        seen = more.pop("seen", None) or self.portal.price(services)["totals"]
        return self.post(
            "/orders", {"cart": {"services": services}, "seen": seen, "addressConfirmed": True} | more, key
        )

    def orders(self) -> list[Json]:
        """The orders, newest first."""
        return self.all("/orders")

    def order_detail(self, order: str) -> Json:
        """One order in full."""
        return self.get(f"/orders/{order}")

    def withdraw(self, order: str) -> Json:
        """Take an order back."""
        return self.post(f"/orders/{order}/withdraw")

    # --- services and bills ----------------------------------------------------------------------------------------
    def services(self) -> list[Json]:
        """The services."""
        return self.all("/subscriptions")

    def cancellation(self, service: str) -> Json:
        """The months to choose from with what each means, or how a cancellation stands."""
        return self.get(f"/subscriptions/{service}/cancellation")

    def cancel(self, service: str, month: str) -> Json:
        """End a service with a month."""
        return self.post(f"/subscriptions/{service}/cancellation", {"month": month})

    def undo_cancellation(self, service: str) -> Json:
        """Let the service go on."""
        return self.call("DELETE", f"/subscriptions/{service}/cancellation")

    def invoices(self) -> list[Json]:
        """The invoices."""
        return self.all("/billing/invoices")

    def all(self, path: str) -> list[Json]:
        """Every item of a list, page by page."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            page = self.get(path, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("nextCursor")
            if cursor is None:
                return found
