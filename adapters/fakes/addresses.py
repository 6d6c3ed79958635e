"""Where the made-up systems are served on this machine."""

import os
import socket
from itertools import count
from typing import Final

HOST: Final = "127.0.0.1"
_FIRST, _PORTS = 10_000, 22_000
"""Below those that a system gives to connections, one of which would have a port between its choice and its use."""
_EACH: Final = 13_597


class _Places:
    """Processes begin in different places, those of neighbouring ids far from each other, and go round."""

    def __init__(self) -> None:
        self.begin()
        # a process that goes on from another's memory would choose what the other chooses
        os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        self.following = count(os.getpid() * _EACH)


_places: Final = _Places()


def free_port() -> int:
    """A port of the loopback address that nobody listens at, and that nobody gets who does not look for it."""
    for place in _places.following:
        port = _FIRST + place % _PORTS
        with socket.socket() as door:
            try:
                door.bind((HOST, port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always another one")
