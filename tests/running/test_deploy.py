"""What deploys the portal names what there is: commands, settings, files; and leaves it the time it takes to stop."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from sqlalchemy import make_url

from adapters.db.postgresql import create_engine
from adapters.durable.dbos_engine import CONNECTIONS
from genkan.agreeing import faults_of_real_systems
from genkan.cli import main
from genkan.running import DRAIN
from genkan.serve import GRACE
from genkan.settings import PREFIX, Settings, load

DEPLOY = Path(__file__).parents[2] / "deploy"
ROOT = DEPLOY.parent
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
LONGEST_STOP = 25
LISTENS_CLAIMS_LEADS = 3
"""Connections of their own: to hear the others, to hold its name, to lead."""


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return read


def ours() -> dict[str, dict[str, Any]]:
    return {name: each for name, each in compose()["services"].items() if each["image"] == "genkan"}


def settings_named(text: str) -> set[str]:
    return {name.partition("__")[0].lower() for name in re.findall(rf"{PREFIX}([A-Z_]+)", text)}


def test_what_runs_and_what_stops_is_within_25_seconds() -> None:
    assert GRACE + DRAIN <= LONGEST_STOP
    for each in ours().values():
        assert int(each["stop_grace_period"].removesuffix("s")) > LONGEST_STOP
    for unit in UNITS:
        [patience] = re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text("utf-8"), re.MULTILINE)
        assert int(patience) > LONGEST_STOP


def test_every_instance_is_somebody_and_runs_a_command_there_is() -> None:
    running = {name: each for name, each in ours().items() if name != "migrate"}
    assert sorted(running) == ["serve-1", "serve-2", "worker-1", "worker-2"]
    for name, each in running.items():
        assert each["environment"]["GENKAN_EXECUTOR"] == name
    for each in ours().values():
        program, command = each["command"]
        assert (program, command in main.commands) == ("genkan", True)
    for unit in UNITS:
        [command] = re.findall(r"^ExecStart=/opt/genkan/bin/genkan (\w+)$", unit.read_text("utf-8"), re.MULTILINE)
        assert command in main.commands


def test_the_server_has_connections_for_all_of_them() -> None:
    pool = create_engine(make_url("postgresql://there/portal"), pool_reset_on_return=None, hide_parameters=True).pool
    most = pool.size() + pool._max_overflow + LISTENS_CLAIMS_LEADS + CONNECTIONS
    assert f"Each takes up to {most} connections" in (ROOT / "README.md").read_text("utf-8")
    [server] = re.findall(r"max_connections=(\d+)", " ".join(compose()["services"]["database"]["command"]))
    assert int(server) >= most * len(ours())


def test_only_settings_there_are_are_named(tmp_path: Path) -> None:
    known = {field.name for field in msgspec.structs.fields(Settings)}
    for file in [*DEPLOY.rglob("*.*"), DEPLOY / "Dockerfile"]:
        if file.is_file():
            assert settings_named(file.read_text("utf-8")) <= known, file
    lines = (DEPLOY / "genkan.env.example").read_text("utf-8").splitlines()
    environment = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings = load(environment, tmp_path)
    assert settings.is_shared
    assert faults_of_real_systems(settings) == []


def test_the_image_is_made_of_what_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    sent = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for path in " ".join(copied).split():
        assert (ROOT / path).exists(), path
        assert f"!{path.partition('/')[0]}" in sent, path


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_one_that_systemd_understands(unit: Path, tmp_path: Path) -> None:
    # its user and its program are made by whoever installs it
    text = unit.read_text("utf-8").replace("User=genkan", "User=root")
    here = tmp_path / unit.name.replace("@", "@1")
    here.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.MULTILINE), "utf-8")
    asked = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
    assert [line for line in asked.stderr.splitlines() if unit.name.partition(".")[0].rstrip("@") in line] == []
