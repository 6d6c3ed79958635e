"""Telling a customer something."""

from typing import Protocol

from core.domain.notice import NewNotice


class Notifier(Protocol):
    """Where notices are given: once for a fact, on the bell and by mail as the table says (NTF-1, NTF-2, NTF-4)."""

    async def __call__(self, notice: NewNotice) -> None:
        """Give the notice unless the same fact was told; safe to repeat."""
