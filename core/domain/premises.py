"""Where a line ends: what all homes of one building have in common, however their address is written (ELG-8)."""

import re
import unicodedata
from typing import Final

import msgspec

from core.domain.account import Address, place_of

_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_CHOME: Final = re.compile(r"[一二三四五六七八九十]{1,3}(?=丁目)")
_DASHES: Final = re.compile(r"[‐-―−]")
_GAPS: Final = re.compile(r"[\s,、.・]+")
_OF_HOUSE: Final = re.compile(r"[0-9-]*(?:丁目|番地|番|号(?!室))[0-9-]*(?:番地|番|号(?!室))?[0-9-]*(?:号(?!室))?")
_ROOM_BEHIND_HOUSE: Final = re.compile(r"(?<=[0-9])-([0-9]+-[0-9]+)-[0-9]+$")
# three digits or four, or any that are said to be a room; a letter or number before them may be a wing, and stays
_ROOM: Final = re.compile(r"(?<![0-9])-?#?(?:[0-9]{3,4}[a-z]?(?:号室|号|室)?|[0-9]{1,5}(?:号室|室))$")
_FLOOR: Final = re.compile(r"(?<![0-9])(?:b?[0-9]{1,3}(?:階|f)|(?<![a-z])(?:room|rm|apt|no)\.?)$")


class Premises(msgspec.Struct, frozen=True):
    """A building as a checker of lines knows it: no floor, no room, nothing of who lives there.

    `postcode` has seven digits, which name prefecture, city and quarter; `town` is what stands on the doorplate
    ("神宮前1-2-3"), `building` its name, where it has one.
    """

    postcode: str
    town: str
    building: str = ""

    def is_within(self, town: str) -> bool:
        """Whether it stands in that part of its postcode: 神宮前1 holds 神宮前1-2-3, and not 神宮前12."""
        rest = self.town.removeprefix(town)
        return self.town.startswith(town) and not (town[-1:].isdigit() and rest[:1].isdigit())


def premises_of(address: Address) -> Premises:
    """The building of an address; two that are equal are one building, two that differ may yet be one."""
    tidied = address.tidied()
    town, behind = _parted(_plain(tidied.town))
    return Premises(
        postcode=tidied.postcode.replace("-", ""),
        town=_ROOM_BEHIND_HOUSE.sub(r"-\1", place_of(town)),
        building=_GAPS.sub("", _without_room(f"{behind} {_plain(tidied.building)}".strip())),
    )


def _plain(text: str) -> str:
    written = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold()
    return _CHOME.sub(lambda found: str(_number(found[0])), written)


def _number(kanji: str) -> int:
    tens, ten, ones = kanji.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def _parted(town: str) -> tuple[str, str]:
    """The town with the number of the house, and what was written behind it: a building, or a room."""
    town, *rest = town.split(" ")
    while rest and (not any(each.isdigit() for each in town) or _OF_HOUSE.fullmatch(rest[0])):
        town = f"{town} {rest.pop(0)}"
    return town, " ".join(rest)


def _without_room(building: str) -> str:
    named = _ROOM.sub("", building).rstrip()
    while (shorter := _FLOOR.sub("", named).rstrip()) != named:
        named = shorter
    return named
