"""The catalog out of the made-up Salesforce."""

from dataclasses import dataclass, field
from typing import Final, cast

from adapters.fakes.records import Records
from adapters.fakes.salesforce.setup import price_book
from adapters.fakes.salesforce.shapes import meaning
from adapters.fakes.salesforce.values import ITEM_CLASSES, ITEM_CYCLES, PRODUCT_CATEGORIES, SIM_PLAN_TYPES
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.catalog import Catalog, CatalogItem
from core.domain.ids import Sku
from core.domain.money import Yen

TABLES: Final = ("price_book", "price_entry", "product")


@dataclass(slots=True)
class FakeCatalogShelf:
    """`ports.catalog_shelf.CatalogShelf` over the world's products (CAT-1)."""

    world: World
    _items: tuple[CatalogItem, ...] = field(default=(), init=False)
    _made_of: tuple[int, ...] = field(default=(), init=False)

    async def catalog(self) -> Catalog:
        async with self.world.touch("salesforce", "catalog"):
            writes = tuple(self.world.records.writes[table] for table in TABLES)
            if writes != self._made_of:  # a fake that takes longer than the portal would hide what the portal takes
                self._items, self._made_of = _items(self.world.records), writes
            return Catalog(self._items, self.world.clock.now())


def _items(records: Records) -> tuple[CatalogItem, ...]:
    entries = records.find("price_entry", price_book=price_book(records), is_active=True)
    offers = ((entry, records.get("product", entry["product"])) for entry in entries)
    return tuple(
        _item(product, entry)
        for entry, product in offers
        if product is not None and product["is_active"] and product["is_shown"] and _is_whole(product)
    )


def _is_whole(product: Row) -> bool:
    """Whether staff filled in what an item can't do without; one they are still writing is not sold yet."""
    return all(product[c] for c in ("sku", "category", "item_class", "billing_cycle", "billing_product"))


def _item(product: Row, entry: Row) -> CatalogItem:
    return CatalogItem(
        sku=Sku(product["sku"]),
        name=product["name"],
        description=product["description"] or "",
        product_type=meaning(PRODUCT_CATEGORIES, product["category"]),
        item_class=meaning(ITEM_CLASSES, product["item_class"]),
        billing_cycle=meaning(ITEM_CYCLES, product["billing_cycle"]),
        unit_price=Yen(entry["unit_price"]),
        price_entry=entry["id"],
        billing_product=product["billing_product"],
        display_order=cast(int, product["display_order"] or 0),
        orderable=product["is_orderable"],
        offering=product["offering"],
        tier=product["tier"],
        data_size=product["data_size"],
        sim_plan=meaning(SIM_PLAN_TYPES, product["sim_plan"]),
        family=product["family"],
        region=product["region"],
    )
