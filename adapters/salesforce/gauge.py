"""How much of the day's calls is used, as each answer says."""

import re
import time
from collections.abc import Mapping
from typing import Final

from ports.errors import Unavailable

HEADER: Final = "Sforce-Limit-Info"
_USAGE: Final = re.compile(r"(?:^|[;,]\s*)api-usage=(\d+)/(\d+)")
_BELIEVED: Final = 300.0


class Gauge:
    """The last answer's count of calls, and whether work in the background waits because of it."""

    def __init__(self, shed_at: float, believed: float = _BELIEVED) -> None:
        self.used = 0
        self.most = 0
        self._shed_at = shed_at
        self._believed = believed
        self._read_at = 0.0

    def read(self, headers: Mapping[str, str]) -> None:
        """Take note of what an answer says, if it says so."""
        found = _USAGE.search(headers.get(HEADER, ""))
        if found:
            self.used, self.most = int(found[1]), int(found[2])
            self._read_at = time.monotonic()

    def sheds(self, *, background: bool) -> bool:
        """Whether such a call must wait.

        Only answers tell how the count goes down again, so each few minutes one call in the background may ask.
        """
        if not background or not self.most or self.used < self.most * self._shed_at:
            return False
        if time.monotonic() - self._read_at < self._believed:
            return True
        self._read_at = time.monotonic()
        return False

    def admit(self, what: str, *, background: bool) -> None:
        """Raise Unavailable for a call that must wait."""
        if self.sheds(background=background):
            raise Unavailable(f"salesforce.{what} waits: the day's calls run low", outcome_unknown=False)
