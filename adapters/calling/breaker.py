"""Rest from a kind of operation that keeps failing.

purgatory's own context manager lets every caller through once its rest is over, and takes a caller who hangs up for a
failure or a success; so its states are moved by hand here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from purgatory.domain.model import Context, OpenedState

from adapters.calling.trouble import Trouble
from ports.errors import Unavailable


class Breaker:
    """After some failures in a row a rest, then one call alone to see whether it is over.

    `name` says what rests: a system and a kind of operation.
    """

    def __init__(self, name: str, failures: int, rest: float) -> None:
        self._name = name
        self._rest = rest
        self._circuit = Context(name, failures, rest)

    @contextmanager
    def guarding(self, is_late: Callable[[], bool]) -> Iterator[None]:
        """One try; Unavailable without one during the rest.

        An outage counts as a failure, and a try that was cut short because `is_late`.
        """
        probe = self._admit()
        try:
            yield
        except Trouble as trouble:
            self._end(trouble if trouble.fault.is_outage else None)
            raise
        except BaseException as error:
            # a caller who hangs up learned nothing; but a probe that was given up is to be followed by another one
            if probe or is_late():
                self._end(error)
            raise
        else:
            self._end(None)

    def _admit(self) -> bool:
        """Whether this try is the one that sees whether the rest is over; it ends as open or closed, whatever comes."""
        if self._is_half_open:
            raise self._resting()
        try:
            self._circuit.handle_new_request()
        except OpenedState as resting:
            raise self._resting() from resting
        return self._is_half_open

    @property
    def _is_half_open(self) -> bool:
        return self._circuit.state == "half-opened"

    def _end(self, error: BaseException | None) -> None:
        if error is None:
            self._circuit.handle_end_request()
        else:
            self._circuit.handle_exception(error)
        self._circuit.messages.clear()

    def _resting(self) -> Unavailable:
        return Unavailable(f"{self._name} rests", outcome_unknown=False, retry_after=self._rest)
