"""A portal in a process of its own, as an operator starts it: to be asked over HTTP, killed and started again."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from adapters.fakes.addresses import free_port
from genkan.backstage import Backstage
from genkan.client import Portal
from tests.databases import environment_of

PATIENCE = 60.0


def started(folder: Path, *words: str, stderr: Any = subprocess.PIPE, **settings: str) -> subprocess.Popen[str]:
    """A `genkan` command that runs in a folder with these settings alone."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
    environment |= {f"GENKAN_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "genkan", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stderr=stderr, text=True)


def gave_up(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """How a command ended that could not start, and what it said."""
    process = started(folder, *words, **settings)
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said


@dataclass
class Served:
    """A portal served from a folder on one port, again and again."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE, trust_env=False)
        self.portal = Portal(self.http)
        self.backstage = Backstage(self.portal)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
        environment |= environment_of(self.folder)
        environment |= {f"GENKAN_{name.upper()}": value for name, value in self.settings.items()}
        command = [sys.executable, "-m", "genkan", "serve", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stderr=log)
        self.until(self._ready, "it is ready")

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        """Ask it to end, and make sure."""
        self.http.close()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def until(self, is_so: Any, what: str, seconds: float = PATIENCE) -> None:
        """Wait until something is so; fails with what the portal logged last."""
        deadline = time.monotonic() + seconds
        while not is_so():
            alive = self.process is not None and self.process.poll() is None
            if not alive or time.monotonic() > deadline:
                tail = (self.folder / "log").read_text(errors="replace")[-1500:]
                raise AssertionError(f"not so: {what}\n{tail}")
            time.sleep(0.02)

    def calls(self, operation: str) -> int:
        """How often the portal called an operation of the world ("whmcs.ensure_billed")."""
        return int(self.backstage.world.calls().get(operation, 0))

    def _ready(self) -> bool:
        try:
            return self.http.get("/api/health/ready").status_code == 200
        except httpx.HTTPError:
            return False
