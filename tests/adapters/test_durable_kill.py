"""Work in the database survives SIGKILL wherever it strikes (T-1, T-8)."""

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.adapters.durable_victim import STEPS
from tests.usecases.killing import WHOLE

# accept, begin, four places in each step, the end and its telling
POINTS = 2 + 2 + 4 * len(STEPS) + 2 + 1
EVERY = {"journal": 1, "dbos": 1 if WHOLE else 4}
"""Of how many points one is tried: a start of DBOS takes a second or two to find what was left."""


@pytest.mark.parametrize("engine", EVERY)
def test_a_killed_process_goes_on_where_it_stopped(engine: str, tmp_path: Path, migrated_file: Path) -> None:
    victim = [sys.executable, "-m", "tests.adapters.durable_victim", str(tmp_path), str(migrated_file)]
    asked = [*victim, engine, str(EVERY[engine])]
    deaths = json.loads(subprocess.run(asked, check=True, capture_output=True, timeout=240).stdout)
    assert [death["at"] for death in deaths] == list(range(0, POINTS, EVERY[engine]))
    for death in deaths:
        assert death["died"] == -signal.SIGKILL, death
        assert death["lived"] == 0, death
        assert death["effects"] == list(STEPS), death
        assert death["state"] == "done", death
        # only the step that was cut short is done again
        assert sum(Counter(death["calls"]).values()) <= len(STEPS) + 1, death
