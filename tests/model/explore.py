"""Exploring: runs of the model, one batch after the other, until so many steps were taken."""

from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Portal

RUNS: int = 4
"""How many runs a batch has; each batch has a seed of its own."""
STEPS_OF_A_RUN: int = 200


def explore(day: type[Portal], first: int, steps: int, *, shrinks: bool) -> Iterator[int]:
    """Take that many steps at least, and yield the seed of each batch before it begins."""
    phases = (Phase.generate, Phase.shrink) if shrinks else (Phase.generate,)
    how = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS_OF_A_RUN,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
    )
    number = first
    until = day.tally.steps + steps
    while day.tally.steps < until:
        yield number
        run_state_machine_as_test(seed(number)(type("Portal", (day,), {})), settings=how)
        number += 1
