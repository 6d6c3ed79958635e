"""Servers to be measured: processes pinned to one core, started once and shared by the benches that name them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from adapters.fakes.addresses import free_port

PATIENCE: Final = 30.0


@dataclass(frozen=True)
class Server:
    """A command that serves on the port put in place of `{port}`; `environment` is added to this process's.

    What it logs goes to the file `log`, or nowhere.
    """

    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    log: Path | None = None

    @classmethod
    def module(cls, name: str, *words: str) -> "Server":
        """`python -m name`."""
        return cls((sys.executable, "-m", name, *words))


@dataclass
class Running:
    """The servers that run, by what they are; `core` is the one they share."""

    core: int | None
    _processes: dict[Server, tuple[subprocess.Popen[bytes], int]] = field(default_factory=dict)

    def port_of(self, server: Server, ready: str) -> int:
        """The port `server` answers on, started if need be; `ready` is the path that answers 200."""
        if server not in self._processes:
            port = free_port()
            process = start(server, port, self.core)
            self._processes[server] = process, port
            wait_for(process, port, ready)
        return self._processes[server][1]

    def seconds_of(self, server: Server) -> float:
        """The processor's seconds that a running server has used so far."""
        return seconds_of(self._processes[server][0])

    def stop(self) -> None:
        """End them all."""
        for process, _ in self._processes.values():
            process.terminate()
        for process, _ in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def running(core: int | None) -> Iterator[Running]:
    """Servers for as long as the block lasts."""
    servers = Running(core)
    try:
        yield servers
    finally:
        servers.stop()


def start(server: Server, port: int, core: int | None) -> subprocess.Popen[bytes]:
    """Start a server's process on its core."""
    command = [word.replace("{port}", str(port)) for word in server.command]
    with (server.log or Path(os.devnull)).open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **dict(server.environment)}, stderr=log)
    if core is not None:
        os.sched_setaffinity(process.pid, {core})  # before it has threads, which all stay on the core
    return process


def wait_for(process: subprocess.Popen[bytes], port: int, path: str) -> float:
    """Wait until `path` answers 200; the seconds it took."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {process.args!r}")
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                if answer.status == 200:
                    return time.perf_counter() - began
        except (OSError, HTTPError):
            time.sleep(0.01)
    raise RuntimeError(f"no answer on {path} within {PATIENCE:.0f} s")


def fetch(port: int, path: str, headers: dict[str, str]) -> bytes:
    """The body a path answers with."""
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=10) as answer:
        body: bytes = answer.read()
        return body


def headers_of(port: int, path: str) -> dict[str, str]:
    """The headers a path answers with, by lower-case name."""
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}


def seconds_of(process: subprocess.Popen[bytes]) -> float:
    """The processor's seconds that a process has used so far."""
    ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def waited_by(process: subprocess.Popen[bytes]) -> float:
    """The seconds that a process was ready to go on and others had its core; 0 where the system does not tell."""
    told = Path(f"/proc/{process.pid}/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0
