"""What follows when upstream told something that nobody can read."""

from dataclasses import dataclass

from core.domain.attention import UNREADABLE
from core.domain.facts import EventUnreadable
from ports.durable import Steps
from ports.errors import Rejected


@dataclass(frozen=True, slots=True)
class ParkEvent:
    """Leave it with staff, since what it told of is not known; those behind it are read (T-5)."""

    async def __call__(self, steps: Steps, fact: EventUnreadable) -> None:
        """Raises Rejected, always."""
        raise Rejected(UNREADABLE, fact.topic)
