"""Walking a journey without a crash, and then again for each of its points with a crash there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx

from core.domain.work import WorkKind
from genkan.client import NotExpected
from tests import databases
from tests.crash_sweep.heard import PATIENCE, Broken, Died
from tests.crash_sweep.journey import Journey, Leg
from tests.crash_sweep.outcome import Effects, Outcome, counted, effects_on
from tests.crash_sweep.points import ITSELF, Fate, can_be_held, kind_of, moments, parts_of
from tests.crash_sweep.stage import A_MINUTE, SERVING, Crew, Kept, Stage
from tests.crash_sweep.truth import Truth

ACCEPTED: Final = tuple(f": commit of {by}, after" for by in ("AcceptRequest", "SqlJournal.accept", "ResetPassword"))
"""From these points on what a customer asked for is kept, and comes true without their asking again (T-1, T-8)."""
TRIES: Final = 3
"""How often it is tried to meet a point: which of two things at once comes first is not the same each time."""
A_LOOK: Final = 3.0
"""Seconds that reading everything takes at most."""
TROUBLE: Final = (NotExpected, Broken, Died, httpx.TransportError, LookupError, ValueError)


@dataclass(frozen=True)
class Walked:
    """A leg as it went without a crash: from what it began, by which points it came, and what became of it."""

    leg: Leg
    before: Kept
    points: tuple[str, ...]
    moments: tuple[str, ...]
    outcome: Outcome
    wrong: tuple[str, ...]
    looked: int

    @property
    def kinds(self) -> set[WorkKind]:
        """The kinds of work that its points belong to."""
        return {kind for point in self.points if (kind := kind_of(parts_of(point)[0])) is not None}


@dataclass
class Verdict:
    """What was found where the portal died at a point, and, if it did, at another of its recovery."""

    point: str
    again_at: str | None = None
    met: bool = True
    wrong: list[str] = field(default_factory=list)
    recovery: tuple[str, ...] = ()
    """The points it came by until all was quiet again."""
    start: float = 0.0
    quiet: float = 0.0


def walk(crew: Crew, journey: Journey, first: Kept, chance: Random, held: float) -> Iterator[Walked]:
    """Each leg of the journey without a crash, from where the one before ended.

    Then once more, waiting at that share of the moments, each time until everything was looked at that is shown there.
    """
    kept = given(crew, journey, first)
    for leg in journey.legs:
        with crew.stage(kept) as stage:
            walked = _walked(stage, leg, kept, is_first=leg is journey.legs[0])
            stage.stop()
            later = stage.kept()
        can_be = [point for point in walked.moments if can_be_held(point)]
        wrong, looked = _held(crew, walked, chance.sample(can_be, round(held * len(can_be))))
        yield Walked(**vars(walked) | {"wrong": (*walked.wrong, *wrong), "looked": walked.looked + looked})
        kept = later


def given(crew: Crew, journey: Journey, first: Kept) -> Kept:
    """Where the journey's legs begin."""
    if not journey.given:
        return first
    with crew.stage(first) as stage:
        stage.start()
        for leg in journey.given:
            leg.deed(stage)
            stage.still()
        stage.settle()
        stage.stop()
        return stage.kept()


def _walked(stage: Stage, leg: Leg, kept: Kept, *, is_first: bool) -> Walked:
    stage.start()
    stage.begin()
    truth, since = Truth(stage), len(stage.world.ledger.entries)
    leg.deed(stage)
    stage.begin()
    answered = len(stage.passed)
    stage.still(truth.look)
    busy = len(stage.passed)
    stage.settle(truth.look)
    truth.look()
    # what the portal does each minute, whatever happens, is a point of a journey once
    passed = [point for place, point in enumerate(stage.passed) if place < busy or is_first or not _is_round(point)]
    met = moments(passed, answered)
    return Walked(leg, kept, (*passed,), (*met,), Outcome.on(stage, since), (*truth.wrong,), truth.looks)


def _is_round(point: str) -> bool:
    return parts_of(point)[0] == ITSELF


