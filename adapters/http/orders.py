"""Orders: place, list, read, withdraw (ORD)."""

from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from adapters.http.dependencies import Given
from adapters.http.idempotency import Once
from adapters.http.metrics import Metrics
from adapters.http.openapi import operation
from adapters.http.order_detail import OrderDetail, TimelineShown
from adapters.http.orders_shown import OrderAsk, OrderShown, OrdersShown, WithdrawnShown, counted
from adapters.http.paging import PAGE, Cursors, CursorText, PageSize, ReadPage
from adapters.http.people import word_of
from adapters.http.replies import LATER, accepted, is_done
from adapters.http.story import EntryShown
from adapters.http.subjects import OrderInPath
from core.domain.ids import OrderId, RequestKey, crm_id
from core.domain.placing import Withdrawal
from core.domain.refusals import (
    CartRefused,
    GatesClosed,
    Invalid,
    MoveRefused,
    NotFound,
    OpportunityUnusable,
    OrderRefused,
)
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.orders.list_orders import ListOrders, OrderPlace
from core.usecases.orders.place_orders import PlaceOrders
from core.usecases.orders.read_order import ReadOrder
from core.usecases.orders.withdraw_order import WithdrawOrder
from ports.caches import ReadTimes

_LIST: Final = "orders"


@post(
    "/orders",
    **operation(
        "orders.place",
        tag="Orders",
        summary="Place orders",
        raises=(GatesClosed, CartRefused, Invalid, OpportunityUnusable, OrderRefused),
    ),
    responses=LATER,
)
async def place(
    data: JSONBody[OrderAsk],
    session: Given[Session],
    once: Given[Once],
    metrics: Given[Metrics],
    place_orders: Given[PlaceOrders],
) -> Response[OrdersShown]:
    """Orders a cart without a saved checkout; the same cart again within two minutes is the same (ORD-1, ORD-5)."""
    asked = data.asked

    async def do(key: RequestKey) -> Response[Any]:
        return await counted(place_orders(session, key, asked), metrics.funnel)

    return await once(do)


@get("/orders", **operation("orders.list", tag="Orders", summary="Your orders"))
async def orders(
    session: Given[Session],
    list_orders: Given[ListOrders],
    read_times: Given[ReadTimes],
    cursors: Given[Cursors],
    limit: PageSize = PAGE,
    cursor: CursorText = None,
) -> ReadPage[OrderShown]:
    """The customer's orders, newest first (ORD-6)."""
    behind = None
    if cursor is not None:
        at, id = cursors.read(_LIST, cursor, tuple[datetime, str])
        behind = OrderPlace(at, OrderId(id))
    page, read_at = await read_times.of(list_orders(session, behind, limit))
    following = page.next
    return ReadPage(
        items=tuple(OrderShown.of(order) for order in page.orders),
        next_cursor=cursors.write(_LIST, following.placed_at.isoformat(), following.order)
        if following is not None
        else None,
        read_at=read_at,
    )


@get("/orders/{id:str}", **operation("orders.read", tag="Orders", summary="One order"))
async def order(
    id: OrderInPath,
    session: Given[Session],
    language: Given[Language],
    read_times: Given[ReadTimes],
    read_order: Given[ReadOrder],
) -> OrderDetail:
    """Status, lines, totals, what it depends on and its timeline; another customer's is not there (ORD-6)."""
    story, read_at = await read_times.of(read_order(session, _own(id)))
    return OrderDetail.told(story, language, read_at)


@get("/orders/{id:str}/timeline", **operation("orders.timeline", tag="Orders", summary="The story of one order"))
async def timeline(
    id: OrderInPath,
    session: Given[Session],
    language: Given[Language],
    read_times: Given[ReadTimes],
    read_order: Given[ReadOrder],
) -> TimelineShown:
    """What happened, who holds the next step, and by when it is expected (ORD-6, STA-3)."""
    story, read_at = await read_times.of(read_order(session, _own(id)))
    return TimelineShown(entries=tuple(EntryShown.of(entry, language) for entry in story.timeline), read_at=read_at)


@post(
    "/orders/{id:str}/withdraw",
    **operation("orders.withdraw", tag="Orders", summary="Withdraw an order", raises=(MoveRefused,)),
    status_code=200,
    responses=LATER,
)
async def withdraw(
    id: OrderInPath, session: Given[Session], once: Given[Once], withdraw_order: Given[WithdrawOrder]
) -> Response[WithdrawnShown]:
    """Cancels an order that is not approved yet; asking again is answered as it stands (ORD-10)."""

    async def do(_: RequestKey) -> Response[Any]:
        reply = await withdraw_order(session, _own(id))
        if not is_done(reply):
            return accepted(reply)
        done = msgspec.convert(reply.work.result, Withdrawal)
        return Response(WithdrawnShown(request_id=reply.request, id=done.order, status=word_of(done.status)))

    return await once(do)


def _own(id: str) -> OrderId:
    long = crm_id(id)
    if long is None:
        raise NotFound
    return OrderId(long)


ORDERS: Final = (place, orders, order, timeline, withdraw)
