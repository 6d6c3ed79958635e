"""What happens behind a portal that is tried out: staff's deeds, the clock, faults, and what each system holds.

It asks the same HTTP server as `genkan.client`, under /sandbox, which is there offline and in sandboxes only.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from genkan.client import Customer, Json, Portal

Row = dict[str, Json]
_A_MOMENT: Final = 10.0
_PAUSE: Final = 0.1
"""Seconds: how long a mail is waited for, and between two looks for it."""


@dataclass(frozen=True)
class Desk:
    """One desk of the console: its deeds are called by their names, `desk.approve_order(order="801…")`."""

    portal: Portal
    name: str

    def __getattr__(self, deed: str) -> Callable[..., Json]:
        """The deed of that name, taking its arguments by name."""
        if deed.startswith("_"):
            raise AttributeError(deed)

        def do(**arguments: Any) -> Json:
            plain = {name: _plain(value) for name, value in arguments.items()}
            return self.portal.call("POST", f"/sandbox/{self.name}/{deed}", {"arguments": plain})["answer"]

        return do


@dataclass
class Backstage:
    """The desks of staff in Salesforce and WHMCS, the mailbox, and the world's own strings."""

    portal: Portal

    @property
    def salesforce(self) -> Desk:
        """What staff do in Salesforce."""
        return Desk(self.portal, "salesforce")

    @property
    def whmcs(self) -> Desk:
        """What staff, and customers on its own pages, do in WHMCS."""
        return Desk(self.portal, "whmcs")

    @property
    def own(self) -> Desk:
        """What the portal itself tells staff."""
        return Desk(self.portal, "portal")

    @property
    def world(self) -> Desk:
        """Clock, faults, records and ledger."""
        return Desk(self.portal, "world")

    # --- time and weather ------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        """The instant it is; everything that was due has happened then."""
        return datetime.fromisoformat(self.world.now())

    def move_clock(self, to: datetime) -> None:
        """Move on to an instant."""
        self.world.move_clock(to=to)

    def advance(self, by: timedelta) -> None:
        """Move on by a span of time."""
        self.world.advance(by=by)

    def fault(self, system: str, operation: str, kind: str, times: int | None = None, milliseconds: int = 0) -> None:
        """Switch a fault on, for so many times or until cleared."""
        self.world.switch_fault(system=system, operation=operation, kind=kind, times=times, milliseconds=milliseconds)

    # --- what the systems hold -------------------------------------------------------------------------------------
    def records(self, table: str, **equals: Json) -> list[Row]:
        """The records of a table whose columns hold these values, oldest first."""
        found = reversed(self.world.records(table=table, most=100_000))
        return [row for row in found if all(row[name] == value for name, value in equals.items())]

    def record(self, table: str, id: str | None) -> Row | None:
        """One record, or None."""
        found: Row | None = self.world.record(table=table, id=id) if id else None
        return found

    def account(self, customer: Customer) -> Row:
        """The customer's account in Salesforce."""
        (row,) = self.records("account", number=customer.number)
        return row

    def ledger(self, deed: str | None = None, by: str | None = None) -> list[Row]:
        """What was done to which record, by whom, in order."""
        entries = self.world.ledger(after=0, most=100_000)
        return [entry for entry in entries if deed in (None, entry["deed"]) and by in (None, entry["by"])]

    def mails(self, to: str | None = None, letter: str | None = None) -> list[Row]:
        """The mails that were sent, newest first, once everything that was due has happened."""
        self.now()
        return list(Desk(self.portal, "mailbox").mails(to=to, letter=letter))

    # --- shortcuts that need the mailbox or WHMCS's pages ----------------------------------------------------------
    def mailed_code(self, email: str) -> str:
        """The code of the latest sign-up mail to that address; one that another instance sends may take a moment."""
        until = time.monotonic() + _A_MOMENT
        while not (mails := self.mails(email, "sign_up_code")):
            if time.monotonic() > until:
                raise LookupError(f"no code was mailed to {email}")
            time.sleep(_PAUSE)
        return str(mails[0]["values"]["code"])

    def sign_up(self, **details: Any) -> Customer:
        """A new customer, who reads the code in the mailbox."""
        started = self.portal.start_sign_up(**details)
        proof = {**started, "code": self.mailed_code(details["email"])}
        made = self.portal.complete_sign_up(details["password"], details["email"], proof)
        if made is None:
            self.now()
            return self.portal.log_in(details["email"], details["password"])
        return made

    def add_payment_method(self, customer: Customer, **card: Any) -> str:
        """The customer goes through the door to WHMCS's page and adds a card there."""
        customer.door("payment-methods")
        return str(self.whmcs.add_payment_method(client=self.account(customer)["client"], **card))


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    return f"PT{value.total_seconds()}S" if isinstance(value, timedelta) else value
