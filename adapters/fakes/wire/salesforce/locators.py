"""Results of queries of which somebody has read a part."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from adapters.fakes.wire.salesforce.calls import ApiError
from adapters.fakes.wire.salesforce.soql import Answer
from core.domain.ids import crm_id
from ports.clock import Clock

MOST_OPEN: Final = 10
IDLE: Final = timedelta(minutes=15)


class Locator(msgspec.Struct):
    """A result, the size of its pages, whose it is, and when it was last read from."""

    answer: Answer
    size: int
    user: str
    used_at: datetime


@dataclass(slots=True, kw_only=True)
class Locators:
    """What is open: of one user so many at most, and none that was not read from for so long."""

    clock: Clock
    most: int = MOST_OPEN
    idle: timedelta = IDLE
    _open: dict[str, Locator] = field(default_factory=dict)
    _count: int = 0

    def keep(self, answer: Answer, size: int, user: str) -> str:
        """The locator of a result that is longer than its first page; the user's oldest makes room for it."""
        mine = [locator for locator, each in self._open.items() if each.user == user]
        for oldest in mine[: max(len(mine) - self.most + 1, 0)]:
            del self._open[oldest]
        self._count += 1
        locator = crm_id(f"01gQ8K{self._count:09d}")
        assert locator is not None
        self._open[locator] = Locator(answer, size, user, self.clock.now())
        return locator

    def read(self, locator: str, user: str) -> Locator:
        """The result, read from once more now; ApiError when it is gone."""
        kept = self._open.get(locator)
        now = self.clock.now()
        if kept is None or kept.user != user or now - kept.used_at >= self.idle:
            raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
        kept.used_at = now
        # it counts as the youngest now
        self._open[locator] = self._open.pop(locator)
        return kept

    def lose(self) -> None:
        """Lose everything that is open."""
        self._open.clear()
