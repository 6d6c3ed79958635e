"""What the model knows of each customer: who they are, and what they were promised; plain data."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

SAME_WISH: Final = timedelta(minutes=2)
"""How long the same cart is the same wish, whatever keys it comes under (ORD-5)."""
ABOUT: Final = timedelta(seconds=20)
"""How exactly the model knows the moment at which something was done."""
PASSWORD: Final = "persimmons on the veranda"


class Known(Enum):
    """What a customer knows of something they asked for."""

    UNKNOWN = "nobody answered"
    ACCEPTED = "it was accepted"
    NONE = "nothing came of it"


class Service(NamedTuple):
    """One service of a cart, as far as it tells one order from another."""

    plan: str
    eid: str | None = None
    activate_at: datetime | None = None


@dataclass(eq=False)
class Wish:
    """A cart that was sent at least once: however often, one order for each service comes of it (T-2)."""

    services: tuple[Service, ...]
    town: str
    at: datetime
    state: Known = Known.UNKNOWN
    request: str | None = None
    told: tuple[str, ...] = ()
    answered_at: datetime | None = None
    made: dict[str, Service] = field(default_factory=dict)
    """From the order to the service it is for, as the ledger has it."""
    let_go: Known = Known.NONE
    """Whether it was withdrawn: the same cart is another wish then."""
    perhaps: "Wish | None" = None
    """An earlier one that it may be: nobody can tell."""

    def misses(self) -> Counter[Service]:
        """Services that may yet be ordered."""
        return Counter(self.services) - Counter(self.made.values())

    def is_same(self, services: tuple[Service, ...], town: str, now: datetime) -> bool | None:
        """Whether the same cart sent now, under another key, is this wish; None where nobody can tell."""
        if self.services != services or self.state is Known.NONE or self.let_go is Known.ACCEPTED:
            return False
        if self.answered_at is not None and now > self.answered_at + SAME_WISH + ABOUT:
            return False
        if self.state is Known.UNKNOWN or self.let_go is Known.UNKNOWN or town != self.town:
            return None
        return True if now < self.at + SAME_WISH - ABOUT else None

    def is_one(self, town: str, now: datetime) -> bool:
        """Whether the same cart sent now makes no second one, whatever became of the first (ORD-5)."""
        return town == self.town and self.let_go is Known.NONE and now < self.at + SAME_WISH - ABOUT

    def stands(self) -> "Wish":
        """Itself, or the earlier one that it turned out to be."""
        return self.perhaps.stands() if self.perhaps is not None and not self.made else self


@dataclass(eq=False)
class Key:
    """An idempotency key: what was sent under it, and whether that used it up."""

    body: tuple[object, ...]
    at: datetime
    used: Known
    wish: Wish | None = None


@dataclass(eq=False)
class Ending:
    """A service that its customer asked to end."""

    service: str
    month: str
    state: Known
    undone: Known = Known.NONE


@dataclass(eq=False)
class Person:
    """A customer, or somebody who would become one."""

    name: str
    email: str
    signed_up: Known = Known.NONE
    begun: list[str] = field(default_factory=list)
    """Sign-ups that wait for their code."""
    token: str | None = None
    account: str = ""
    client: str = ""
    wishes: list[Wish] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    saved: tuple[tuple[Service, ...], str, datetime] | None = None
    """The checkout that is kept, the town whose address it confirms, and when it was saved."""
    submitted: Wish | None = None
    checks: int = 0
    """How often a check was asked for that may have opened one."""
    uploads: int = 0
    endings: list[Ending] = field(default_factory=list)
    questions: dict[str, Known] = field(default_factory=dict)
    """Cases for support, by their subject."""
    requests: dict[str, datetime] = field(default_factory=dict)
    """What was accepted: its id, and when it was."""
    nobodys: set[str] = field(default_factory=set)
    """Those that were made before there was an account: whoever knows their id may ask how they stand."""

    @property
    def is_customer(self) -> bool:
        """Whether there is an account."""
        return bool(self.account)
