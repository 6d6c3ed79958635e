"""Feature flags, read from the database and remembered for seconds (ports/flags.py)."""

from datetime import datetime, timedelta
from typing import Final

from core.domain.flags import DEFAULTS, Feature, is_on
from ports.clock import Clock
from ports.store import Flag, Store

REMEMBERED: Final = timedelta(seconds=5)
"""How long another process may go on with what was set before (OPS-3)."""


class ShelvedFlags:
    """Flags as the store keeps them; what it does not keep has its default."""

    def __init__(self, store: Store, clock: Clock, remembered: timedelta = REMEMBERED) -> None:
        self._store = store
        self._clock = clock
        self._remembered = remembered
        self._flags: dict[str, Flag] = {}
        self._read_at: datetime | None = None

    async def on(self, feature: Feature, subject: str | None = None) -> bool:
        now = self._clock.now()
        if self._read_at is None or not self._read_at <= now < self._read_at + self._remembered:
            async with self._store.reading() as shelves:
                self._flags = {flag.name: flag for flag in await shelves.flags.all()}
            self._read_at = now
        flag = self._flags.get(feature.value)
        if flag is None:
            return is_on(feature, subject, DEFAULTS[feature])
        return is_on(feature, subject, flag.percentage, flag.accounts)

    def forget(self) -> None:
        """Read again at the next question, because a flag was set here."""
        self._read_at = None
