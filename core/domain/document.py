"""An uploaded identity document: what is kept of it, and why one is refused (IDV-1, IDV-2)."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.ids import DocumentId
from core.domain.refusals import DocumentNotAccepted

MAX_BYTES: Final = 10_000_000
"""The largest file accepted, in bytes: ten megabytes (IDV-1)."""

MAX_PAGES: Final = 20
"""The most pages a PDF may have (IDV-1)."""

MAX_PIXELS: Final = 50_000_000
"""The most pixels an image may have, alone or inside a PDF (IDV-1)."""

LONGEST_NAME: Final = 80
"""The most characters a document's name has, its extension included (IDV-2)."""

EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
)
"""What a cleaned document can be, and how its name ends."""

_EXTENSION: Final = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,5}$")
_NOT_IN_NAMES: Final = frozenset('<>:"|?*')


class StoredDocument(msgspec.Struct, frozen=True):
    """A version of a document that is on an account already; `reference` says what it holds and under which key."""

    document: DocumentId
    reference: str
    is_current: bool


class DocumentRefusal(StrEnum):
    """Why a file is no document the portal takes (IDV-1)."""

    EMPTY = "empty"
    """No bytes at all, or a PDF without a page."""
    TOO_LARGE = "too_large"
    """More bytes than accepted, as sent or once unpacked."""
    NOT_A_DOCUMENT = "not_a_document"
    """By its content neither PDF, PNG, JPEG nor HEIC."""
    TRUNCATED = "truncated"
    """Cut off or damaged, so that not all of it can be read."""
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    ACTIVE_CONTENT = "active_content"
    """A PDF with scripts, attachments, media or actions other than going to a page."""
    ENCRYPTED = "encrypted"
    """A PDF that needs a password, or was protected by one."""
    TOOK_TOO_LONG = "took_too_long"
    """It was not clean in the time given; the same file may pass another time."""


class DocumentRefused(DocumentNotAccepted):
    """The file is refused for the reason that `code` names; nothing of it was kept (IDV-1, IDV-6)."""

    def __init__(self, refusal: DocumentRefusal) -> None:
        super().__init__(reason=refusal.value)
        self.refusal = refusal


class Side(StrEnum):
    """Which side of a card a document shows; each is a document of its own, with its own versions (IDV-2)."""

    FRONT = "front"
    BACK = "back"


class SentFile(msgspec.Struct, frozen=True):
    """A file as the customer's device sent it, untrusted; kept in memory alone (IDV-6)."""

    filename: str
    data: bytes

    def __repr__(self) -> str:
        return f"SentFile({len(self.data)} bytes)"


class CleanDocument(msgspec.Struct, frozen=True):
    """A document as it may leave the portal (IDV-1, IDV-2).

    `name` is safe to show and ends in the extension of `media_type` (application/pdf, image/png or
    image/jpeg); `sha256` is the hex digest of `data`, the same for the same upload.
    """

    name: str
    media_type: str
    data: bytes
    sha256: str

    def __repr__(self) -> str:
        # a name or a byte of an identity document has no business in a log or a traceback
        return f"CleanDocument({self.media_type}, {len(self.data)} bytes)"


def document_name(filename: str, media_type: str) -> str:
    """What a customer's device called a file, made safe to show and to keep (IDV-2).

    Of a path the last part; no control character, nothing that turns or hides text, no sign that file
    systems refuse; NFC; at most 80 characters; the extension is the real type's, whatever it was. "document"
    when nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    # all of C: controls, formats (bidi overrides, zero widths), surrogates, private use, unassigned
    shown = "".join(
        " " if unicodedata.category(each)[0] == "Z" else each
        for each in last
        if unicodedata.category(each)[0] != "C" and each not in _NOT_IN_NAMES
    )
    extension = EXTENSIONS[media_type]
    stem = _EXTENSION.sub("", " ".join(shown.split())).strip(" .")
    return (stem[: LONGEST_NAME - len(extension)].rstrip(" .") or "document") + extension
