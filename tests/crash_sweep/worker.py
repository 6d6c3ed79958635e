"""A process that takes one journey after the other: walks it, and dies at its points."""

import math
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from anyio.from_thread import start_blocking_portal

from tests import databases
from tests.crash_sweep.journey import Journey
from tests.crash_sweep.stage import Crew, Kept
from tests.crash_sweep.sweep import Verdict, Walked, kill, walk
from tests.crash_sweep.zygote import Zygote
from tests.worlds import a_world

FIRST = "first"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be swept: all that is there, unless a part of it is named or drawn.

    `again` is the share of points at which it also dies on the way back, `held` that at which is looked before.
    """

    seed: int
    sample: int | None = None
    point: str | None = None
    every: bool = False
    part: tuple[int, int] = (1, 1)
    """Which of how many parts: each takes its share of every journey, and all of them are the whole."""
    again: float = 0.25
    held: float = 1.0


class Found(msgspec.Struct, kw_only=True):
    """What was found in a journey."""

    journey: str
    legs: int = 0
    points: int = 0
    moments: int = 0
    looks: int = 0
    killed: int = 0
    recoveries: int = 0
    not_met: int = 0
    wrong: list[tuple[str, str, str]] = []
    """What is wrong, with the leg and the point, or the points, that it was killed at."""
    start: float = 0.0
    quiet: float = 0.0
    seconds: float = 0.0
    kinds: frozenset[str] = frozenset()


@contextmanager
def crew(folder: Path) -> Iterator[tuple[Crew, Kept]]:
    """Who plays, and the stage as it is on the first morning, when the portal has done what each day begins with."""
    zygote = Zygote()
    try:
        with start_blocking_portal() as loop:
            crew = Crew(zygote, loop, folder)
            empty = folder / FIRST
            empty.mkdir()
            databases.made(empty / "genkan.db")
            with crew.stage(Kept(empty, loop.call(a_world), {})) as stage:
                stage.start()
                stage.settle()
                stage.stop()
                first = stage.kept()
            yield crew, first
            databases.drop_beneath(folder)
    finally:
        zygote.close()


def swept(crew: Crew, first: Kept, journey: Journey, plan: Plan, tell: Callable[[str], None]) -> Found:
    """Walk the journey, and die at each moment of it, at every point, or at those that are drawn."""
    began, found, chance = time.monotonic(), Found(journey=journey.name), Random(f"{plan.seed} {journey.name}")
    walked = []
    for each in walk(crew, journey, first, chance, plan.held):
        walked.append(each)
        found.legs += 1
        found.points += len(each.points)
        found.moments += len(each.moments)
        found.looks += each.looked
        found.kinds |= {kind.value for kind in each.kinds}
        _note(found, each.leg.name, "without a crash", each.wrong, tell)
    tell(f"{journey.name}: {found.points} points of {found.legs} legs, {found.moments} moments")
    for each, point in _drawn(walked, plan, chance):
        verdict = kill(crew, each, point)
        _count(found, each, verdict, tell)
        if verdict.recovery and not verdict.wrong and chance.random() < plan.again:
            _count(found, each, kill(crew, each, point, chance.randrange(len(verdict.recovery))), tell)
    found.seconds = time.monotonic() - began
    return found


def _drawn(walked: Sequence[Walked], plan: Plan, chance: Random) -> list[tuple[Walked, str]]:
    if plan.point is not None:
        return [(each, point) for each in walked for point in each.points if plan.point in point]
    there = [(each, point) for each in walked for point in (each.points if plan.every else each.moments)]
    part, parts = plan.part
    there = there[part - 1 :: parts]
    if plan.sample is None or plan.sample >= len(there):
        return there
    places = sorted(chance.sample(range(len(there)), plan.sample))
    return [there[place] for place in places]


def _count(found: Found, walked: Walked, verdict: Verdict, tell: Callable[[str], None]) -> None:
    at = " and ".join(filter(None, (verdict.point, verdict.again_at)))
    if not verdict.met:
        found.not_met += 1
        tell(f"? {found.journey}: {walked.leg.name}: not met: {at}")
    elif verdict.again_at is None:
        found.killed += 1
    else:
        found.recoveries += 1
    found.start, found.quiet = max(found.start, verdict.start), max(found.quiet, verdict.quiet)
    _note(found, walked.leg.name, at, verdict.wrong, tell)


def _note(found: Found, leg: str, at: str, wrong: Sequence[str], tell: Callable[[str], None]) -> None:
    for each in dict.fromkeys(wrong):
        found.wrong.append((leg, at, each))
        tell(f"! {found.journey}: {leg}: {at}\n      {each}")


def share_of(sample: int | None, journeys: int) -> int | None:
    """How many points of each journey make a sample of all."""
    return None if sample is None else math.ceil(sample / journeys)


def work(asked: Any, told: Any, journeys: dict[str, Journey], plan: Plan, folder: Path) -> None:
    """Take journeys by their names until there are none, and tell what was found, line by line and in the end."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with crew(Path(tempfile.mkdtemp(dir=folder))) as (players, first):
        while (name := asked.get()) is not None:
            try:
                told.put(swept(players, first, journeys[name], plan, told.put))
            except Exception:
                broken = Found(journey=name)
                _note(broken, "", "broke", [f"untrue: {traceback.format_exc()}"], told.put)
                told.put(broken)
    told.put(None)
