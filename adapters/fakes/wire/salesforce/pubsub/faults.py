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
    CORRUPTED = "corrupted replay id"
    """The streams of its topic break, and who takes it up where it was is refused that place, once."""
    DRIFT = "schema change"
    """It and what comes after it of its object is told by another version of the schema."""
    SILENCE = "silence"
    """From it on nobody hears anything of its topic, not even that there is nothing, unless they subscribe anew."""


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
    broken: dict[str, int] = field(default_factory=dict)
    """Topics whose streams break, where they began before that number."""
    corrupted: set[str] = field(default_factory=set)
    """Topics of which the next one to be taken up at a place is refused."""
    hushed: dict[str, int] = field(default_factory=dict)
    """Topics of which nothing is said on streams that began before that number."""
    ahead: bool = False
    """The latest replay id of an empty answer lies behind the last event."""

    def silences(self, topic: str, since: int | None = None) -> bool:
        """Whether nothing is said of the topic, to a stream that began at that number or to anybody."""
        hushed = since is not None and since < self.hushed.get(topic, since)
        return self.silent or topic in self.silent_topics or hushed

    def breaks(self, topic: str, since: int) -> bool:
        """Whether a stream of the topic that began at that number is to break."""
        return since < self.broken.get(topic, since)

    def clear(self) -> None:
        """Switch off what was switched on for events to come, and what they left behind."""
        for each in (self.events, self.broken, self.corrupted, self.hushed):
            each.clear()
