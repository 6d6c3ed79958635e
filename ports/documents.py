"""Making an uploaded file safe to hand on, or refusing it."""

from typing import Protocol

from core.domain.document import CleanDocument


class DocumentCleaner(Protocol):
    """Turns an upload into a document without metadata, scripts or stowaways (IDV-1, IDV-6)."""

    async def clean(self, filename: str, data: bytes) -> CleanDocument:
        """The document inside `data`, told by content, rewritten; the same bytes give the same document.

        `filename` is what the customer's device called it, untrusted. Raises DocumentRefused, and nothing
        else for anything the bytes may hold. Nothing is written to disk or logged.
        """