def _held(crew: Crew, walked: Walked, points: list[str]) -> tuple[list[str], int]:
    """What is wrong that is shown while it waits at these points; and how often was looked."""
    if not points:
        return [], 0
    with crew.stage(walked.before) as stage:
        truth, since, broke = Truth(stage), len(stage.world.ledger.entries), []

        def look(point: str) -> None:
            try:
                truth.look(point)
            except TROUBLE as error:
                broke.append(f"untrue at {point!r}: {type(error).__name__}: {error}")

        stage.be_patient(PATIENCE + A_LOOK * len(points))
        stage.start(Fate(holds=frozenset(points)), look)
        stage.begin()
        walked.leg.deed(stage)
        stage.settle()
        return [*Outcome.on(stage, since).differs(walked.outcome), *truth.wrong, *broke], truth.looks


def kill(crew: Crew, walked: Walked, point: str, place: int | None = None) -> Verdict:
    """Play the leg and die at the point; then go on, and with a `place` die once more on the way."""
    verdict = Verdict(point)
    for _ in range(TRIES):
        verdict = Verdict(point)
        with crew.stage(walked.before) as stage:
            try:
                _killed(stage, walked, verdict, place)
            except TROUBLE as error:
                verdict.wrong.append(f"untrue: {type(error).__name__}: {error}")
        if verdict.met:
            break
    return verdict


def _killed(stage: Stage, walked: Walked, verdict: Verdict, place: int | None) -> None:
    leg, since = walked.leg, len(stage.world.ledger.entries)
    stage.start(Fate(name=verdict.point))
    stage.begin()
    truth, answered = Truth(stage), False
    try:
        leg.deed(stage)
        answered = True
        stage.settle(truth.look)
    except Died:
        accepted = answered or not leg.again or _is_accepted(stage.passed)
    else:
        verdict.met = False
        return
    if place is not None and not _dies_again(stage, verdict, place, truth):
        return
    stage.start(Fate(from_start=True))
    truth.begin()
    truth.look()
    stage.settle(truth.look)
    verdict.recovery = (*stage.passed,)
    verdict.wrong += _alone(effects_on(stage, since), walked, accepted=accepted)
    if leg.again and not answered:
        _asks_again(stage, leg)
        stage.settle(truth.look)
    truth.look()
    found = Outcome.on(stage, since).differs(walked.outcome)
    if not answered:
        found = [each for each in found if not (each.startswith("doubled") and (leg.anew or _by_answer(leg, each)))]
    verdict.wrong += [*found, *truth.wrong, *_too_slow(stage)]
    verdict.start, verdict.quiet = stage.slowest_start, stage.slowest_quiet


def _dies_again(stage: Stage, verdict: Verdict, place: int, truth: Truth) -> bool:
    try:
        stage.start(Fate(place=place, from_start=True))
        truth.begin()
        truth.look()
        stage.settle(truth.look)
    except Died as died:
        verdict.again_at = str(died)
        return True
    verdict.met = False
    return False


def _asks_again(stage: Stage, leg: Leg) -> None:
    """Who got no answer asks again; on a database that is shared the dead one's lease is waited out first."""
    try:
        leg.deed(stage)
    except NotExpected as refused:
        if databases.WHOLE == databases.SQLITE or refused.code != "still_running":
            raise
        stage.move_on(A_MINUTE)
        leg.deed(stage)


def _is_accepted(passed: list[str]) -> bool:
    asked = (point for point in passed if parts_of(point)[0] != ITSELF and kind_of(parts_of(point)[0]) is None)
    return any(point.partition(" (")[0].endswith(ACCEPTED) for point in asked)


def _alone(effects: Effects, walked: Walked, *, accepted: bool) -> list[str]:
    """What is wrong before anybody asks again: of what was accepted all is there, of all else nothing twice."""
    found = counted("effect before anybody asks again", effects, walked.outcome.effects)
    return [each for each in found if each.startswith("doubled") or (accepted and not _by_answer(walked.leg, each))]


def _by_answer(leg: Leg, found: str) -> bool:
    return any(word in found for word in leg.by_answer)


def _too_slow(stage: Stage) -> Iterator[str]:
    if stage.slowest_start > SERVING:
        yield f"untrue: it serves again after {stage.slowest_start:.0f} s"
    if stage.slowest_quiet > PATIENCE:
        yield f"untrue: all moves again after {stage.slowest_quiet:.0f} s"
