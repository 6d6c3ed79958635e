"""Checkout: price a cart, save it and come back, see the payment method, submit (ORD, CAT-8)."""

from typing import Annotated, Any, Final, TypeAlias

from litestar import Response, delete, get, post, put
from litestar.params import HeaderParameter, JSONBody

from adapters.http.auth import Who
from adapters.http.carts import CartAsk, PriceShown
from adapters.http.checkout_shown import CheckoutAsk, CheckoutShown, PaymentShown, SubmitAsk
from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.metrics import Metrics
from adapters.http.openapi import operation
from adapters.http.orders_shown import OrdersShown, counted
from adapters.http.replies import LATER
from core.domain.ids import RequestKey
from core.domain.limits import Limited
from core.domain.refusals import (
    CartRefused,
    CheckoutChanged,
    CheckoutMissing,
    CheckoutSubmitted,
    GatesClosed,
    Invalid,
    OpportunityUnusable,
    OrderRefused,
    SwitchedOff,
)
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.checkout.drop_checkout import DropCheckout
from core.usecases.checkout.price_cart import PriceCart
from core.usecases.checkout.read_checkout import ReadCheckout
from core.usecases.checkout.read_payment_status import ReadPaymentStatus
from core.usecases.checkout.save_checkout import SaveCheckout
from core.usecases.orders.place_orders import PlaceOrders

CheckoutToken: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="X-Checkout-Token", max_length=512, description="The token of a checkout saved without an account."
    ),
]


@post(
    "/checkout/cart",
    **operation(
        "checkout.price",
        tag="Checkout",
        summary="Price a cart",
        who=Who.ANYONE,
        limited=Limited.CART,
        raises=(CartRefused, Invalid),
    ),
    status_code=200,
)
async def price_a_cart(data: JSONBody[CartAsk], language: Given[Language], price_cart: Given[PriceCart]) -> PriceShown:
    """Monthly and one-time totals, lines and the first bill, or what in the cart can't be; nothing is kept (CAT-8)."""
    priced = await price_cart(data.cart)
    return PriceShown.of(priced.cart, priced.first_bill, priced.stale, language)


@put(
    "/checkout/session",
    **operation(
        "checkout.save",
        tag="Checkout",
        summary="Save a checkout",
        who=Who.OWNER,
        limited=Limited.CART,
        raises=(CartRefused, Invalid, CheckoutChanged, CheckoutSubmitted, SwitchedOff),
    ),
)
async def save(
    data: JSONBody[CheckoutAsk],
    caller: Given[Session | None],
    language: Given[Language],
    once: Given[Once],
    metrics: Given[Metrics],
    save_checkout: Given[SaveCheckout],
    read_checkout: Given[ReadCheckout],
    token: CheckoutToken = None,
) -> Response[CheckoutShown]:
    """Keeps it for thirty days, for any device of the customer's; the price answered is then the one seen (ORD-7)."""

    async def do(_: RequestKey) -> Response[CheckoutShown]:
        saved = await save_checkout(caller, token, data.wish)
        metrics.funnel.saved(saved.before, saved.checkout.step)
        shown = await read_checkout(caller, saved.token or token)
        return Response(CheckoutShown.of(shown, language, saved.token))

    # an answer with a token is never kept; without an account the version tells a repeat
    return await once(do) if caller is not None else await do(RequestKey(""))


@get(
    "/checkout/session",
    **operation(
        "checkout.read",
        tag="Checkout",
        summary="Your saved checkout",
        who=Who.OWNER,
        raises=(CheckoutMissing, SwitchedOff),
    ),
)
async def saved_checkout(
    caller: Given[Session | None],
    language: Given[Language],
    read_checkout: Given[ReadCheckout],
    token: CheckoutToken = None,
) -> CheckoutShown:
    """The checkout with today's price, which then counts as seen, and its progress (ORD-7, ORD-8)."""
    return CheckoutShown.of(await read_checkout(caller, token), language)


@delete(
    "/checkout/session",
    **operation("checkout.drop", tag="Checkout", summary="Drop your checkout", who=Who.OWNER, waits=False),
)
async def drop(caller: Given[Session | None], drop_checkout: Given[DropCheckout], token: CheckoutToken = None) -> None:
    """Forgets it; there being none is well too (ORD-7)."""
    await drop_checkout(caller, token)


@get(
    "/checkout/payment-status",
    **operation("checkout.payment", tag="Checkout", summary="Whether there is a payment method"),
)
async def payment_status(session: Given[Session], read_payment_status: Given[ReadPaymentStatus]) -> PaymentShown:
    """What billing holds, read at most every three seconds; submitting looks again (ORD-9)."""
    return PaymentShown.of(await read_payment_status(session))


@post(
    "/checkout/submit",
    **operation(
        "checkout.submit",
        tag="Checkout",
        summary="Order what you saved",
        raises=(
            GatesClosed,
            CartRefused,
            Invalid,
            CheckoutMissing,
            CheckoutChanged,
            OpportunityUnusable,
            OrderRefused,
            SwitchedOff,
        ),
    ),
    responses=LATER,
)
async def submit(
    data: JSONBody[SubmitAsk],
    session: Given[Session],
    once: Given[Once],
    metrics: Given[Metrics],
    place_orders: Given[PlaceOrders],
) -> Response[OrdersShown]:
    """One order for each service, or every gate that is closed; the checkout is submitted once (ORD-1, ORD-5)."""

    async def do(key: RequestKey) -> Response[Any]:
        return await counted(place_orders(session, key, None), metrics.funnel)

    return await once(do)


CHECKOUT: Final = (price_a_cart, save, saved_checkout, drop, payment_status, submit)
