"""What operators look at and put right in all three systems, beside a portal that may be running (OPS-5, ACC-4)."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from core.domain.adopting import Orphan
from core.domain.drift import SAFE, UNLINKED, Difference, Disagreement, Outcome, Repair, Repaired
from core.domain.ids import AccountId
from core.domain.work import Work
from genkan.container import use_case_of
from genkan.operators import Operators
from genkan.running import prepare
from genkan.settings import Settings


class Adopted(NamedTuple):
    """What is made of one record that nobody leads to: a repair that was done, or work that will do it."""

    difference: Difference
    repaired: Repaired | None = None
    work: Work | None = None

    @property
    def is_done(self) -> bool:
        """Whether it was taken up, or will be."""
        return self.work is not None or (self.repaired is not None and self.repaired.outcome is Outcome.REPAIRED)


class Upkeep:
    """An operator's hands on Salesforce and WHMCS, by the same ports as the portal's own."""

    def __init__(self, container: Any) -> None:
        self.container = container

    async def drift(self) -> tuple[Difference, ...]:
        """Everything that the systems disagree on now."""
        found: tuple[Difference, ...] = await use_case_of(self.container, "find_drift")()
        return found

    async def orphans(self) -> tuple[Difference, ...]:
        """Records with a customer number or an order's mark that nobody leads to."""
        return tuple(each for each in await self.drift() if each.kind in UNLINKED)

    async def repair(self, found: Iterable[Difference]) -> AsyncIterator[Repaired]:
        """Put right what is safe, one after the other; the rest is answered as it stands."""
        mend = use_case_of(self.container, "repair_difference")
        for each in found:
            yield await mend(each) if each.repair in SAFE else Repaired(each, Outcome.BY_HAND)

    async def adopt(self, subject: str, *, for_good: bool) -> Adopted | None:
        """Take up the record with that id; None when it is none of the orphans."""
        found = next((each for each in await self.orphans() if each.subject == subject), None)
        if found is None or not for_good or found.repair is Repair.BY_HAND:
            return Adopted(found) if found is not None else None
        if found.kind is not Disagreement.ORPHAN_ACCOUNT:
            return Adopted(found, repaired=await use_case_of(self.container, "repair_difference")(found))
        # several writes in two systems: work that goes on after any crash
        occasion = self.container.clock().now().isoformat(timespec="minutes")
        job = Orphan(AccountId(subject), occasion).job()
        return Adopted(found, work=await Operators(self.container.database()).accept(job, "adopt"))


@asynccontextmanager
async def at_upkeep(settings: Settings) -> AsyncIterator[Upkeep]:
    """The operator's hands; raises Wrong where the systems can't be reached, or another process has the saved world."""
    running = prepare(settings, lambda *_, **__: None)
    async with running.reach():
        yield Upkeep(running.container)
