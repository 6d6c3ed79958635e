"""What commands log stands beside what they print, as settings say, with fields that logs may hold (OPS-2, T-6)."""

import json
import os
import subprocess
import sys
from pathlib import Path

from genkan.logging import ALLOWED


def typed(folder: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, over the wire."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
    environment |= {"GENKAN_PROFILE": "sandbox", **settings}
    command = [sys.executable, "-m", "genkan", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_a_command_prints_its_answer_alone_and_logs_what_may_be_logged(tmp_path: Path) -> None:
    done = typed(tmp_path, "drift", "--json", GENKAN_LOG_LEVEL="debug")
    assert json.loads(done.stdout) == []
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"whmcs.called", "salesforce.called"} <= {line["event"] for line in lines}
    assert [line for line in lines if not line.keys() <= ALLOWED] == []


def test_a_command_logs_no_more_than_is_set(tmp_path: Path) -> None:
    done = typed(tmp_path, "orphans", "list", "--json")
    assert (json.loads(done.stdout), done.stderr) == ([], "")
