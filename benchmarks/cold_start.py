"""From starting `genkan serve` to its first good answer on readiness (P-4)."""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.fakes.addresses import free_port
from benchmarks.frame import Measured, Pace
from benchmarks.portal import READY, serve_in
from benchmarks.servers import Running, start, wait_for, waited_by

MOST_STARTS: Final = 3


@dataclass(frozen=True)
class ServeStarts:
    """Seconds until the portal is ready: in an empty folder, migration included, or again where one was."""

    name: str
    again: bool
    at_most: float = 2.5

    def measure(self, servers: Running, pace: Pace) -> Measured:
        """The median of a few starts, without the time in which others had the core; with it is told beside it."""
        took: list[tuple[float, float]] = []
        for _ in range(min(pace.rounds, MOST_STARTS)):
            with tempfile.TemporaryDirectory(prefix="genkan-bench-") as folder:
                if self.again:
                    _started(Path(folder), servers.core)
                took.append(_started(Path(folder), servers.core))
        seconds = statistics.median(passed - waited for passed, waited in took)
        details = {"with_waiting_for_the_core": round(statistics.median(passed for passed, _ in took), 3)}
        return Measured(self.name, round(seconds, 3), f"<= {self.at_most} s", seconds <= self.at_most, details)


def _started(folder: Path, core: int | None) -> tuple[float, float]:
    port = free_port()
    process = start(serve_in(folder), port, core)
    try:
        return wait_for(process, port, READY), waited_by(process)
    finally:
        process.terminate()
        process.wait(30)


BENCHES: Final = (
    ServeStarts("cold start in an empty folder", again=False),
    ServeStarts("cold start again", again=True),
)
