"""Counting how often something was tried."""

from datetime import datetime
from typing import Protocol

from core.domain.limits import Limited


class Limits(Protocol):
    """Keeps count for each limit and each subject: an account, a service, the address of a caller."""

    async def take(self, limit: Limited, subject: str, now: datetime) -> int | None:
        """Count one try; None when it may go ahead, else the seconds until the next may, and nothing is counted."""

    async def give_back(self, limit: Limited, subject: str, now: datetime) -> None:
        """Take the latest try of `subject` off the count, because it changed nothing."""
