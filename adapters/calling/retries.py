"""When a failed try is followed by another one."""

import time
from collections.abc import Callable
from itertools import count
from typing import Final, Protocol
from zlib import crc32

from adapters.calling.trouble import Setback, Trouble

Backoff = Callable[[Exception], bool | float]
_TRIES: Final = count()


class Patience(Protocol):
    """How long is waited between two tries, in seconds."""

    @property
    def first_wait(self) -> float:
        """The longest wait before a second try; it doubles with each further one, up to `longest_wait`."""

    @property
    def longest_wait(self) -> float:
        """The longest wait of all."""


def _always(_: Setback) -> bool:
    return True


def waits(patience: Patience, is_tried_again: Callable[[Setback], bool] = _always) -> Backoff:
    """The seconds to wait after each failure of one call, anywhere up to a bound that doubles; False where it ends."""
    tries = count()

    def wait(error: Exception) -> bool | float:
        if not (isinstance(error, Trouble) and error.fault.is_transient and is_tried_again(error.fault)):
            return False
        bound = min(patience.first_wait * 2.0 ** next(tries), patience.longest_wait)
        return bound * _somewhere()

    return wait


def _somewhere() -> float:
    """A number from 0 to 1, spread so that those who failed together do not come back together."""
    return crc32(f"{time.monotonic_ns()}:{next(_TRIES)}".encode()) / 2**32
