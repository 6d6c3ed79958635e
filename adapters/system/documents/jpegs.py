"""JPEG data without what a camera writes beside the picture, the picture itself untouched; and whether it is whole."""

import re
from typing import Final

import pikepdf
from pikepdf import Name, Object, Stream, StreamDecodeLevel

from core.domain.document import MAX_PIXELS, DocumentRefusal, DocumentRefused

_START: Final = b"\xff\xd8"
_END: Final = 0xD9
_SCAN: Final = 0xDA
_TABLES: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
"""What a scan is read with: Huffman and arithmetic codes, quantization, restarts."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - _TABLES - {0xC8}
_COLOURS: Final = {0xE0: (b"JFIF\0", 12, b"\0\0"), 0xEE: (b"Adobe", 12, b"")}
"""JFIF's and Adobe's segments say how the colours are to be read: how each begins, how much of it is kept, how it ends.

JFIF's ends with a little picture; here it has none.
"""
_MARKER_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends a scan: a marker that is no stuffed byte, no restart and no filling."""


def without_metadata(jpeg: bytes) -> bytes:
    """`jpeg` with nothing but what its picture is decoded from; DocumentRefused when it is cut, none or too large."""
    if not jpeg.startswith(_START):
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    kept = [_START]
    colours = dict(_COLOURS)
    at = len(_START)
    while True:
        marker, end = _segment(jpeg, at)
        if marker in _FRAMES:
            _refuse_size(jpeg[at:end])
        if marker in colours:
            kept.append(_colours(jpeg[at:end], *colours[marker]))
            if kept[-1]:
                del colours[marker]  # one of each is enough
        elif marker in _FRAMES or marker in _TABLES or marker in (_SCAN, _END):
            kept.append(jpeg[at:end])
        if marker == _END:
            return b"".join(kept)
        at = end


def refuse_cut(jpeg: bytes) -> None:
    """Decode `jpeg` once, to raise DocumentRefused where the decoder would have to make up a part of the picture.

    Pillow paints in grey what is missing before an end that somebody put there; this library raises.
    """
    with pikepdf.new() as nothing:
        unpacked(Stream(nothing, jpeg, Filter=Name.DCTDecode), StreamDecodeLevel.all)


def unpacked(stream: Object, level: StreamDecodeLevel = StreamDecodeLevel.generalized) -> bytes:
    """What the stream holds; MemoryError when it is too much, PdfError or DataDecodingError when it is damaged."""
    try:
        return stream.read_bytes(level)
    except pikepdf.DataDecodingError as error:
        # the one way the library tells that the memory did not suffice
        if "bad_alloc" in str(error):
            raise MemoryError from None
        raise


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


def _colours(segment: bytes, begins: bytes, size: int, ends: bytes) -> bytes:
    """The segment of its own length, or nothing where it is another program's under the same marker."""
    body = segment[4:]
    if not body.startswith(begins) or len(body) < size:
        return b""
    return segment[:2] + (2 + size + len(ends)).to_bytes(2) + body[:size] + ends


def _refuse_size(frame: bytes) -> None:
    # marker, length, bits; then the height and the width
    if int.from_bytes(frame[5:7]) * int.from_bytes(frame[7:9]) > MAX_PIXELS:
        raise DocumentRefused(DocumentRefusal.TOO_MANY_PIXELS)
