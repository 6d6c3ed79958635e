"""Placing orders: from a cart that passed the gates to one order for each service (ORD-2 to ORD-5)."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from core.domain.account import Address
from core.domain.cart import Cart, CartLine, PricedCart, PricedService, Totals
from core.domain.catalog import ItemClass, ProductType
from core.domain.checkout import Checkout, Choices
from core.domain.gates import AtTheGates
from core.domain.ids import AccountId, CheckoutId, OpportunityId, OrderId, RequestKey, UserId, request_key
from core.domain.opportunity import Beginning, Opportunity
from core.domain.order import ActivationType, Order, OrderDraft, OrderLine, OrderStatus, Placed
from core.domain.work import Job, WorkKind

BEGINNINGS: Final = MappingProxyType(
    {
        ProductType.INTERNET: Beginning.ORDER_PLACED,
        ProductType.SIM: Beginning.SIM_CHECKOUT,
        ProductType.VPN: Beginning.ORDER_PLACED,
    }
)
"""What an opportunity made at placement says of where it came from (OPP-2)."""

INTERNET_ORDER: Final = "internet_order"
"""The intent of having Internet, one an account (ORD-1, T-2).

It outlives its work: until the next submit has seen that no order of it is open, so that nobody closes it who can't
tell whose it is by now.
"""
ORDER: Final = "order"
"""The intent of an order without a saved checkout: the same cart again within a while is the same (ORD-5, T-2)."""
FIRST_ORDER: Final = "first_order"
"""The intent of a customer's first order: it lasts once that is placed, so that there is one (OPS-8)."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer submits: a saved checkout's content, or a body of its own."""

    cart: Cart
    seen: Totals | None
    choices: Choices
    address: Address | None = None
    checkout: CheckoutId | None = None
    version: int = 0

    @classmethod
    def of(cls, checkout: Checkout) -> "Asked":
        """What a saved checkout asks for."""
        return cls(
            cart=checkout.cart,
            seen=checkout.seen,
            choices=checkout.choices,
            address=checkout.address,
            checkout=checkout.id,
            version=checkout.version,
        )

    @property
    def at(self) -> str:
        """Where the caller wrote the cart, for faults."""
        return "" if self.checkout is not None else "cart."


class Gathered(msgspec.Struct, frozen=True):
    """What was read for one submit: what the gates look at, and the opportunities that may take the orders."""

    gates: AtTheGates
    opportunities: tuple[Opportunity, ...]


class OrdersWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The work of placing orders: one draft for each service; `checkout` is open again when it is refused.

    `since` is when their customer signed up, where these are their first.
    """

    user: UserId
    account: AccountId
    drafts: tuple[OrderDraft, ...]
    given: OpportunityId | None = None
    checkout: CheckoutId | None = None
    since: datetime | None = None


class Attempt(msgspec.Struct, frozen=True):
    """How placing one order ended: placed, or refused with a code; `first_after` as in OrdersPlaced, with the last."""

    placed: Placed | None = None
    refused: str | None = None
    first_after: float | None = None


class PlacedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order as the customer is told of it."""

    id: OrderId
    number: str
    product_type: ProductType
    status: OrderStatus = OrderStatus.PENDING_REVIEW


class OrdersPlaced(msgspec.Struct, frozen=True):
    """The orders that became of a cart, in the cart's order (ORD-2).

    `first_after`: seconds from the customer's sign-up to these, where they are their first (OPS-8).
    """

    orders: tuple[PlacedOrder, ...]
    first_after: float | None = None


class WithdrawalData(msgspec.Struct, frozen=True):
    """Whose order is withdrawn."""

    user: UserId
    order: OrderId


class Withdrawal(msgspec.Struct, frozen=True):
    """An order after its withdrawal."""

    order: OrderId
    status: OrderStatus


def drafts(
    key: RequestKey,
    priced: PricedCart,
    opportunities: Sequence[OpportunityId | None],
    *,
    account: AccountId,
    address: Address,
    choices: Choices,
    now: datetime,
) -> tuple[OrderDraft, ...]:
    """One order for each service of the cart, each under a key of its own, with the prices of now (ORD-2, ORD-3)."""
    scheduled = choices.activation is ActivationType.SCHEDULED
    return tuple(
        OrderDraft(
            key=request_key(key, place),
            account=account,
            product_type=service.product_type,
            lines=tuple(_line(line) for line in service.lines),
            address=address,
            placed_at=now,
            beginning=BEGINNINGS[service.product_type],
            opportunity=opportunity,
            activation_type=choices.activation,
            activate_at=choices.activate_at if scheduled else None,
            sim=service.sim,
            configuration=_configuration(service),
        )
        for place, (service, opportunity) in enumerate(zip(priced.services, opportunities, strict=True))
    )


def placing_job(key: RequestKey, wanted: OrdersWanted) -> Job:
    """The work that places the orders, one account's at a time (OPP-3)."""
    return Job(
        key=key,
        kind=WorkKind.PLACE_ORDERS,
        data=msgspec.to_builtins(wanted),
        owner=wanted.user,
        lane=wanted.account,
    )


def placed_under(order: Order) -> RequestKey | None:
    """The key of the work that placed the order; None for an order that staff made."""
    return RequestKey(order.key.rpartition(":")[0]) if order.key else None


def withdrawing_job(user: UserId, order: Order) -> Job:
    """The one withdrawal of an order (ORD-10)."""
    return Job(
        key=request_key("withdraw", order.id),
        kind=WorkKind.WITHDRAW_ORDER,
        data=msgspec.to_builtins(WithdrawalData(user, order.id)),
        owner=user,
        lane=order.account,
    )


def _line(line: CartLine) -> OrderLine:
    return OrderLine(
        sku=line.sku,
        name=line.name,
        item_class=line.item_class,
        billing_cycle=line.billing_cycle,
        quantity=line.quantity,
        unit_price=line.unit_price,
        price_entry=line.price_entry,
        billing_product=line.billing_product,
    )


def _configuration(service: PricedService) -> dict[str, str]:
    return {line.item_class.value: line.sku for line in service.lines if line.item_class is ItemClass.INSTALLATION}
