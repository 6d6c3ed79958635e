"""Rest from a kind of operation that keeps failing, and from all of them once WHMCS lets nobody in.

purgatory's own context manager lets every caller through once its rest is over, and takes a caller who hangs up for a
failure or a success; so its states are moved by hand here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from purgatory.domain.model import Context, OpenedState

from adapters.whmcs.faults import Trouble
from ports.errors import Unavailable


class Breaker:
    """After some failures in a row a rest, then one call alone to see whether it is over."""

    def __init__(
        self, failures: int, rest: float, resting: Callable[[], Unavailable], counts: Callable[[Trouble], bool]
    ) -> None:
        self._circuit = Context("whmcs", failures, rest)
        self._resting = resting
        self._counts = counts

    @contextmanager
    def guarding(self, is_late: Callable[[], bool]) -> Iterator[None]:
        """One try; raises what `resting` makes without one during the rest.

        A trouble that `counts` is a failure, and so is a try that was cut short because `is_late`.
        """
        probe = self._admit()
        try:
            yield
        except Trouble as trouble:
            self._end(trouble if self._counts(trouble) else None)
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
