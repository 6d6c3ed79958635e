"""The customer's orders."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.ids import OrderId
from core.domain.order import Order
from core.domain.session import Session
from ports.order_book import OrderBook


class OrderPlace(msgspec.Struct, frozen=True, order=True, array_like=True):
    """Where an order stands in the list."""

    placed_at: datetime
    order: OrderId


class OrderPage(msgspec.Struct, frozen=True):
    """One page of orders, newest first; `next` is the place to go on behind, None at the end."""

    orders: tuple[Order, ...]
    next: OrderPlace | None


@dataclass(frozen=True, slots=True)
class ListOrders:
    """Show the customer's orders, newest first, page by page (ORD-6)."""

    orders: OrderBook

    async def __call__(self, session: Session, behind: OrderPlace | None, most: int) -> OrderPage:
        mine = sorted(await self.orders.of_account(session.account), key=_place, reverse=True)
        left = [order for order in mine if behind is None or _place(order) < behind]
        page = tuple(left[:most])
        return OrderPage(page, _place(page[-1]) if len(left) > most else None)


def _place(order: Order) -> OrderPlace:
    return OrderPlace(order.placed_at, order.id)
