"""State machines as tables: from a state, by a trigger, to a state. Everything not in the table is refused (OPP-1)."""

from collections.abc import Mapping, Set
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


def one_move_apart(moves: Mapping[tuple[S, T], S], state: S, to: S, done: Set[T] = frozenset()) -> bool:
    """Whether at most one move leads from `state` to `to`, those by a trigger in `done` not counted."""
    reached, ahead = {state}, {state}
    while ahead:
        ahead = {end for (origin, trigger), end in moves.items() if origin in ahead and trigger in done} - reached
        reached |= ahead
    before_last = {to}
    while True:
        more = {origin for (origin, trigger), end in moves.items() if end in before_last and trigger in done}
        if more <= before_last:
            break
        before_last |= more
    moved_once = {end for (origin, _), end in moves.items() if origin in reached}
    return not (reached | moved_once).isdisjoint(before_last)
