"""New ids: sortable by the time they were made, and not to be guessed (ports/ids.py)."""

import secrets
import time
from typing import Final

# no i, l, o, u: nothing in an id is misread or spells a word
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(one + two for one in _LETTERS for two in _LETTERS)
_BITS: Final = 5
_OF_TIME: Final = 10
_BY_CHANCE: Final = 22


class RandomIds:
    """Ten characters of milliseconds, then 110 bits of chance.

    The machine's time, not the portal's clock: ids stay in the order they were made in however that clock is moved.
    """

    def __init__(self) -> None:
        self._second = (-1, "")  # of 1,024 milliseconds, and how it is written

    def new(self) -> str:
        second, rest = divmod(time.time_ns() // 1_000_000, 1024)
        if second != self._second[0]:
            self._second = second, _written(second, _OF_TIME - 2)
        return self._second[1] + _PAIRS[rest] + _written(secrets.randbits(_BY_CHANCE * _BITS), _BY_CHANCE)


def _written(number: int, length: int) -> str:
    # two at a time: an id is made for every call that is answered
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range((length - 2) * _BITS, -1, -2 * _BITS)])
