"""Work in the database survives SIGKILL wherever it strikes (T-1, T-8)."""

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.adapters.durable_victim import STEPS


def test_a_killed_process_goes_on_where_it_stopped(tmp_path: Path, migrated_file: Path) -> None:
    victim = [sys.executable, "-m", "tests.adapters.durable_victim", str(tmp_path), str(migrated_file)]
    deaths = json.loads(subprocess.run(victim, check=True, capture_output=True, timeout=120).stdout)
    # accept, begin, four places in each step, the end and its telling
    assert len(deaths) == 2 + 2 + 4 * len(STEPS) + 2 + 1
    for at, death in enumerate(deaths):
        assert death["died"] == -signal.SIGKILL, at
        assert death["lived"] == 0, at
        assert death["effects"] == list(STEPS), at
        assert death["state"] == "done", at
        # only the step that was cut short is done again
        assert sum(Counter(death["calls"]).values()) <= len(STEPS) + 1, at
