"""JPEG data without what a camera writes beside the picture, the picture itself untouched."""

import re
from typing import Final

from core.domain.document import DocumentRefusal, DocumentRefused

_START: Final = b"\xff\xd8"
_END: Final = 0xD9
_SCAN: Final = 0xDA
_COMMENT: Final = 0xFE
_APPLICATION: Final = range(0xE0, 0xF0)
_NEEDED: Final = frozenset({0xE0, 0xEE})
"""JFIF's and Adobe's segments: they say how the colours are to be read."""
_MARKER_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends a scan: a marker that is no stuffed byte, no restart and no filling."""


def without_metadata(jpeg: bytes) -> bytes:
    """`jpeg` without its EXIF, XMP, IPTC, comments and trailing bytes; DocumentRefused when it is cut or none."""
    if not jpeg.startswith(_START):
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    kept = [_START]
    at = len(_START)
    while True:
        marker, end = _segment(jpeg, at)
        if marker in _NEEDED or (marker not in _APPLICATION and marker != _COMMENT):
            kept.append(jpeg[at:end])
        if marker == _END:
            return b"".join(kept)
        at = end


def _segment(jpeg: bytes, at: int) -> tuple[int, int]:
    """The marker at `at`, and where its segment ends; a scan's includes its picture data."""
    if len(jpeg) < at + 2 or jpeg[at] != 0xFF:
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    marker = jpeg[at + 1]
    if marker == _END:
        return marker, at + 2
    end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    if end < at + 4 or end > len(jpeg):
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    if marker == _SCAN:
        following = _MARKER_AFTER_SCAN.search(jpeg, end)
        if following is None:
            raise DocumentRefused(DocumentRefusal.TRUNCATED)
        end = following.start()
    return marker, end
