"""What a bench is, and the two kinds most of them are: a ratio side by side, and a cold start."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from adapters.fakes.addresses import free_port
from benchmarks.servers import Running, Server, fetch, start, wait_for

BASE_PATH: Final = "/"


@dataclass(frozen=True)
class Pace:
    """How long and how often; `load_core` None leaves the load where the system puts it."""

    seconds: float = 3.0
    rounds: int = 5
    connections: int = 16
    load_core: int | None = 1


@dataclass(frozen=True)
class Measured:
    """What a bench found: a figure, its bound, and whether it holds."""

    name: str
    figure: float
    bound: str
    holds: bool
    details: dict[str, Any] = field(default_factory=dict)


class Bench(Protocol):
    """One measurement."""

    name: str

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Take the measurement."""


@dataclass(frozen=True)
class Beside:
    """Answers of `path` per second of a core, relative to a bare Litestar handler returning the same bytes (P-3).

    Rounds alternate between the two, so that what the machine does meanwhile meets both. The seconds are those that
    the server's core worked for it: as long as nobody else uses the machine, these are the seconds that passed, which
    the details give a ratio of too.
    """

    name: str
    server: Server
    path: str
    at_least: float
    ready: str = "/api/health/ready"
    headers: dict[str, str] = field(default_factory=dict)
    expect: int = 200

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """The median of each side's rounds, and their ratio."""
        port = servers.port_of(self.server, self.ready)
        plain = {name: value for name, value in self.headers.items() if name.lower() != "if-none-match"}
        body = fetch(port, self.path, plain)
        with tempfile.NamedTemporaryFile() as kept:
            Path(kept.name).write_bytes(body)
            base = Server.module("benchmarks.bare", "--port", "{port}", "--body", kept.name)
            base_port = servers.port_of(base, BASE_PATH)
            sides: dict[str, list[dict[str, float]]] = {"base": [], "ours": []}
            _load(port, self.path, self.headers, Pace(0.5, 1, pace.connections, pace.load_core))  # warm
            _load(base_port, BASE_PATH, {}, Pace(0.5, 1, pace.connections, pace.load_core))
            for _ in range(pace.rounds):
                sides["base"].append(_worked(servers, base, lambda: _load(base_port, BASE_PATH, {}, pace)))
                sides["ours"].append(_worked(servers, self.server, lambda: _load(port, self.path, self.headers, pace)))
        statuses = {run["status"] for run in sides["ours"]}
        if statuses != {self.expect}:
            raise RuntimeError(f"{self.name}: answered {statuses}, expected {self.expect}")
        worked, passed = _medians(sides, "per_core_second"), _medians(sides, "per_second")
        ratio = worked["ours"] / worked["base"]
        details = {
            "bytes": len(body),
            "per_core_second": {side: round(value) for side, value in worked.items()},
            "per_second": {side: round(value) for side, value in passed.items()},
            "ratio_per_second": round(passed["ours"] / passed["base"], 3),
        }
        return Measured(self.name, round(ratio, 3), f">= {self.at_least}", ratio >= self.at_least, details)


@dataclass(frozen=True)
class ColdStart:
    """Seconds from starting the process to its first good answer (P-4); the median of a few starts."""

    name: str
    server: Server
    at_most: float = 2.5
    ready: str = "/api/health/ready"

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Start, wait, stop; some times over."""
        took = []
        for _ in range(min(pace.rounds, 3)):
            port = free_port()
            process = start(self.server, port, servers.core)
            try:
                took.append(wait_for(process, port, self.ready))
            finally:
                process.terminate()
                process.wait(30)
        seconds = statistics.median(took)
        return Measured(self.name, round(seconds, 3), f"<= {self.at_most} s", seconds <= self.at_most)


def _worked(servers: Running, server: Server, load: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What a load saw, and how many answers that was for each second of the server's core."""
    before = servers.seconds_of(server)
    run = load()
    return {**run, "per_core_second": run["answers"] / (servers.seconds_of(server) - before)}


def _medians(sides: dict[str, list[dict[str, float]]], what: str) -> dict[str, float]:
    return {side: statistics.median(run[what] for run in runs) for side, runs in sides.items()}


def _load(port: int, path: str, headers: dict[str, str], pace: Pace) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", "--port", str(port), "--path", path]
    command += ["--headers", json.dumps(headers), "--connections", str(pace.connections)]
    command += ["--seconds", str(pace.seconds)]
    if pace.load_core is not None:
        command += ["--core", str(pace.load_core)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        raise RuntimeError(f"load on {path} failed: {told.stderr.strip().splitlines()[-1:]}")
    found: dict[str, float] = json.loads(told.stdout)
    return found
