"""The process that opens what strangers sent: `python -m adapters.system.documents.worker`.

It reads documents from its input and answers each on its output with two frames: the media type and the clean
bytes, or "refused:" with the reason and nothing. It is given no settings and no secrets, can write no file, and
has so much memory and processor time only. When it dies, the answer to one document is all that is lost.
"""

import contextlib
import ctypes
import os
import resource
import sys
from typing import Final

from adapters.system.documents import frames, images, pdfs
from core.domain.document import DocumentRefusal, DocumentRefused

_PDF: Final = b"%PDF-"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_LARGEST_BOX: Final = 256
_DESCRIPTORS: Final = 12
"""Four are open from the start; the interpreter opens one or two more when it loads a codec or a module."""
_NOT_DUMPABLE: Final = (4, 0, 0, 0, 0)
"""prctl(PR_SET_DUMPABLE, 0): a crash leaves no image of the memory anywhere, and no other process reads it."""


def cleaned(data: bytes) -> tuple[str, bytes]:
    """The media type and bytes of the document inside `data`, told by content; raises DocumentRefused."""
    try:
        if data.startswith(_PDF):
            return "application/pdf", pdfs.clean_pdf(data)
        if data.startswith(_PNG):
            return images.clean_image(data, images.PNG)
        if data.startswith(_JPEG):
            return images.clean_image(data, images.JPEG)
        if _is_heif(data):
            return images.clean_image(data, images.HEIF)
    except DocumentRefused:
        raise
    except MemoryError:
        raise DocumentRefused(DocumentRefusal.TOO_LARGE) from None
    except Exception:
        # the libraries raise dozens of kinds for damaged data; their words may quote the document
        raise DocumentRefused(DocumentRefusal.TRUNCATED) from None
    raise DocumentRefused(DocumentRefusal.NOT_A_DOCUMENT)


def main(memory: int, seconds: int) -> None:
    """Answer documents until the input ends; `memory` in bytes for all, `seconds` of the processor for each."""
    documents, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    _confine(memory)
    frames.send(answers, frames.READY)
    while True:
        try:
            data = frames.receive(documents)
        except EOFError:
            return
        _allow(seconds)
        try:
            media_type, clean = cleaned(data)
        except DocumentRefused as refused:
            media_type, clean = frames.REFUSED + refused.refusal.value, b""
        del data
        frames.send(answers, media_type.encode())
        frames.send(answers, clean)
        del clean


def _is_heif(data: bytes) -> bool:
    """Whether `data` begins with the box of a HEIC file (ISO/IEC 23008-12: major and compatible brands)."""
    size = int.from_bytes(data[:4])
    if data[4:8] != b"ftyp" or not 16 <= size <= _LARGEST_BOX:
        return False
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, size, 4))}
    return not _HEIF_BRANDS.isdisjoint(brands)


def _confine(memory: int) -> None:
    with contextlib.suppress(ValueError):  # macOS knows the limit and does not set it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*_NOT_DUMPABLE)


def _allow(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main(memory=int(sys.argv[1]), seconds=int(sys.argv[2]))
