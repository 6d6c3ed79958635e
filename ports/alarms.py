"""Telling staff that something needs a person."""

from typing import Protocol


class Alarms(Protocol):
    """Where what only a person can put right is raised: seen by operators, once for each subject while it lasts."""

    async def raise_alarm(self, code: str, subject: str) -> None:
        """Raise `code` for `subject`, an id; never personal data. Raising it again changes nothing. Never fails."""
