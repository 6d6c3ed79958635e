"""How the portal and a cleaning process talk over pipes: a length of four bytes, then as many bytes."""

import struct
from typing import IO, Final

READY: Final = b"ready"
"""A process's first frame, once it has confined itself."""

REFUSED: Final = "refused:"
"""How an answer begins that is no media type; the reason follows, and an empty second frame."""

MOST: Final = 32_000_000
"""The largest frame, in bytes."""

_LENGTH: Final = struct.Struct(">I")


def send(pipe: IO[bytes], payload: bytes) -> None:
    """Write one frame; OSError when nobody reads any more."""
    pipe.write(_LENGTH.pack(len(payload)))
    pipe.write(payload)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Read one frame; EOFError when the other side ended before it was whole, or sends what is no frame."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    if length > MOST:
        raise EOFError
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
