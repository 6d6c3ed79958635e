"""What time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one time everything in the portal goes by; offline it is moved by hand."""

    def now(self) -> datetime:
        """The instant, aware, in UTC. A use case reads it once, at its top."""
