"""A try of a call that failed, and what may have been written by then."""

from typing import Protocol


class Setback(Protocol):
    """What there is to know of one try that failed, whichever system it was."""

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed in a moment."""

    @property
    def is_outage(self) -> bool:
        """Whether it says that the system is not well."""

    @property
    def proves_nothing_written(self) -> bool:
        """Whether it is certain that the try changed nothing."""


class Trouble(Exception):
    """One try that failed, on its way to whoever decides whether there is another one.

    An adapter's own says what `fault` is there; the text is a code and never what the other system said.
    """

    fault: Setback


class Doubt:
    """Whether anything may have been written so far by the tries of one call."""

    def __init__(self, *, writes: bool) -> None:
        self._writes = writes
        self._earlier = False
        self._now = False

    @property
    def remains(self) -> bool:
        """Whether it may have been."""
        return self._earlier or self._now

    def sent(self) -> None:
        """A try is on its way."""
        self._now = self._writes

    def settled(self, fault: Setback) -> None:
        """That try failed so."""
        self._earlier = self._earlier or (self._writes and not fault.proves_nothing_written)
        self._now = False
