"""The catalog for everybody."""

from dataclasses import dataclass

from core.domain.catalog import Catalog
from core.domain.flags import Feature
from core.domain.refusals import NotLoggedIn
from core.domain.session import Session
from ports.catalog_shelf import CatalogShelf
from ports.flags import Flags


@dataclass(frozen=True, slots=True)
class ReadCatalog:
    """Show what is sold, without an account where the operator allows it (CAT-1, CAT-2, OPS-3)."""

    shelf: CatalogShelf
    flags: Flags

    async def __call__(self, session: Session | None) -> Catalog:
        """The catalog as last read, the same object until it is read again; `shown_to_anyone` is what to show of it."""
        if session is None and not await self.flags.on(Feature.PUBLIC_CATALOG):
            raise NotLoggedIn
        return await self.shelf.catalog()
