"""Where the made-up systems are served on this machine."""

import os
import socket
from itertools import count
from typing import Final

HOST: Final = "127.0.0.1"
_FIRST, _PORTS = 10_000, 22_000
"""Below those that a system gives to connections, one of which would have a port between its choice and its use."""
_EACH: Final = 13_597
_places: Final = count(os.getpid() * _EACH)
"""Processes begin in different places, those of neighbouring ids far from each other, and go round."""


def free_port() -> int:
    """A port of the loopback address that nobody listens at, and that nobody gets who does not look for it."""
    for place in _places:
        port = _FIRST + place % _PORTS
        with socket.socket() as door:
            try:
                door.bind((HOST, port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always another one")
