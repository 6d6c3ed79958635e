"""A journey: what customers, staff, operators and time do, deed after deed, with all that follows from each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from core.domain.work import WorkKind
from tests.crash_sweep.stage import Stage


@dataclass(frozen=True)
class Leg:
    """One deed and all that follows from it, up to when all is quiet again.

    A customer who got no answer does it `again`, as a page does that asks again under the same key; what others did is
    done whether the portal lives or not. Where asking again is asking for something new (`anew`), like a second log-in,
    what came of the first may be there as well. So may what the answer itself brings about, each time it is given:
    whatever names a word of `by_answer`; of what was accepted it is all that may be missing until somebody asks again.
    """

    name: str
    deed: Callable[[Stage], Any]
    again: bool = True
    anew: bool = False
    by_answer: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Journey:
    """Legs that are killed in, after those that lead there; `kinds` is the work that it is here for."""

    name: str
    legs: tuple[Leg, ...]
    kinds: frozenset[WorkKind]
    given: tuple[Leg, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def by_customer(name: str, deed: Callable[[Stage], Any], **more: Any) -> Leg:
    """Something that a customer asks the portal for."""
    return Leg(name, deed, **more)


def elsewhere(name: str, deed: Callable[[Stage], Any]) -> Leg:
    """Something that happens without the portal: staff's deeds, a page of billing's, an operator's command, time."""
    return Leg(name, deed, again=False)
