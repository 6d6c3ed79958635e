"""The stage of a scenario: one portal with its world, who acts on it, and what they were last told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from features.people import IN_JAPANESE, PEOPLE, PRONOUNS
from genkan.backstage import Backstage, Row
from genkan.client import Customer, NotExpected, Portal

TOKYO: Final = ZoneInfo("Asia/Tokyo")
MORNING: Final = time(10, 0)


class Differs(AssertionError):
    """Something is not as the sentence says."""

    def __init__(self, what: str, expected: object, got: object) -> None:
        super().__init__(f"{what}\n    expected  {expected}\n    got       {got}")


def same(what: str, expected: object, got: object) -> None:
    """Both are equal, or Differs is raised."""
    if expected != got:
        raise Differs(what, expected, got)


def among(what: str, expected: object, got: Any) -> None:
    """The one is among the others, or Differs is raised."""
    if expected not in got:
        raise Differs(what, expected, got)


class Beginnings(Protocol):
    """Where many scenarios begin: brought about once on a stage of its own, and gone on from by each of them."""

    def open(self, point: tuple[str, ...], bring_about: Callable[["Stage"], None]) -> tuple[Portal, "Stage"]:
        """A portal as it is at that point, and the stage that was brought there."""


@dataclass
class Stage:
    """What every step is handed. The portal opens when somebody first needs it, so settings may be given before."""

    opening: Callable[[dict[str, Any]], Portal]
    beginnings: Beginnings | None = None
    world_at: Callable[[], str] | None = None
    """Where an operator's commands find the same world, as if it were a process of its own."""
    settings: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Customer] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    """What a step leaves for a later one of its scenario, by a name that both know."""
    refused: NotExpected | None = None
    told: Any = None
    _spoken_of: str = "Mina"
    _portal: Portal | None = None

    # --- who -------------------------------------------------------------------------------------------------------
    def name(self, said: str) -> str:
        """Who is meant: a pronoun means whoever was named last."""
        if said not in PRONOUNS:
            self._spoken_of = IN_JAPANESE.get(said, said)
        return self._spoken_of

    def form(self, said: str) -> dict[str, Any]:
        """What that person would type into the sign-up form; changing it changes what they type."""
        name = self.name(said)
        return self.details.setdefault(name, dict(PEOPLE[name]))

    def customer(self, said: str) -> Customer:
        """That person as a customer, signed up now if they are not."""
        name = self.name(said)
        if name not in self.people:
            self.begin(name, "signed up", bring_about=lambda stage: stage.sign_up(name))
        return self.people[name]

    def sign_up(self, name: str) -> None:
        """Make that person a customer."""
        self.people[name] = self.backstage.sign_up(**self.form(name))

    def begin(self, name: str, *point: str, bring_about: Callable[["Stage"], None]) -> None:
        """Bring that person to a point; before anything has happened, go on from where others were brought."""
        untold = self.details.get(name, PEOPLE[name]) == PEOPLE[name]
        if self.beginnings is None or self._portal is not None or self.settings or not untold:
            bring_about(self)
            return
        self._portal, there = self.beginnings.open((name, *point), bring_about)
        self.details |= {who: dict(form) for who, form in there.details.items()}
        self.people |= {who: replace(customer, portal=self._portal) for who, customer in there.people.items()}

    def account(self, said: str) -> Row:
        """That customer's account as Salesforce holds it."""
        return self.backstage.account(self.customer(said))

    # --- where -----------------------------------------------------------------------------------------------------
    @property
    def portal(self) -> Portal:
        """The portal, opened when first asked for."""
        if self._portal is None:
            self._portal = self.opening(self.settings)
        return self._portal

    def set_up(self, **settings: Any) -> None:
        """Have the portal run with these settings; one that is open already is started again with them."""
        self.settings |= settings
        if self._portal is not None:
            self.restart()

    def restart(self, **settings: Any) -> None:
        """Stop the portal and start it again with other settings, on what it had kept."""
        self.settings |= settings
        language = self.portal.language
        self._portal = self.opening(self.settings)
        self._portal.language = language
        for customer in self.people.values():
            customer.portal = self._portal

    @property
    def backstage(self) -> Backstage:
        """What is behind the portal."""
        return Backstage(self.portal)

    def settle(self) -> None:
        """Let everything happen that follows from what was done, if anything was."""
        last = self._portal.last.request if self._portal is not None and self._portal.last is not None else None
        if last is not None and last.method != "GET" and not last.url.path.startswith("/sandbox"):
            self.backstage.now()

    # --- when ------------------------------------------------------------------------------------------------------
    def today(self) -> date:
        """The date in Japan."""
        return self.backstage.now().astimezone(TOKYO).date()

    def go_to(self, day: date, at: time = MORNING) -> None:
        """Move the clock to that time in Japan; nothing happens when it is that day already and no time was said."""
        now = self.backstage.now().astimezone(TOKYO)
        if at is MORNING and now.date() == day:
            return
        self.backstage.move_clock(datetime.combine(day, at, TOKYO))

    def pass_time(self, seconds: int) -> None:
        """Let time pass."""
        self.backstage.advance(timedelta(seconds=seconds))

    # --- what they are told ----------------------------------------------------------------------------------------
    @contextmanager
    def asking(self) -> Iterator[None]:
        """Remember a refusal instead of failing; the next sentence says what it should have been."""
        self.refused = self.told = None
        try:
            yield
        except NotExpected as refused:
            self.refused = refused

    @property
    def refusal(self) -> NotExpected:
        """The refusal of what was asked last."""
        if self.refused is None:
            raise Differs("What was asked should have been refused", "a refusal", self.told)
        return self.refused
