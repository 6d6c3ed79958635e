"""How many calls of the day are used up."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from adapters.fakes.wire.salesforce.calls import ApiError
from ports.clock import Clock

_DAY: Final = timedelta(hours=24)


@dataclass(slots=True, kw_only=True)
class Usage:
    """The calls of a day and how many are allowed; `calls` counts all there ever were by what they were for.

    A composite is one call, whatever is in it, a batch as many as are in it; a log-in is none.
    """

    clock: Clock
    most: int = 1_000_000
    used: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    _since: datetime | None = None

    @property
    def left(self) -> int:
        """How many calls are left today."""
        return max(self.most - self.used, 0)

    @property
    def told(self) -> str:
        """What each answer tells of it."""
        return f"api-usage={self.used}/{self.most}"

    def count(self, name: str) -> None:
        """Count one call; ApiError when the day's are used up."""
        now = self.clock.now()
        if self._since is None or now - self._since >= _DAY:
            self._since, self.used = now, 0
        self.calls[name] += 1
        if self.used >= self.most:
            raise used_up()
        self.used += 1


def used_up() -> ApiError:
    """What is answered when the day's calls are used up."""
    return ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def too_busy() -> ApiError:
    """What is answered when too many calls take long at once."""
    return ApiError("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
