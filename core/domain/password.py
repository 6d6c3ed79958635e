"""Which passwords a customer may choose (ACC-7)."""

import unicodedata
from enum import StrEnum
from typing import Final

from core.domain.common_passwords import COMMON
from core.domain.refusals import FieldFault

SHORTEST: Final = 12
LONGEST: Final = 128

_LONGEST_UNIT: Final = 4
_ROWS: Final = (
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
)
_COLUMNS: Final = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")
_WALKS: Final = (
    "".join(_ROWS),
    "".join(row[:10] for row in _ROWS),
    "".join(_ROWS[1:]),
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "".join(_COLUMNS),
    "".join(column[1:] for column in _COLUMNS),
    "".join(column if at % 2 == 0 else column[::-1] for at, column in enumerate(_COLUMNS)),
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "0123456789012345678901234567890123456789",
    "1234567890" * 4,
    "abcdefghijklmnopqrstuvwxyz" * 2,
)


class PasswordRefusal(StrEnum):
    """Why a password can't be chosen (ACC-7)."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    NOT_TEXT = "not_text"
    """It holds a NUL or half of a surrogate pair, which no keyboard makes and not every system carries."""


def normalised(password: str) -> str:
    """The password as it is counted, compared and hashed: NFKC, whole, nothing trimmed (ACC-7)."""
    return unicodedata.normalize("NFKC", password)


def refusal_of(password: str) -> PasswordRefusal | None:
    """Why `password` can't be chosen, or None when it can (ACC-7).

    Length is 12 to 128 code points after normalisation. What people choose most is refused whatever its
    case; no kind of character is asked for.
    """
    text = normalised(password)
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        return PasswordRefusal.NOT_TEXT
    if len(text) < SHORTEST:
        return PasswordRefusal.TOO_SHORT
    if len(text) > LONGEST:
        return PasswordRefusal.TOO_LONG
    return PasswordRefusal.COMMON if is_common(text) else None


def password_faults(field: str, password: str) -> list[FieldFault]:
    """What is wrong with a password that somebody chose (ACC-7)."""
    refusal = refusal_of(password)
    return [] if refusal is None else [FieldFault(field, refusal.value)]


def is_common(password: str) -> bool:
    """Whether guessing programs try it first: it is listed, repeats a short unit, or is a run of keys."""
    text = normalised(password).casefold()
    return text in COMMON or _repeats_a_short_unit(text) or _walks_the_keyboard(text)


def _repeats_a_short_unit(text: str) -> bool:
    # "aaaaaaaaaaaa", "abcabcabcabc" and, cut off in the middle of the unit, "1234123412341"
    return any(text == (text[:unit] * len(text))[: len(text)] for unit in range(1, _LONGEST_UNIT + 1))


def _walks_the_keyboard(text: str) -> bool:
    return any(text in walk or text[::-1] in walk for walk in _WALKS)
