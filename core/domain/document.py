"""An uploaded identity document: what is kept of it, and why one is refused (IDV-1, IDV-2)."""

from enum import StrEnum
from typing import Final

import msgspec

from core.domain.refusals import DocumentNotAccepted

MAX_BYTES: Final = 10_000_000
"""The largest file accepted, in bytes: ten megabytes (IDV-1)."""

MAX_PAGES: Final = 20
"""The most pages a PDF may have (IDV-1)."""

MAX_PIXELS: Final = 50_000_000
"""The most pixels an image may have, alone or inside a PDF (IDV-1)."""


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
