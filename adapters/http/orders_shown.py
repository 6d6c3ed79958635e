"""Orders, as callers ask for them and as they are shown (ORD-2, ORD-6, ORD-10)."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec
from litestar import Response

from adapters.http.body import Answer, Ask
from adapters.http.carts import CartAsk, TotalsAsk, TotalsShown
from adapters.http.choosing import CrmId, Moment, Start, choices
from adapters.http.funnel import Funnel
from adapters.http.people import word_of
from adapters.http.replies import accepted, is_done
from core.domain.order import Order
from core.domain.placing import Asked, OrdersPlaced
from core.domain.work import Reply

_ID: Final = "801000000000001AAA"


class OrderAsk(Ask, frozen=True):
    """An order without a saved checkout: the cart, the totals the customer saw, the address confirmed."""

    cart: CartAsk
    seen: TotalsAsk
    address_confirmed: bool = False
    activation: Start = "immediate"
    activate_at: Moment | None = None
    opportunity_id: CrmId | None = None

    example: ClassVar[Any] = {"cart": CartAsk.example, "seen": TotalsAsk.example, "addressConfirmed": True}

    @property
    def asked(self) -> Asked:
        """As the core knows it."""
        chosen = choices(self.address_confirmed, self.activation, self.activate_at, self.opportunity_id)
        return Asked(cart=self.cart.cart, seen=self.seen.totals, choices=chosen)


class OrderLinks(Answer, frozen=True):
    """Where to look."""

    self: str


class PlacedShown(Answer, frozen=True):
    """One order that was placed."""

    id: str
    number: str
    product_type: str
    status: str
    links: OrderLinks

    example: ClassVar[Any] = {
        "id": _ID,
        "number": "00000101",
        "productType": "internet",
        "status": "pending_review",
        "links": {"self": f"/api/orders/{_ID}"},
    }


class OrdersShown(Answer, frozen=True):
    """The orders that became of a cart, one for each service."""

    request_id: str
    orders: tuple[PlacedShown, ...]

    example: ClassVar[Any] = {"requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq", "orders": [PlacedShown.example]}


def orders_of(reply: Reply) -> Response[Any]:
    """The answer to a submit: the orders, or that they are being placed; raises what they were refused with."""
    if not is_done(reply):
        return accepted(reply)
    placed = msgspec.convert(reply.work.result, OrdersPlaced)
    orders = tuple(
        PlacedShown(
            id=each.id,
            number=each.number,
            product_type=each.product_type.value,
            status=word_of(each.status),
            links=OrderLinks(self=f"/api/orders/{each.id}"),
        )
        for each in placed.orders
    )
    where = orders[0].links.self if len(orders) == 1 else "/api/orders"
    return Response(OrdersShown(request_id=reply.request, orders=orders), status_code=201, headers={"location": where})


async def counted(placing: Awaitable[Reply], funnel: Funnel) -> Response[Any]:
    """The answer to a submit, which counts as an order or as what refused it (OPS-8)."""
    with funnel.submitting():
        reply = await placing
        answer = orders_of(reply)
    if isinstance(answer.content, OrdersShown):
        placed = msgspec.convert(reply.work.result, OrdersPlaced)
        funnel.placed(reply.request, [each.product_type for each in answer.content.orders], placed.first_after)
    return answer


class OrderShown(Answer, frozen=True):
    """An order in the list; `activation` is told once it is approved."""

    id: str
    number: str
    product_type: str | None
    plan: str | None
    status: str
    activation: str | None
    activation_type: str
    activate_at: datetime | None
    totals: TotalsShown
    placed_at: datetime

    example: ClassVar[Any] = {
        "id": _ID,
        "number": "00000101",
        "productType": "internet",
        "plan": "Internet Home 1G Silver",
        "status": "pending_review",
        "activation": None,
        "activationType": "immediate",
        "activateAt": None,
        "totals": TotalsAsk.example,
        "placedAt": "2026-01-20T01:00:00Z",
    }

    @classmethod
    def of(cls, order: Order) -> "OrderShown":
        """The order as the list shows it."""
        return cls(**heading(order))


def heading(order: Order) -> dict[str, Any]:
    """What the list and the detail both tell of an order."""
    return {
        "id": order.id,
        "number": order.number,
        "product_type": order.product_type.value if order.product_type is not None else None,
        "plan": order.plan.name if order.plan is not None else None,
        "status": word_of(order.status),
        "activation": word_of(order.activation) if order.shows_activation else None,
        "activation_type": word_of(order.activation_type),
        "activate_at": order.activate_at,
        "totals": TotalsShown(monthly=order.monthly, one_time=order.one_time),
        "placed_at": order.placed_at,
    }


class WithdrawnShown(Answer, frozen=True):
    """An order after its withdrawal."""

    request_id: str
    id: str
    status: str

    example: ClassVar[Any] = {"requestId": "01m7xzrrf5njcgh1n0rdj2b4qnnx63eq", "id": _ID, "status": "cancelled"}
