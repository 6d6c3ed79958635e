"""The catalog out of Salesforce."""

from dataclasses import dataclass

from adapters.salesforce.org import Org
from adapters.salesforce.requests import Record
from adapters.salesforce.sales import item_of
from adapters.salesforce.soql import Select, eq
from core.domain.catalog import Catalog, CatalogItem


@dataclass(frozen=True, slots=True)
class SalesforceCatalogShelf:
    """`ports.catalog_shelf.CatalogShelf` over the price book of portal orders (CAT-1): one call."""

    org: Org

    async def catalog(self) -> Catalog:
        found = await self.org.records(self._offers())
        items = (self._item(record) for record in found)
        return Catalog(tuple(item for item in items if item is not None), self.org.clock.now())

    def _offers(self) -> Select:
        names, name = self.org.names, self.org.settings.price_book
        (book_name,) = names.parent("price_entry", "price_book", "price_book", "name")
        (is_standard,) = names.parent("price_entry", "price_book", "price_book", "is_standard")
        (is_sold,) = names.parent("price_entry", "product", "product", "is_active")
        (is_shown,) = names.parent("price_entry", "product", "product", "is_shown")
        offers = self.org.choose("price_entry", *names.parent("price_entry", "product", "product"))
        return offers.where(
            eq(book_name, name) if name else eq(is_standard, True),
            self.org.is_("price_entry", "is_active", True),
            eq(is_sold, True),
            eq(is_shown, True),
        ).order_by(*names.fields("price_entry", "created_at", "id"))

    def _item(self, record: Record) -> CatalogItem | None:
        product = self.org.names.above("price_entry", "product", "product", record)
        entry = self.org.names.row("price_entry", record)
        return None if product is None else item_of(product, entry, self.org.picklists)
