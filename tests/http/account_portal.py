"""A customer's hands on the HTTP surface, for tests of accounts and support."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from adapters.fakes.mailbox import Mailbox, SentMail
from adapters.fakes.world import World
from genkan.running import Running
from tests.portal import portal_in, warm_cleaner
from tests.worlds import a_world

PASSWORD = "a quiet morning in Yanaka"
DETAILS: dict[str, Any] = {
    "email": "mina@example.com",
    "password": PASSWORD,
    "firstName": "Mina",
    "lastName": "Okafor",
    "birthDate": "1994-05-06",
    "phone": {"countryCode": "81", "number": "9012345678"},
    "address": {"postcode": "1100001", "prefecture": "Tokyo", "city": "Taito-ku", "town": "Yanaka 3-1-2"},
    "marketingConsent": True,
    "termsVersion": "2026-01",
}


@dataclass
class Portal:
    """A running portal and its world."""

    http: TestClient[Litestar]
    running: Running
    world: World

    def post(self, path: str, body: Any, **headers: str) -> Response:
        return self.http.post(f"/api{path}", json=body, headers=headers)

    def now(self, call: Callable[..., Any], *given: Any) -> Any:
        """Call something of the portal's own, inside of it."""
        return self.http.blocking_portal.call(call, *given)

    def settle(self) -> None:
        """Let all durable work that can end do so."""
        assert self.now(self.running.container.work().quiet, 5.0)

    def mails(self, to: str | None = None, letter: str | None = None) -> tuple[SentMail, ...]:
        """The mails sent, newest first, once all work that can end has."""
        self.settle()
        found: tuple[SentMail, ...] = self.now(Mailbox(self.world).mails, to, letter)
        return found

    def sign_up(self, **changes: Any) -> Response:
        """Sign up and complete it with the mailed code."""
        details = {**DETAILS, **changes}
        started = self.post("/auth/signup", details)
        assert started.status_code == 202, started.text
        code = self.mails(details["email"], "sign_up_code")[0].values["code"]
        return self.post("/auth/signup/complete", {**started.json(), "code": code})

    def customer(self, **changes: Any) -> "Customer":
        """A new customer, logged in."""
        done = self.sign_up(**changes)
        assert done.status_code == 201, done.text
        return Customer(self, done.json())

    def made(self, table: str) -> int:
        """How many records of that table the portal ever made."""
        return len([e for e in self.world.ledger.of(f"create {table}") if e.by == "portal"])


@dataclass
class Customer:
    """A customer with tokens in hand."""

    portal: Portal
    tokens: dict[str, Any]
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.tokens['accessToken']}"}

    def get(self, path: str, **params: Any) -> Response:
        return self.portal.http.get(f"/api{path}", headers=self.headers, params=params)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        return self.portal.http.post(f"/api{path}", json=body, headers={**self.headers, **headers})

    def patch(self, path: str, body: Any, **headers: str) -> Response:
        return self.portal.http.patch(f"/api{path}", json=body, headers={**self.headers, **headers})


@contextmanager
def a_portal(folder: Path, migrated: Path, **settings: Any) -> Iterator[Portal]:
    """A portal of its own in that folder."""
    world = a_world()
    with portal_in(folder, migrated, world, warm_cleaner(), **settings) as (http, running):
        yield Portal(http, running, world)
