"""What follows when a product or a price changed in Salesforce."""

from dataclasses import dataclass

from core.domain.facts import CatalogChanged
from ports.caches import Caches
from ports.durable import Steps


@dataclass(frozen=True, slots=True)
class LearnCatalog:
    """Forget the catalog at once, so that the next look is a new one (CAT-7)."""

    caches: Caches

    async def __call__(self, steps: Steps, fact: CatalogChanged) -> None:
        await steps.do("forget", None, self.caches.drop_catalog)
