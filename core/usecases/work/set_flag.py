"""Switching a feature."""

from dataclasses import dataclass

from core.domain.flags import DEFAULTS, Feature
from ports.clock import Clock
from ports.store import AuditEntry, Flag, Store


@dataclass(frozen=True, slots=True)
class SetFlag:
    """Switch a feature for a stable share of customers and for accounts named, and write down that it was (OPS-3)."""

    store: Store
    clock: Clock

    async def __call__(self, feature: Feature, percentage: int | None, accounts: tuple[str, ...] | None) -> Flag:
        """The flag as it is from now on; None leaves that part as it was, and two Nones read alone."""
        async with self.store.begin() as shelves:
            await shelves.alone("flag", feature.value)
            kept = {flag.name: flag for flag in await shelves.flags.all()}
            held = kept.get(feature.value) or Flag(feature.value, DEFAULTS[feature])
            if percentage is None and accounts is None:
                return held
            wanted = Flag(
                feature.value,
                held.percentage if percentage is None else percentage,
                held.accounts if accounts is None else accounts,
            )
            await shelves.flags.set(wanted)
            details = {"percentage": str(wanted.percentage), "accounts": " ".join(wanted.accounts)}
            entry = AuditEntry(
                at=self.clock.now(), actor="operator", deed="flag set", subject=feature.value, details=details
            )
            await shelves.audit.write(entry)
            return wanted
