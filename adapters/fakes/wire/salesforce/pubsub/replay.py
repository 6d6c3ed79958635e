"""Replay ids: ten bytes that mean nothing to who gets them."""

from typing import Final

_LENGTH: Final = 8


def replay_id(number: int) -> bytes:
    """The id of the event of that number."""
    return number.to_bytes(_LENGTH, "big") + b"\0\0"


def number_of(id: bytes) -> int | None:
    """The number behind an id, as it was given or without its last two bytes; None for one that was never given."""
    if len(id) == _LENGTH or (len(id) == _LENGTH + 2 and id.endswith(b"\0\0")):
        return int.from_bytes(id[:_LENGTH], "big")
    return None
