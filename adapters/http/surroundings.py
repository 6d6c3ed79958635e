"""What the composition root tells and lends the HTTP surface."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from core.domain.session import Session
from ports.clock import Clock
from ports.ids import Ids
from ports.limits import Limits
from ports.store import Store

PLAIN_PROFILES: Final = frozenset({"offline", "sandbox"})
"""Profiles in which the page may be served over plain http, on loopback."""


class SigningSecret(msgspec.Struct, frozen=True):
    """One of the at most two secrets that callers sign with; an empty `value` counts as none (T-4)."""

    key_id: str
    value: bytes

    def __repr__(self) -> str:
        return f"SigningSecret({self.key_id!r})"


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the HTTP surface stands in the world.

    `public_url` is where customers reach it; links, problem types, cookies and the Origin check go by it, never by a
    Host header. `trusted_proxies` are networks whose X-Forwarded-For is believed. Limits of size are in bytes.
    """

    public_url: str = "http://127.0.0.1:8000"
    profile: str = "offline"
    trusted_proxies: tuple[str, ...] = ()
    body_limit: int = 1_048_576
    body_time: float = 30.0
    upload_time: float = 120.0
    docs: bool = True
    cursor_key: bytes = b"a cursor holds a place in the caller's own list, no secret"
    heartbeat: float = 15.0
    streams_each: int = 5
    key_lease: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        url = urlsplit(self.public_url)
        if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or url.path:
            raise ValueError(f"public_url: {self.public_url!r} is not like https://portal.example")
        if url.scheme == "http" and not (self.profile in PLAIN_PROFILES and _is_loopback(url.hostname)):
            raise ValueError(
                "public_url: plain http is for loopback, offline and in the sandbox; give an https address"
            )
        for network in self.trusted_proxies:
            ipaddress.ip_network(network)

    @property
    def secure(self) -> bool:
        """Whether customers come over TLS."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name."""
        return "__Host-genkan" if self.secure else "genkan"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class SessionReader(Protocol):
    """Tells who an access token speaks for (ACC-9)."""

    async def __call__(self, token: str) -> Session | None:
        """The session of a good token, or None. A binding may remember a token for a few seconds."""


class Answered(msgspec.Struct, frozen=True):
    """One request that was answered, for logs; never an id of a person, a path as sent or a query."""

    method: str
    route: str
    status: int
    milliseconds: float
    correlation_id: str


class Lookout(Protocol):
    """Who is told what happens at the door; the composition root turns it into log lines and alarms."""

    def answered(self, call: Answered) -> None:
        """A request got its answer."""

    def crashed(self, error: BaseException, route: str, correlation_id: str) -> None:
        """A request met a bug. The error's own sentence may hold personal data: log its type and frames."""

    def upstream_refused(self, code: str, route: str, correlation_id: str) -> None:
        """Another system refused what no use case foresaw: staff should look."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every request may need, whatever its area."""

    clock: Clock
    ids: Ids
    store: Store
    limits: Limits
    sessions: SessionReader
    lookout: Lookout
    signing: tuple[SigningSecret, ...] = ()
