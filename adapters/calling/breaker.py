"""Rest from a kind of operation that keeps failing.

purgatory's own context manager lets every caller through once its rest is over, and takes a caller who hangs up for a
failure or a success; so its states are moved by hand here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from purgatory.domain.model import Context, OpenedState

from adapters.calling.trouble import Setback, Trouble
from ports.errors import Unavailable


def _is_outage(fault: Setback) -> bool:
    return fault.is_outage


def _rests(name: str, rest: float) -> Unavailable:
    return Unavailable(f"{name} rests", outcome_unknown=False, retry_after=rest)


class Breaker:
    """After some failures in a row a rest, then one call alone to see whether it is over.

    `name` says what rests: a system and a kind of operation; `counts` which failures of a try do, outages unless told
    otherwise; `resting` makes what is raised meanwhile, where it is more than that it rests.
    """

    def __init__(
        self,
        name: str,
        failures: int,
        rest: float,
        counts: Callable[[Setback], bool] = _is_outage,
        resting: Callable[[], Unavailable] | None = None,
    ) -> None:
        self._circuit = Context(name, failures, rest)
        self._counts = counts
        self._resting = resting or partial(_rests, name, rest)

    @contextmanager
    def guarding(self, is_late: Callable[[], bool]) -> Iterator[None]:
        """One try; Unavailable without one during the rest.

        A try that was cut short because `is_late` counts as a failure too.
        """
        probe = self._admit()
        try:
            yield
        except Trouble as trouble:
            self._end(trouble if self._counts(trouble.fault) else None)
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
