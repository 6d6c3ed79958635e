"""Telling an open page at once that something is new."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.domain.ids import UserId


class Bell(Protocol):
    """Rings for one customer; whoever listens reads again (NTF-4). A ring may be lost, so listeners also look up."""

    async def ring(self, user: UserId, what: str) -> None:
        """Tell the user's open pages that `what` changed: "notice", "status"."""

    def listen(self, user: UserId) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """What rings for the user from now on; several rings of one kind may come as one."""

    def rung(self, user: UserId) -> int:
        """A number that differs once it rang for the user, so that an answer made before can be told."""
