"""Money: whole yen, tax included, never a float."""

import re
from typing import Final, NewType

Yen = NewType("Yen", int)

_AMOUNT: Final = re.compile(r"(-?[0-9]+)(?:\.0+)?")


def yen(text: str) -> Yen:
    """The amount that another system wrote as text ("4980.00"); ValueError when it is not whole yen."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError("not an amount in whole yen")
    return Yen(int(match[1]))


def total(*amounts: int) -> Yen:
    """The sum of amounts in yen."""
    return Yen(sum(amounts))
