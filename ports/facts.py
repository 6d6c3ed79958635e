"""The stream of what upstream tells the portal."""

from typing import Protocol

from core.domain.facts import FactBatch


class FactStream(Protocol):
    """What Salesforce and WHMCS report, in their order, at least once (T-5, ELG-6, FUL-1)."""

    async def after(self, position: str | None, wait: float) -> FactBatch:
        """The facts behind `position` (None: from the oldest kept), waiting up to `wait` seconds for the first.

        The batch's position is to be kept together with what the facts did, after it. Raises Unavailable while the
        stream is down and Rejected("position_lost") when the position is too old: then read everything again.
        """
