"""Pricing a cart, for anybody."""

from dataclasses import dataclass

import msgspec

from core.domain.cart import Cart, FirstBill, PricedCart, price, sim_faults
from core.domain.japan import tokyo_date
from core.domain.refusals import Invalid
from ports.catalog_shelf import CatalogShelf
from ports.clock import Clock


class CartPrice(msgspec.Struct, frozen=True):
    """A cart with its prices, and the first bill if it started today."""

    cart: PricedCart
    first_bill: FirstBill
    stale: bool


@dataclass(frozen=True, slots=True)
class PriceCart:
    """Say what a cart costs, or what in it can't be (CAT-8)."""

    shelf: CatalogShelf
    clock: Clock

    async def __call__(self, cart: Cart) -> CartPrice:
        """Raises Invalid for what a SIM says of itself, CartRefused for products; nothing is kept."""
        today = tokyo_date(self.clock.now())
        if faults := sim_faults(cart, today):
            raise Invalid(*faults)
        catalog = await self.shelf.catalog()
        priced = price(cart, catalog)
        return CartPrice(priced, priced.first_bill(today), catalog.stale)
