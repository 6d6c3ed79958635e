"""How far was read, over all topics, as one text: opaque to who keeps it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from ports.errors import Rejected

LOST: Final = "position_lost"
_SHORT: Final = 15


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    org: str
    at: dict[str, str]


_decoder: Final = msgspec.json.Decoder(_Written)


def written(org: str, at: Mapping[str, bytes]) -> str:
    """The position in that org: the replay id that each topic was read up to."""
    places = {topic: at[topic].hex() for topic in sorted(at)}
    return msgspec.json.encode(_Written(org[:_SHORT], places)).decode()


def read(position: str, org: str) -> dict[str, bytes]:
    """The replay ids in a position; raises Rejected("position_lost") for one of nowhere, or of another org."""
    try:
        found = _decoder.decode(position)
        at = {topic: bytes.fromhex(place) for topic, place in found.at.items()}
    except ValueError:
        raise Rejected(LOST, "facts") from None
    if found.org != org[:_SHORT] or not all(at.values()):
        raise Rejected(LOST, "facts")
    return at
