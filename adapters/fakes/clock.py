"""The world's clock: real time plus what it was moved by."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from ports.clock import Clock

FIRST_MORNING: Final = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
"""Where a world begins that was given no clock: Tuesday, ten in the morning in Japan."""


LAST_DAY: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""A clock is not moved to behind it, so that whoever reckons with dates finds the days around them."""


class Ticking:
    """A clock that ticks from a given instant."""

    def __init__(self, start: datetime = FIRST_MORNING) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The start and the time since."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)


class WorldClock:
    """`ports.clock.Clock`, movable, in whole milliseconds as Salesforce keeps time.

    It never runs back by itself, whatever the clock beneath does, and is never moved to before something happened.
    """

    def __init__(self, real: Clock | None = None, offset: timedelta = timedelta()) -> None:
        self._real = real or Ticking()
        self.is_real = real is not None
        self.offset = offset
        self._latest: datetime | None = None
        self.happened: datetime | None = None

    def now(self) -> datetime:
        now = self._real.now() + self.offset
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._latest = now if self._latest is None else max(now, self._latest)
        return self._latest

    def set(self, instant: datetime) -> None:
        """Move to an instant, from where time goes on; ValueError before the last thing that happened."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs its zone")
        if instant > LAST_DAY:
            raise ValueError("no portal gets that old")
        if self.happened is not None and instant < self.happened:
            raise ValueError("time does not go back to before what has happened")
        self.offset = instant.astimezone(UTC) - self._real.now()
        self._latest = None

    def advance(self, delta: timedelta) -> None:
        """Move on by a span of time."""
        self.set(self.now() + delta)
