"""Features that an operator may switch: for everybody, for a stable share of customers, for accounts named (OPS-3)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

EVERYBODY: Final = 100
_OFFSET: Final = 0x811C9DC5
_PRIME: Final = 0x01000193


class Feature(StrEnum):
    """A part of the portal with a switch of its own."""

    PUBLIC_CATALOG = "public_catalog"
    """Off: the catalog is for customers who are logged in."""
    UNIFIED_CHECKOUT = "unified_checkout"
    """Off: orders come by POST /orders alone."""
    REGISTRATION = "registration"
    """Off: nobody can sign up."""
    PUBLIC_SUPPORT = "public_support"
    """Off: the public contact form is not there."""
    AUTOMATIC_SERVICEABILITY = "automatic_serviceability"
    """Off: staff check every address."""


DEFAULTS: Final[Mapping[Feature, int]] = MappingProxyType(
    {
        Feature.PUBLIC_CATALOG: EVERYBODY,
        Feature.UNIFIED_CHECKOUT: EVERYBODY,
        Feature.REGISTRATION: EVERYBODY,
        Feature.PUBLIC_SUPPORT: EVERYBODY,
        Feature.AUTOMATIC_SERVICEABILITY: 0,
    }
)
"""The percentage that holds for a feature nobody has set."""


def is_on(feature: Feature, subject: str | None, percentage: int, named: Collection[str] = ()) -> bool:
    """Whether the feature is on for `subject`: it is named, or falls into the percentage (OPS-3).

    The same subject stays on when the percentage grows. Nobody in particular (None) needs the whole.
    """
    if subject is None:
        return percentage >= EVERYBODY
    return subject in named or place(feature, subject) < percentage


def place(feature: Feature, subject: str) -> int:
    """Where `subject` stands among a hundred, the same for good; features are dealt independently."""
    mixed = _OFFSET
    for byte in f"{feature.value}:{subject}".encode("utf-8", "surrogatepass"):
        mixed = ((mixed ^ byte) * _PRIME) & 0xFFFFFFFF
    # the last bytes reach the low bits only by a final stir
    mixed ^= mixed >> 16
    mixed = (mixed * 0x85EBCA6B) & 0xFFFFFFFF
    mixed ^= mixed >> 13
    return mixed % EVERYBODY
