"""A few runs of the model, each in a process of its own; `make model` takes many more, begun elsewhere each time."""

import os
import subprocess
import sys
from typing import Final

import pytest

from tests.databases import embedded_only

pytestmark = pytest.mark.slow

STEPS: Final = 1_000
STEPS_OVER_THE_WIRE: Final = 300
SEED: Final = int(os.environ.get("GENKAN_MODEL_SEED", "100"))
"""The same each time, so that what fails was broken by the change at hand."""


@embedded_only
@pytest.mark.parametrize("part", range(2))
def test_what_customers_are_promised_comes_true(part: int) -> None:
    explored(STEPS, SEED + part * 10)


@embedded_only
def test_it_comes_true_over_the_systems_own_protocols() -> None:
    explored(STEPS_OVER_THE_WIRE, SEED, "--wire")


def explored(steps: int, seed: int, *words: str) -> None:
    """Take so many steps from that seed, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.model", "--steps", str(steps), "--seed", str(seed), "--no-shrink", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-8_000:]
    taken = [line for line in told.stdout.splitlines() if " steps in " in line]
    assert taken and int(taken[-1].split()[0]) >= steps, told.stdout[-2_000:]
