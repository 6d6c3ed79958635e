"""What exists: values that get a request past the door, put where a generated one would only meet a 404 or a 422.

The shape of a request stays what was generated; a value is put in the place of another of the same type.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fuzz.customers import ADDRESS, PASSWORD, PHONE, VPN, Customer, code_for

EXTRAS = ("INTERNET-INSTALL-SINGLE", "HOME-PHONE", "ROUTER-RENTAL")
PLANS = ("INTERNET-HOME-1G-SILVER", "SIM-DATA-VOICE-5GB", "SIM-DATA-5GB", "VPN-LONDON", "VPN-SAN-FRANCISCO")
BEGINNING, END = "0001-01-01", "9999-12-31"
MOMENTS = ("2030-01-01T00:00:00+09:00", "2028-02-29T12:00:00Z", f"{BEGINNING}T00:00:00+14:00", f"{END}T23:59:59-14:00")
DATES = ("1994-05-06", "2027-02-28", BEGINNING, END)


class Known:
    """Values by the name of the field that takes them; those of `customer`, and those anybody knows."""

    def __init__(self, customer: Customer, spare: Customer) -> None:
        self._customer = customer
        self._spare = spare
        self._fixed: Mapping[str, tuple[Any, ...]] = {
            "plan": PLANS,
            "extras": EXTRAS,
            "email": (customer.email, "new.one@example.com", "MINA@EXAMPLE.COM"),
            "password": (PASSWORD, "another quiet evening there"),
            "newPassword": (PASSWORD, "another quiet evening there"),
            "postcode": (ADDRESS["postcode"], "980-0001"),
            "prefecture": (ADDRESS["prefecture"], "宮城県"),
            "city": (ADDRESS["city"], "仙台市"),
            "town": (ADDRESS["town"], "青葉区1-2"),
            "countryCode": (PHONE["countryCode"],),
            "number": (PHONE["number"], "312345678"),
            "phoneNumber": ("09012345678",),
            "reservation": ("1234567890",),
            "eid": ("8" * 32,),
            "firstName": ("Mina",),
            "lastName": ("Okafor",),
            "firstKana": ("ミナ",),
            "lastKana": ("オカフォー",),
            "birthDate": DATES,
            "expires": DATES,
            "activateAt": MOMENTS,
            "at": MOMENTS,
            "termsVersion": ("2026-01",),
            "customerNumber": ("P1000001", "P0000001"),
            "monthly": (2_500, 5_500),
            "oneTime": (0, 22_800),
            "megabytes": (1_000, 3_000),
            "name": ("Kai Tanaka",),
            "subject": ("Slow line",),
            "message": ("Since Monday.",),
            "text": ("It is fine again.",),
            "event": ("InvoicePaid", "ServiceSuspended", "CCUpdated"),
            "website": ("",),
        }
        self._of_the_customer: Mapping[str, Callable[[], Sequence[str]]] = {
            "currentPassword": lambda: [spare.password],
            "refreshToken": lambda: [spare.tokens["refreshToken"]],
            "invoiceId": lambda: customer.ids["/api/billing/invoices/"],
            "serviceId": lambda: customer.ids["/api/subscriptions/"],
            "clientId": lambda: [str(customer.client)],
            "opportunityId": lambda: [customer.opportunity],
            "month": lambda: [*customer.months, "0001-01", "9999-12"],
            "signupId": lambda: [customer.signup],
            "code": lambda: [code_for(customer.served, customer.signup_email)] if customer.signup_email else [],
            "token": lambda: [spare.reset_token],
        }

    def field(self, name: str, chance: random.Random | None) -> Any:
        """A value for a field of that name, or None where none is known; the best one when it is not left to chance."""
        values = self._fixed.get(name) or self._of_the_customer.get(name, tuple)()
        if not values:
            return None
        return values[0] if chance is None else chance.choice(values)

    def path(self, template: str, name: str, chance: random.Random | None) -> str | None:
        """An id of the customer's for the place `name` in the path `template`; None where none is known."""
        before, _, after = template.partition("{" + name + "}")
        fitting, ids = self._customer.fitting.get(before + after), self._customer.ids.get(before)
        if fitting is not None and (chance is None or chance.random() < 0.7):
            return fitting
        return None if not ids else ids[0] if chance is None else chance.choice(ids)


def put_in(body: Any, known: Known, chance: random.Random | None, name: str = "") -> Any:
    """`body` with most of the values that are known put where their fields are; all, when it is not left to chance."""
    if isinstance(body, dict):
        return {key: put_in(value, known, chance, key) for key, value in body.items()}
    if name == "services" and (chance is None or chance.random() < 0.4):
        return [VPN]
    if isinstance(body, list):
        return [put_in(each, known, chance, name) for each in body]
    if isinstance(body, float) and body.is_integer():
        # JSON Schema takes 643.0 for an integer, the portal does not
        return int(body)
    if not isinstance(body, (str, int)) or isinstance(body, bool) or (chance is not None and chance.random() > 0.85):
        return body
    value = known.field(name, chance)
    return value if type(value) is type(body) else body
