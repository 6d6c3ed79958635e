"""A served portal with a customer who has one of everything, and a spare one whose sessions may end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz.customers import Customer, ask_for_reset, details, give_everything, sign_up
from tests.fuzz.served import Served, serving


@contextmanager
def furnished(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[tuple[Served, Customer, Customer]]:
    """The portal, the customer, the spare one."""
    with serving(folder, settings) as served:
        customer = sign_up(served, "mina@example.com")
        give_everything(customer)
        customer.signup_email = "begun@example.com"
        begun = served.http.post("/api/auth/signup", json=details(customer.signup_email))
        customer.signup = begun.json()["signupId"]
        spare = sign_up(served, "spare@example.com")
        ask_for_reset(spare)
        yield served, customer, spare
