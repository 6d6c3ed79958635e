"""A portal as a process of its own, in a folder, started and killed by a test."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from genkan.backstage import Backstage
from genkan.client import Portal
from tests.databases import environment_of

PATIENCE = 40.0


@dataclass
class Process:
    """`genkan serve` in `folder`; what it keeps there is taken up by the next start."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    def __enter__(self) -> "Process":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.process is not None and self.process.poll() is None:
            self.kill()

    @property
    def address(self) -> str:
        """Where it serves."""
        return str(self.http.base_url).rstrip("/")

    def run(self, *arguments: str, seconds: float = PATIENCE) -> "subprocess.CompletedProcess[str]":
        """A command to its end."""
        command = [sys.executable, "-m", "genkan", *arguments]
        return subprocess.run(  # noqa: PLW1510 - the caller looks at the exit status
            command, cwd=self.folder, env=self._environment(), capture_output=True, text=True, timeout=seconds
        )

    def start(self) -> None:
        """Serve on a free port; back when it is ready."""
        log = self.folder / "log"
        at = log.stat().st_size if log.exists() else 0
        with log.open("ab") as written:
            command = [sys.executable, "-m", "genkan", "serve", "--port", "0"]
            self.process = subprocess.Popen(command, cwd=self.folder, env=self._environment(), stderr=written)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            told = log.read_bytes()[at:].decode()
            if "Genkan serves on " in told:
                self.http.base_url = told.split("Genkan serves on ")[1].split()[0]
                return
            time.sleep(0.02)
        raise AssertionError(log.read_text()[-2000:])

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        """Ask it to stop, and wait; answers its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)

    @property
    def backstage(self) -> Backstage:
        """The portal and what is behind it."""
        return Backstage(Portal(self.http))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GENKAN_")}
        return (
            kept
            | environment_of(self.folder)
            | {f"GENKAN_{name.upper()}": value for name, value in self.settings.items()}
        )


def until(what: str, look: Any, seconds: float = PATIENCE) -> Any:
    """What `look` finds once it finds anything; AssertionError when it finds nothing in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")
