"""State machines as tables: from a state, by a trigger, to a state. Everything not in the table is refused (OPP-1)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from core.domain.refusals import MoveRefused

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


def moved(machine: str, moves: Mapping[tuple[S, T], S], state: S, trigger: T) -> S:
    """Where `trigger` takes `state`; raises MoveRefused when the table has no such move."""
    try:
        return moves[state, trigger]
    except KeyError:
        raise MoveRefused(machine=machine, state=state.value, trigger=trigger.value) from None


def reachable(moves: Mapping[tuple[S, T], S], state: S) -> frozenset[S]:
    """The states that one move leads to from `state`; what staff may set it to."""
    return frozenset(to for (origin, _), to in moves.items() if origin is state)


def leads_to(moves: Mapping[tuple[S, T], S], state: S, to: S) -> bool:
    """Whether any number of legal moves leads from `state` to `to`; none at all leads to itself."""
    seen, ahead = {state}, {state}
    while ahead:
        ahead = {end for (origin, _), end in moves.items() if origin in ahead} - seen
        seen |= ahead
    return to in seen
