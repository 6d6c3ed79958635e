"""Where the partners are, how the portal says who it is, and how long it waits for them."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY: Final = re.compile(r"[!-~]+")
_SECRET: Final = ("esim_key", "line_key")


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Waits, in seconds."""

    connect: float = 3.0
    answer: float = 20.0
    """How long one answer may be silent."""
    deadline: float = 40.0
    """How long one operation may take in all: every try of it and the waits in between."""
    attempts: int = 4
    first_wait: float = 0.2
    """The longest wait before a second try; it doubles with each further one, up to `longest_wait`."""
    longest_wait: float = 4.0
    failures: int = 8
    """After how many failures in a row a kind of operation is not tried for a while."""
    rest: float = 15.0
    """How long it is not tried then."""


class PartnerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The eSIM issuer and the line checker. Keys never show when it is printed."""

    esim_url: str = ""
    """The eSIM issuer's address, with the path that its API stands under."""
    esim_key: str = ""
    """The key by which it knows the portal."""
    line_url: str = ""
    """The line checker's address, with the path that its API stands under."""
    line_key: str = ""
    """The key by which it knows the portal."""
    connections: int = 8
    """How many calls to each go on at once at most."""
    esim_patience: Patience = Patience()
    line_patience: Patience = Patience(answer=3.0, deadline=5.0, attempts=2, first_wait=0.1, longest_wait=0.5)
    """A customer waits meanwhile, and staff find out what the checker does not say in time."""

    @property
    def is_told(self) -> bool:
        """Whether an operator has said anything of them."""
        return any((self.esim_url, self.esim_key, self.line_url, self.line_key))

    def faults(self) -> list[str]:
        """What keeps the portal from asking them with these settings, in words for an operator.

        A line checker is not needed: without one, staff find out.
        """
        found = [*_faults_of("esim", self.esim_url, self.esim_key)]
        if self.line_url or self.line_key:
            found += _faults_of("line", self.line_url, self.line_key)
        return found

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        told = (f"{name}={'…' if name in _SECRET and value else value!r}" for name, value in shown)
        return f"{type(self).__name__}({', '.join(told)})"


def _faults_of(partner: str, url: str, key: str) -> Iterator[str]:
    if not url:
        yield f"partners.{partner}_url is not set"
    elif not _is_address(url):
        yield f"partners.{partner}_url is told like https://partner.example/v1"
    if not key:
        yield f"partners.{partner}_key is not set"
    elif not _KEY.fullmatch(key):
        yield f"partners.{partner}_key is made of letters, digits and signs, without blanks"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_reached = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that don't match, or a port that there is not
        return False
    is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    has_more = parts.query or parts.fragment or parts.username or parts.password
    return is_reached and is_private and not has_more
