"""A playing of the journeys: what was done, what was expected, what was found."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
from rich.console import Console
from rich.markup import escape

from adapters.system.ids import RandomIds
from core.domain.japan import TOKYO
from genkan.backstage import Backstage, Row
from genkan.client import Customer, Json, NotExpected, Portal

PATIENCE: Final = 8.0
"""Seconds until what is expected must be so; what follows from a deed may still be on its way."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a rule expects, and what was found."""

    rule: str
    what: str
    expected: Json
    found: Json

    @property
    def holds(self) -> bool:
        """Whether the rule was kept."""
        return bool(self.expected == self.found)


@dataclass
class Play:
    """What the journeys share: the portal, what is behind it, the audience, and all that was found."""

    portal: Portal
    console: Console
    findings: list[Finding] = field(default_factory=list)
    customers: dict[str, Customer] = field(default_factory=dict)
    tag: str = field(default_factory=lambda: RandomIds().new()[-8:])

    def __post_init__(self) -> None:
        self.backstage = Backstage(self.portal)

    @contextmanager
    def journey(self, title: str) -> Iterator[None]:
        """A journey of that title; an answer nobody foresaw ends it and counts as a finding."""
        self.console.rule(f"[bold]{title}")
        try:
            yield
        except (NotExpected, LookupError, TypeError, ValueError) as error:
            self._found(Finding(rule="-", what=f"{title} goes on to its end", expected="no fault", found=_said(error)))

    def tell(self, who: str, sentence: str) -> None:
        """Say what somebody does now, and when that is in Japan."""
        at = self.backstage.now().astimezone(TOKYO)
        self.console.print(f"[dim]{at:%d %b %H:%M}[/]  [bold cyan]{who}[/] {escape(sentence)}")

    def expect(self, rule: str, what: str, expected: Json, read: Callable[[], Json]) -> None:
        """Find out whether a rule was kept; `read` is asked again for a while until it says what is expected."""
        until = time.monotonic() + PATIENCE
        while (found := read()) != expected and time.monotonic() < until:
            time.sleep(0.2)
            self.backstage.now()
        self._found(Finding(rule=rule, what=what, expected=expected, found=found))

    def refused(self, rule: str, what: str, expected: Json, ask: Callable[[], Json]) -> None:
        """Expect a refusal: its code, or for closed gates the list of theirs."""
        try:
            ask()
        except NotExpected as refusal:
            said: Json = refusal.gates or refusal.code
        else:
            said = "not refused"
        self._found(Finding(rule=rule, what=what, expected=expected, found=said))

    def _found(self, finding: Finding) -> None:
        self.findings.append(finding)
        mark = "[green]✓[/]" if finding.holds else "[bold red]✗[/]"
        self.console.print(f"              {mark} [dim]{finding.rule}[/] {escape(finding.what)}")
        if not finding.holds:
            expected, found = escape(repr(finding.expected)), escape(repr(finding.found))
            self.console.print(f"                  [red]expected {expected}\n                  found    {found}[/]")

    # --- what the systems hold -------------------------------------------------------------------------------------
    def held(self, table: str, customer: Customer, **equals: Json) -> list[Row]:
        """The records of a table that belong to a customer, by account or by client, oldest first."""
        account = self.backstage.account(customer)
        mine = {"client": account["client"]} if table in OF_CLIENT else {"account": account["id"]}
        return self.backstage.records(table, **mine, **equals)

    def of_order(self, order: str) -> Row:
        """An order as Salesforce holds it."""
        row = self.backstage.record("order", order)
        if row is None:
            raise LookupError(f"Salesforce holds no order {order}")
        return row

    def stage_of(self, opportunity: str | None) -> str | None:
        """The stage an opportunity is in."""
        row = self.backstage.record("opportunity", opportunity)
        return row["stage"] if row else None

    def notices(self, customer: Customer, kind: str) -> int:
        """How many notices of a kind a customer has."""
        return sum(notice["type"] == kind for notice in customer.notices())

    def mails(self, customer: Customer, letter: str) -> list[str]:
        """Who sent the customer mails of a kind."""
        return [mail["sender"] for mail in self.backstage.mails(customer.email, letter)]

    def move_to(self, instant: datetime, why: str) -> None:
        """Move the clock on, unless it is later than that already."""
        if instant > self.backstage.now():
            self.backstage.move_clock(instant)
            self.tell("The clock", f"moves on: {why}")


OF_CLIENT: Final = frozenset({"billing_order", "service", "invoice", "payment_method"})


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
