"""What carries work through a crash, and has it attended to again after one."""

from collections.abc import Sequence
from typing import Protocol

from adapters.durable.memory import Memory
from core.domain.ids import RequestKey
from ports.journal import Entry


class Attending(Protocol):
    """Where the work itself is done."""

    async def __call__(self, key: RequestKey, memory: Memory, entry: Entry | None = None) -> None:
        """Do the work under the key to its end, if it is due; what its steps answered before is in `memory`.

        `entry` is how it stands, where that is at hand.
        """


class Engine(Protocol):
    """Keeps what steps answered, and takes up again what a dead process left."""

    async def open(self, attend: Attending) -> None:
        """From here on work is attended to; what this process left at its last end comes by itself."""

    async def close(self) -> None:
        """Attend to nothing more; what is not done is left for the next start."""

    async def unattended(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Those of the entries that are not on their way already, here or elsewhere."""

    async def begin(self, entry: Entry) -> None:
        """Have work that is due attended to: here and at once, unless somebody has it.

        Returns when it was, or when somebody else will.
        """

    async def delay(self, entry: Entry, seconds: float) -> None:
        """Have work attended to so many seconds from now, by whoever is there then; may be said again."""

    async def forget(self, entry: Entry) -> None:
        """Delayed work is not wanted any more."""

    @property
    def shared(self) -> bool:
        """Whether work may be attended to in another process, so that its end is seen in the journal alone."""

    @property
    def queues(self) -> bool:
        """Whether work that is due may wait where no task of this process shows it."""
