"""The machine's own time (ports/clock.py)."""

from datetime import UTC, datetime


class RealClock:
    """Tells the time as it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)
