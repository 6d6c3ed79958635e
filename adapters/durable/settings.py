"""How durable work is tried, and tried again."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from zlib import crc32

import msgspec

from core.domain.work import WorkKind


class RunnerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How much runs at once, and the waits between tries."""

    at_once: int = 64
    """How many pieces of work run at once; one that waits for another try is not counted."""
    first_wait: timedelta = timedelta(milliseconds=200)
    factor: float = 3
    longest_wait: timedelta = timedelta(seconds=60)
    attempts: int = 5
    """How often work that breaks unexpectedly is taken up before staff look at it."""
    poll: float = 1.0
    """Seconds of real time between looks for work whose time has come."""
    sweep_every: int = 30
    """After how many of those looks one is for everything that is unfinished."""
    park_after: Mapping[WorkKind, timedelta] = MappingProxyType({})
    """How long a step of such work goes on failing before staff take it over; others go on for as long as it lasts."""

    def wait(self, key: str, times: int) -> float:
        """Seconds to wait after the `times`-th failure: growing, and spread so that not all come back at once."""
        longest = self.longest_wait.total_seconds()
        grown = min(self.first_wait.total_seconds() * self.factor ** min(times - 1, 40), longest)
        return grown * (0.5 + crc32(f"{key}:{times}".encode()) / 2**33)
