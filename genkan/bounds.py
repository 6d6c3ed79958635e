"""How far numbers, periods and addresses among the settings may go; each is told with the setting's name.

What lies outside is no decision of an operator's but a slip, and would come up as a fault long after the start.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from msgspec.structs import fields

from core.domain.limits import Limit, Limited
from core.domain.policy import Policy

Bound = tuple[str, str, bool]
"""A setting's name, what was expected, and whether it is otherwise."""

EMBEDDED: Final = "sqlite+aiosqlite:///"
"""How the URL of an embedded database begins; the path of its file follows."""
WORK_FILE: Final = "sqlite:///"
"""How the URL of DBOS's own file begins."""
SERVER: Final = "postgresql://"
"""How the URL of a PostgreSQL begins; naming its driver, as SQLAlchemy does, is the same."""
LONGEST_DAYS: Final = 36_500
"""A century: no calendar ends as near as that, neither before today nor after it."""
LONGEST: Final = timedelta(days=LONGEST_DAYS)
MOST_TRIES: Final = 1_000_000
MOST_BUSINESS_DAYS: Final = 250
"""About a year of them; they are counted one by one."""
LONGEST_WAIT: Final = 86_400.0
"""A day: work that waits longer than that for another try is lost to who looks for it."""
FROM_ZERO: Final = frozenset(
    {
        "ask_again_after",  # an address may be asked for again at once
        "refresh_again_for",  # no refresh token is taken twice
        "same_intent_for",  # every order is one of its own
        "sign_up_life",  # nothing is kept once the code is over
        "parked_after",  # the first failure is a person's matter
        "lasting_after",
        "unknown_visible_after",
        "preflight_before",  # one looks ahead at the activation itself
        "undo_until_days",  # until the last moment
        "invoice_due_days",  # on the very day
        "card_expiring_days",
    }
)
"""The policy's counts and periods that mean something at zero; all others must be above it."""


def policy_bounds(policy: Policy) -> Iterable[Bound]:
    """Of every count and period of the policy, also of those that are still to come."""
    for field in fields(Policy):
        name, value = f"policy.{field.name}", getattr(policy, field.name)
        least = "of zero or more" if field.name in FROM_ZERO else "above zero"
        if field.type is timedelta:
            yield (name, f"expected a period {least}, of a century at most", _outside(value, field.name, LONGEST))
        elif field.type is int:
            most = LONGEST_DAYS if field.name.endswith("_days") else MOST_TRIES
            yield (name, f"expected a number {least}, of {most} at most", _outside(value, field.name, most))
        elif field.type == tuple[int, int]:
            earliest, latest = value
            expected = f"expected business days from and until, from 0 to {MOST_BUSINESS_DAYS}"
            yield (name, expected, not 0 <= earliest <= latest <= MOST_BUSINESS_DAYS)


def _outside(value: Any, name: str, most: Any) -> bool:
    nothing = most * 0
    return bool(value < nothing or value > most or (value == nothing and name not in FROM_ZERO))


def limit_bounds(limits: Mapping[Limited, Limit]) -> Iterable[Bound]:
    """Of each limit; none at all is allowed, and closes the door."""
    for name, limit in sorted(limits.items()):
        usable = timedelta(0) < limit.period <= LONGEST
        yield (f"limits.{name}", "expected zero times or more", limit.times < 0)
        yield (f"limits.{name}", "expected a period above zero, of a century at most", not usable)


def retry_bounds(first: float, longest: float) -> Iterable[Bound]:
    """Of the waits before another try; what is no number at all is outside too."""
    expected = f"expected seconds above zero, {LONGEST_WAIT:.0f} at most"
    yield ("first_retry", expected, not 0 < first <= LONGEST_WAIT)
    yield ("longest_retry", expected, not 0 < longest <= LONGEST_WAIT)
    yield ("longest_retry", "expected at least first_retry", longest < first)


def is_network(text: str) -> bool:
    """Whether it is an address, or a network written by its first one."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def is_file(url: str, begins: str) -> bool:
    """Whether it is the URL of an embedded database in a file, one that begins like that."""
    return url.startswith(begins) and "?" not in url and url.removeprefix(begins) not in ("", ":memory:")


def is_server(url: str) -> bool:
    """Whether it is the URL of a database of a PostgreSQL."""
    try:
        parts = urlsplit(url)
        placed = (parts.hostname and parts.port != 0) or "host" in parse_qs(parts.query)
    except ValueError:  # brackets that don't match, or a port that there is not
        return False
    return parts.scheme in ("postgresql", "postgresql+asyncpg") and bool(placed) and len(parts.path) > 1


def address(url: str) -> SplitResult | None:
    """The parts of an address of the web without path, query and fragment; None when it is something else."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that don't match, or a port that there is not
        return None
    return None if not named or parts.path.strip("/") or parts.query or parts.fragment else parts
