"""Which events the portal listens to, and how long it waits for what."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

import msgspec

PRODUCTION: Final = "api.pubsub.salesforce.com:7443"


class Credentials(NamedTuple):
    """What each call must say of who makes it; `tenant` is the org, `generation` the log-in that gave the token."""

    token: str
    instance_url: str
    tenant: str
    generation: int = 0

    def __repr__(self) -> str:
        return f"Credentials(generation={self.generation})"


Login = Callable[[], Awaitable[Credentials]]
"""The credentials of the moment; raises Unavailable while nobody can log in."""
Expired = Callable[[Credentials], Awaitable[None]]
"""Told of credentials that are good no more, so that the next ones hold another token; raises Unavailable."""
Spread = Callable[[float], float]
"""Some time between nothing and that many seconds, by chance."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Waits, in seconds."""

    watchdog: float = 300.0
    """How long a stream may be silent: an answer is promised within 270 s."""
    first_wait: float = 0.5
    """The longest wait before a second try; it doubles with each further one, up to `longest_wait`."""
    longest_wait: float = 60.0
    long_wait: float = 300.0
    """How long nobody asks again after a refusal that an operator must look at, or a limit that is used up."""
    grace: float = 0.0
    """How long an event may be on its way at most when a reader does not want to wait: until each topic is silent."""
    gather: float = 0.02
    """How long a reader waits, once something came, for what happened with it."""
    idle: float = 120.0
    """How long the streams stay open while nobody reads."""
    quiet: float = 900.0
    """How often the position moves on while there is no news."""


class EventSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where events come from. `roots` are the certificates to trust (PEM), None for the usual ones."""

    address: str = PRODUCTION
    is_plain: bool = False
    """Without TLS, as no one but a sandbox on this machine is spoken to."""
    roots: bytes | None = None
    topics: tuple[str, ...] = ()
    """What is listened to instead of all that the portal follows."""
    most_asked: int = 100
    """How many events are asked for at once; Salesforce owes no more than 100."""
    most_held: int = 1000
    """How many events of a topic are kept for a reader; none are asked for above it."""
    pace: Pace = Pace()
