"""Which features are on."""

from typing import Protocol

from core.domain.flags import Feature


class Flags(Protocol):
    """Feature flags, as the operator set them or by their defaults (OPS-3)."""

    async def on(self, feature: Feature, subject: str | None = None) -> bool:
        """Whether the feature is on for `subject`, the id of an account or what else stays the same for one caller.

        Without a subject a feature is on only when it is on for everybody.
        """
