"""Files that customers send as their ID: good ones, and every kind that is not taken."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from pikepdf import Encryption

from tests.adapters import documents

File = tuple[str, bytes]
A_CARD: Final[File] = ("residence-card.png", documents.png())
A_SHARPER_CARD: Final[File] = ("sharper.png", documents.saved(documents.picture(size=(90, 60)), "PNG"))
THE_BACK: Final[File] = ("back of it.png", documents.saved(documents.picture(size=(70, 50)), "PNG"))

MEGABYTES: Final = 1_000_000
"""As the law of units has it, not of memory chips."""


def _filled_up(size: int) -> bytes:
    card = documents.png()
    return card + bytes(size - len(card))


FILES: Final[Mapping[str, Callable[[], bytes]]] = MappingProxyType(
    {
        "a PDF": documents.pdf,
        "a PDF of 20 pages": lambda: documents.pdf(pages=20),
        "a PNG": documents.png,
        "a PNG of exactly ten megabytes": lambda: _filled_up(10 * MEGABYTES),
        "a PNG that hides where it was taken": documents.png_with_everything,
        "a JPEG": documents.jpeg,
        "a HEIC photo": documents.heic,
        "an empty file": bytes,
        "a PNG of one byte more than that": lambda: _filled_up(10 * MEGABYTES + 1),
        "a program": lambda: b"MZ" + bytes(200),
        "a GIF": lambda: documents.saved(documents.picture(), "GIF"),
        "a PNG that is cut off": lambda: documents.png()[:-20],
        "a PDF that is cut off": lambda: documents.pdf()[:-40],
        "a PDF of 21 pages": lambda: documents.pdf(pages=21),
        "a PNG of 51 million pixels": lambda: documents.png_declaring(10_200, 5_000),
        "a PDF with a script": lambda: documents.pdf(
            documents.with_root(OpenAction=documents.action("JavaScript", JS="app.alert(1)"))
        ),
        "a PDF with an attachment": lambda: documents.pdf(documents.with_attachment),
        "a PDF with a password": lambda: documents.pdf(encryption=Encryption(owner="o", user="u")),
    }
)
"""Each kind of file by what features call it; made when asked for."""
