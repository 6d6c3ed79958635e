"""What can go wrong with events, on switch."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class EventFault(StrEnum):
    """What becomes of a change event instead of what it should be."""

    GAP = "gap"
    """It says which record changed, and not how."""
    OVERFLOW = "overflow"
    """It says that more changed than is told."""
    DUPLICATE = "duplicate"
    """It comes twice, the second time under another replay id."""
    LOST = "lost"
    """It never comes."""
    POISON = "poison"
    """It can't be read by its schema."""


@dataclass(slots=True)
class EventFaults:
    """The faults switched on; each entry of a list is used up by one event or one call, the first one first."""

    events: deque[EventFault | None] = field(default_factory=deque)
    """What becomes of the next change events; None lets one be told as it is."""
    refusals: deque[str] = field(default_factory=deque)
    """With which codes the next subscriptions end before they begin."""
    schema_refusals: deque[str] = field(default_factory=deque)
    """With which codes the next questions for a schema end."""
    holding: bool = False
    """Change events are held back, until the bus is told in which order to let them go."""
    silent: bool = False
    """Nothing is said, not even that there is nothing to say."""
    silent_topics: set[str] = field(default_factory=set)
    """Topics of which nothing is said, while others speak."""
    ahead: bool = False
    """The latest replay id of an empty answer lies behind the last event."""

    def silences(self, topic: str) -> bool:
        """Whether nothing is said of the topic."""
        return self.silent or topic in self.silent_topics
