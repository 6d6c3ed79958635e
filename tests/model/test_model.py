"""A few runs of the model, each in a process of its own; `make model` takes many more, begun elsewhere each time."""

import os
import subprocess
import sys
from typing import Final

import pytest

from tests.databases import embedded_only

STEPS: Final = 1_000
SEED: Final = int(os.environ.get("GENKAN_MODEL_SEED", "100"))
"""The same each time, so that what fails was broken by the change at hand."""


@embedded_only
@pytest.mark.parametrize("part", range(2))
def test_what_customers_are_promised_comes_true(part: int) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.model", "--steps", str(STEPS), "--seed", str(SEED + part * 10), "--no-shrink"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-8_000:]
    taken = [line for line in told.stdout.splitlines() if " steps in " in line]
    assert taken and int(taken[-1].split()[0]) >= STEPS, told.stdout[-2_000:]
