"""What other systems last told, for as long as they tell nothing; and when that was (T-10)."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from ports.clock import Clock
from ports.errors import Unavailable

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_KNOWN: Final = 2_000
"""How many readings of each kind are known; those not looked at for longest go first."""

_noted: ContextVar[list[datetime] | None] = ContextVar("noted", default=None)


def note_read(at: datetime) -> None:
    """Tell whoever waits for it that something was read then."""
    noted = _noted.get()
    if noted is not None:
        noted.append(at)


class NotedTimes:
    """`ports.caches.ReadTimes`: every reading that is kept notes when it was made, whoever asks for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def of(self, reading: Awaitable[T]) -> tuple[T, datetime]:
        noted = [self._clock.now()]
        token = _noted.set(noted)
        try:
            value = await reading
        finally:
            _noted.reset(token)
        oldest = min(noted)
        note_read(oldest)
        return value, oldest


@dataclass(frozen=True, slots=True)
class _Known(Generic[V]):
    value: V
    read_at: datetime


class Answering:
    """Whether each other system answered the last look at what it holds (OPS-2)."""

    def __init__(self) -> None:
        self._did: dict[str, bool] = {}

    def heard(self, system: str, *, answered: bool) -> None:
        """The system was asked, and answered or not."""
        self._did[system] = answered

    def answers(self, system: str) -> bool:
        """Whether it answered when it was asked last; one that nobody asked is taken to be well."""
        return self._did.get(system, True)


class LastKnown(Generic[K, V]):
    """Readings by their key: made anew each time, the last one given while the other system does not answer (T-10).

    What is not there is not known: it is asked for again, and forgotten where it was there before.
    """

    def __init__(
        self, clock: Clock, most: int = MOST_KNOWN, heard: Callable[[bool], None] = lambda _answered: None
    ) -> None:
        self._clock = clock
        self._most = most
        self._heard = heard
        self._known: OrderedDict[K, _Known[V]] = OrderedDict()

    async def get(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """The reading of `key`, made now; raises what `read` raises where nothing is known."""
        begun = self._clock.now()
        try:
            value = await read()
        except Unavailable:
            self._heard(False)
            known = self._known.get(key)
            if known is None:
                raise
            self._known.move_to_end(key)
            note_read(known.read_at)
            return known.value
        self._heard(True)
        self.keep(key, value, begun)
        return value

    def keep(self, key: K, value: V, read_at: datetime) -> None:
        """Know that `key` was so then, unless something later is known."""
        known = self._known.get(key)
        if known is not None and known.read_at > read_at:
            return
        if value is None:
            self._known.pop(key, None)
            return
        self._known[key] = _Known(value, read_at)
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
