"""Being the one of several processes that does what one of them must do."""

from typing import Protocol


class Leadership(Protocol):
    """One of all processes leads at a time, for as long as it lives and asks again.

    A leader that was cut off learns of it the next time it asks, and another may lead before that: what a leader does
    must be safe when two do it for a moment.
    """

    async def lead(self) -> bool:
        """Lead, or go on leading; False while another process does, or while it can't be known."""

    async def resign(self) -> None:
        """Let another process lead."""
