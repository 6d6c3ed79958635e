"""What changed in other systems without anybody having told."""

from datetime import datetime
from typing import Protocol

from core.domain.facts import AnyFact


class Changes(Protocol):
    """Where lists of what changed are compared with what was learned (T-5)."""

    async def __call__(self, since: datetime) -> tuple[AnyFact, ...]:
        """The facts in which what changed at `since` or later differs from what was learned."""
