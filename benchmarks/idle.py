"""What a worker costs that has nothing to do (P-4), beside a PostgreSQL of its own."""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.frame import Measured, Pace
from benchmarks.servers import Running, Server, seconds_of, start
from tests.databases import POSTGRESQL, SECRET, made, url_of

SETTLES: Final = 65.0
"""Seconds in which what a day begins with is done, and what looks oftener in the first minute looks no more."""
WATCHED: Final = 20.0


@dataclass(frozen=True)
class IdleWorker:
    """The percentage of a core that `genkan worker` uses while nothing is asked of it."""

    name: str
    at_most: float = 2.0

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """Its processor's seconds over a while of rest."""
        with tempfile.TemporaryDirectory(prefix="genkan-bench-") as folder:
            settings = {
                "GENKAN_DATA": folder,
                "GENKAN_DATABASE": url_of(made(Path(folder) / "shared.db", POSTGRESQL)),
                "GENKAN_SECRET": SECRET,
                "GENKAN_EXECUTOR": "idle",
                "GENKAN_LOG_LEVEL": "warning",
            }
            worker = Server((sys.executable, "-m", "genkan", "worker"), tuple(settings.items()), Path(folder) / "log")
            process = start(worker, 0, servers.core)
            try:
                time.sleep(SETTLES)
                before = seconds_of(process)
                time.sleep(WATCHED)
                used = (seconds_of(process) - before) / WATCHED * 100
                if process.poll() is not None:
                    raise RuntimeError((Path(folder) / "log").read_text()[-2000:])
            finally:
                process.terminate()
                process.wait(30)
        details = {"seconds": WATCHED, "profile": os.environ.get("GENKAN_PROFILE", "offline")}
        return Measured(self.name, round(used, 2), f"<= {self.at_most} % of a core", used <= self.at_most, details)


BENCHES: Final = (IdleWorker("an idle worker"),)
