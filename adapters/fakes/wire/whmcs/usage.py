"""What was called, in order, and when: for budgets of calls and of waiting."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

_MOST: Final = 100_000


@dataclass(slots=True)
class Called:
    """One call: the action by WHMCS's own spelling, and the seconds at which it began and was answered."""

    action: str
    begun: float
    ended: float | None = None


@dataclass(slots=True)
class Usage:
    """All calls since the installation is served, or since `clear`; of very many only the latest."""

    calls: deque[Called] = field(default_factory=lambda: deque(maxlen=_MOST))

    @property
    def actions(self) -> list[str]:
        """The actions called, in the order they began."""
        return [called.action for called in self.calls]

    @property
    def counted(self) -> Counter[str]:
        """How often each action was called."""
        return Counter(self.actions)

    def clear(self) -> None:
        """Begin to count anew."""
        self.calls.clear()

    @contextmanager
    def counting(self, action: str) -> Iterator[None]:
        """Count one call from its beginning to its end."""
        called = Called(action, perf_counter())
        self.calls.append(called)
        try:
            yield
        finally:
            called.ended = perf_counter()
