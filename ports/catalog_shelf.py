"""The catalog, as Salesforce keeps it."""

from typing import Protocol

from core.domain.catalog import Catalog


class CatalogShelf(Protocol):
    """Where products and prices are read (CAT-1)."""

    async def catalog(self) -> Catalog:
        """The active, portal-visible items of the portal's price book, with their prices.

        A binding that caches may answer with a `stale` catalog while Salesforce is down (CAT-7); else Unavailable.
        """
