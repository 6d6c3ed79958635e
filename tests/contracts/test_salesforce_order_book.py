"""What the order book promises (ORD, FUL)."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.account import Address
from core.domain.cart import SimChoice
from core.domain.catalog import Catalog, ProductType
from core.domain.ids import AccountId, BillingOrderId, OpportunityId, OrderId, OrderLineId, ServiceId
from core.domain.opportunity import Beginning, Stage
from core.domain.order import ActivationStatus, ActivationType, CancelCode, Order, OrderStatus
from core.domain.provisioning import FAILURE_MESSAGES, FailureCode
from ports.catalog_shelf import CatalogShelf
from ports.customer_registry import Registered
from ports.errors import Rejected, Unavailable
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from tests.contracts.samples import CARD, ESIM, HOME, Samples

A = ActivationStatus


@pytest.fixture
async def catalog(shelf: CatalogShelf) -> Catalog:
    return await shelf.catalog()


@pytest.fixture
async def placed(orders: OrderBook, mina: Registered, catalog: Catalog) -> Order:
    return await read(orders, (await orders.ensure_order(Samples.draft(mina.account, catalog))).order)


@pytest.fixture
async def activating(orders: OrderBook, placed: Order, staff: StaffDesk) -> Order:
    await staff.approve_order(placed.id)
    return await orders.ensure_activation(placed.id, A.NOT_STARTED, A.ACTIVATING)


async def read(orders: OrderBook, order: OrderId) -> Order:
    found = await orders.find(order)
    assert found is not None
    return found


async def stage_of(opportunities: Opportunities, order: Order) -> Stage:
    found = await opportunities.find(order.opportunity or OpportunityId(""))
    assert found is not None
    return found.stage


async def test_an_order_is_written_with_its_lines_and_its_opportunity(
    orders: OrderBook, opportunities: Opportunities, mina: Registered, catalog: Catalog
) -> None:
    draft = Samples.draft(
        mina.account,
        catalog,
        activation_type=ActivationType.SCHEDULED,
        activate_at=Samples.later(days=9),
        configuration={"installation": "12"},
    )
    placed = await orders.ensure_order(draft)
    order = await read(orders, placed.order)
    assert (order.id, order.opportunity, order.number) == (placed.order, placed.opportunity, placed.number)
    assert (order.status, order.activation) == (OrderStatus.PENDING_REVIEW, A.NOT_STARTED)
    assert (order.activation_type, order.activate_at) == (draft.activation_type, draft.activate_at)
    assert (order.key, order.account, order.address, order.sim) == (draft.key, mina.account, HOME, None)
    assert order.product_type is ProductType.INTERNET
    assert tuple(msgspec.structs.replace(line, id=None) for line in order.lines) == draft.lines
    assert order.plan is not None
    assert order.plan.sku == draft.lines[0].sku
    sale = await opportunities.find(placed.opportunity)
    assert sale is not None
    assert (sale.stage, sale.product_type, sale.has_order) == (Stage.POST_PROCESSING, ProductType.INTERNET, True)


@pytest.mark.parametrize("sim", [ESIM, CARD], ids=["esim with a number", "card"])
async def test_what_a_sim_needs_to_know_is_carried(
    orders: OrderBook, mina: Registered, catalog: Catalog, sim: SimChoice
) -> None:
    draft = Samples.draft(
        mina.account,
        catalog,
        "SIM-DATA-5GB",
        "SIM-ACTIVATION-FEE",
        sim=sim,
        product_type=ProductType.SIM,
        beginning=Beginning.SIM_CHECKOUT,
    )
    order = await read(orders, (await orders.ensure_order(draft)).order)
    assert order.sim == sim
    assert order.product_type is ProductType.SIM


async def test_prices_are_those_of_the_day(
    orders: OrderBook, mina: Registered, catalog: Catalog, staff: StaffDesk
) -> None:
    placed = await orders.ensure_order(Samples.draft(mina.account, catalog))
    await staff.change_price("INTERNET-HOME-1G-GOLD", 9_900)
    order = await read(orders, placed.order)
    assert (order.monthly, order.one_time) == (7_900, 0)


async def test_the_same_key_places_one_order(
    orders: OrderBook, mina: Registered, catalog: Catalog, world: World
) -> None:
    draft = Samples.draft(mina.account, catalog)
    placed = await asyncio.gather(*(orders.ensure_order(draft) for _ in range(20)))
    assert len({p.order for p in placed}) == 1
    for deed, count in (("create order", 1), ("create order line", 2), ("create opportunity", 1)):
        assert len(world.ledger.of(deed)) == count
    found = await orders.find_by_key(draft.key)
    assert found is not None
    assert found.id == placed[0].order
    assert await orders.find_by_key(Samples.key("other")) is None


async def test_the_same_key_does_not_set_back_what_staff_did(
    orders: OrderBook, placed: Order, mina: Registered, catalog: Catalog, staff: StaffDesk
) -> None:
    await staff.approve_order(placed.id)
    await orders.ensure_order(Samples.draft(mina.account, catalog))
    assert (await read(orders, placed.id)).status is OrderStatus.APPROVED


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_one_order_whatever_the_answer(
    orders: OrderBook, mina: Registered, catalog: Catalog, world: World, kind: str
) -> None:
    draft = Samples.draft(mina.account, catalog)
    world.faults.switch("salesforce", "ensure_order", kind, times=1)
    with pytest.raises(Unavailable):
        await orders.ensure_order(draft)
    assert (await orders.find_by_key(draft.key) is not None) == (kind == "timeout_after")
    await orders.ensure_order(draft)
    assert len(world.records.find("order")) == len(world.records.find("opportunity")) == 1
    assert len(world.records.find("order_line")) == 2


async def test_a_named_opportunity_is_used_and_moved(
    orders: OrderBook, opportunities: Opportunities, mina: Registered, catalog: Catalog, world: World
) -> None:
    sale = await opportunities.ensure(Samples.opportunity(mina.account))
    placed = await orders.ensure_order(Samples.draft(mina.account, catalog, opportunity=sale))
    assert placed.opportunity == sale
    assert await stage_of(opportunities, await read(orders, placed.order)) is Stage.POST_PROCESSING
    assert len(world.records.find("opportunity")) == 1


async def test_an_opportunity_takes_one_order_though_many_want_it(
    orders: OrderBook, opportunities: Opportunities, mina: Registered, catalog: Catalog, world: World
) -> None:
    sale = await opportunities.ensure(Samples.opportunity(mina.account))

    async def place(number: int) -> bool:
        draft = Samples.draft(mina.account, catalog, key=Samples.key(str(number)), opportunity=sale)
        try:
            return bool(await orders.ensure_order(draft))
        except Rejected as rejected:
            assert rejected.code == "conflict"
            return False

    assert sum(await asyncio.gather(*(place(number) for number in range(20)))) == 1
    assert len(world.records.find("order")) == 1


async def test_an_opportunity_with_an_order_takes_no_other_though_staff_moved_it_back(
    orders: OrderBook, placed: Order, mina: Registered, catalog: Catalog, staff: StaffDesk, world: World
) -> None:
    assert placed.opportunity is not None
    await staff.move_opportunity(placed.opportunity, Stage.READY)
    draft = Samples.draft(mina.account, catalog, key=Samples.key("2"), opportunity=placed.opportunity)
    with pytest.raises(Rejected, match="conflict"):
        await orders.ensure_order(draft)
    assert len(world.records.find("order")) == 1


async def test_anothers_opportunity_takes_no_order(
    orders: OrderBook, opportunities: Opportunities, mina: Registered, catalog: Catalog, staff: StaffDesk
) -> None:
    from_before = AccountId(await staff.add_account(None, Samples.customer().person, "kenji@example.jp"))
    theirs = await opportunities.ensure(Samples.opportunity(from_before))
    with pytest.raises(Rejected, match="conflict"):
        await orders.ensure_order(Samples.draft(mina.account, catalog, opportunity=theirs))


async def test_all_of_an_order_or_none(
    orders: OrderBook, opportunities: Opportunities, mina: Registered, catalog: Catalog, world: World
) -> None:
    sale = await opportunities.ensure(Samples.opportunity(mina.account))
    before = world.ledger.entries
    draft = Samples.draft(mina.account, catalog, opportunity=sale)
    bad = msgspec.structs.replace(draft.lines[1], quantity=0)
    with pytest.raises(Rejected, match="NUMBER_OUTSIDE_VALID_RANGE") as refused:
        await orders.ensure_order(msgspec.structs.replace(draft, lines=(draft.lines[0], bad)))
    assert refused.value.fields == ("quantity",)
    assert world.ledger.entries == before
    assert world.records.find("order") == world.records.find("order_line") == []
    found = await opportunities.find(sale)
    assert found is not None
    assert (found.stage, found.has_order) == (Stage.INTRODUCTION, False)


async def test_a_price_that_is_off_the_shelf_is_refused(
    orders: OrderBook, mina: Registered, catalog: Catalog, staff: StaffDesk, world: World
) -> None:
    await staff.deactivate_product("INTERNET-INSTALL-12")
    with pytest.raises(Rejected, match="FIELD_INTEGRITY_EXCEPTION"):
        await orders.ensure_order(Samples.draft(mina.account, catalog))
    assert world.records.find("opportunity") == []


async def test_an_address_that_is_too_long_is_refused(orders: OrderBook, mina: Registered, catalog: Catalog) -> None:
    long = Address("150-0002", "東京都", "渋" * 41, "渋谷1-2-3")
    with pytest.raises(Rejected, match="STRING_TOO_LONG"):
        await orders.ensure_order(Samples.draft(mina.account, catalog, address=long))


async def test_orders_are_found_by_their_own_account_only(
    orders: OrderBook, placed: Order, mina: Registered, staff: StaffDesk
) -> None:
    other = AccountId(await staff.add_account(None, Samples.customer().person, "kenji@example.jp"))
    assert await orders.find(placed.id, mina.account) == placed
    assert await orders.find(placed.id, other) is None
    assert await orders.find(OrderId("801000000000000AAA")) is None
    assert await orders.find(OrderId("nothing")) is None
    assert await orders.of_account(other) == ()


async def test_orders_of_an_account_come_newest_first(
    orders: OrderBook, placed: Order, mina: Registered, catalog: Catalog
) -> None:
    younger = await orders.ensure_order(Samples.draft(mina.account, catalog, key=Samples.key("2")))
    assert [order.id for order in await orders.of_account(mina.account)] == [younger.order, placed.id]


async def test_an_activation_moves_from_where_it_was_expected(orders: OrderBook, placed: Order, world: World) -> None:
    assert (await orders.ensure_activation(placed.id, A.NOT_STARTED, A.ACTIVATING)).activation is A.ACTIVATING
    before = world.ledger.entries
    assert (await orders.ensure_activation(placed.id, A.NOT_STARTED, A.FAILED)).activation is A.ACTIVATING
    assert world.ledger.entries == before
    failed = await orders.ensure_activation(placed.id, A.ACTIVATING, A.FAILED, FailureCode.PAYMENT_REQUIRED)
    assert (failed.error_code, failed.error_message) == (
        "PAYMENT_REQUIRED",
        FAILURE_MESSAGES[FailureCode.PAYMENT_REQUIRED],
    )
    again = await orders.ensure_activation(placed.id, A.FAILED, A.ACTIVATING)
    assert (again.activation, again.error_code, again.error_message) == (A.ACTIVATING, None, None)


async def complete(orders: OrderBook, order: Order) -> Order:
    services = {line.id: ServiceId(str(70 + n)) for n, line in enumerate(order.lines) if line.id is not None}
    return await orders.ensure_completed(order.id, BillingOrderId("55"), services)


async def test_an_activated_order_is_written_back_once(
    orders: OrderBook, opportunities: Opportunities, activating: Order, mina: Registered, world: World
) -> None:
    done = await complete(orders, activating)
    assert (done.status, done.activation, done.billing_order) == (OrderStatus.COMPLETED, A.ACTIVATED, "55")
    assert [line.service for line in done.lines] == ["70", "71"]
    sale = await opportunities.for_service(mina.account, ServiceId("70"))
    assert sale is not None
    assert (sale.id, sale.stage) == (activating.opportunity, Stage.ACTIVE)
    before = world.ledger.entries
    assert await complete(orders, activating) == done
    assert world.ledger.entries == before


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_written_back_whatever_the_answer(orders: OrderBook, activating: Order, world: World, kind: str) -> None:
    world.faults.switch("salesforce", "ensure_completed", kind, times=1)
    with pytest.raises(Unavailable):
        await complete(orders, activating)
    assert (await complete(orders, activating)).status is OrderStatus.COMPLETED
    assert len(world.ledger.of("update order line")) == 2


async def test_a_line_of_another_order_takes_nothing_along(orders: OrderBook, activating: Order, world: World) -> None:
    with pytest.raises(Rejected, match="INVALID_CROSS_REFERENCE_KEY"):
        await orders.ensure_completed(
            activating.id, BillingOrderId("55"), {OrderLineId("802000000000000AAA"): ServiceId("70")}
        )
    assert (await read(orders, activating.id)).status is OrderStatus.APPROVED


async def test_what_staff_cancelled_meanwhile_is_not_completed(
    orders: OrderBook, activating: Order, staff: StaffDesk
) -> None:
    await staff.cancel_order(activating.id, CancelCode.NOT_DELIVERABLE, "No line after all.")
    assert (await complete(orders, activating)).status is OrderStatus.CANCELLED


async def test_cancelling_voids_the_opportunity(
    orders: OrderBook, opportunities: Opportunities, placed: Order, world: World
) -> None:
    gone = await orders.ensure_cancelled(placed.id, OrderStatus.PENDING_REVIEW, "CUSTOMER_WITHDREW", "Withdrawn.")
    assert (gone.status, gone.cancel_code, gone.cancel_message) == (
        OrderStatus.CANCELLED,
        "CUSTOMER_WITHDREW",
        "Withdrawn.",
    )
    assert await stage_of(opportunities, gone) is Stage.VOID
    before = world.ledger.entries
    assert await orders.ensure_cancelled(placed.id, OrderStatus.PENDING_REVIEW, "OTHER", "Again.") == gone
    assert world.ledger.entries == before


async def test_what_staff_approved_meanwhile_is_not_withdrawn(
    orders: OrderBook, opportunities: Opportunities, placed: Order, staff: StaffDesk
) -> None:
    await staff.approve_order(placed.id)
    order = await orders.ensure_cancelled(placed.id, OrderStatus.PENDING_REVIEW, "CUSTOMER_WITHDREW", "Withdrawn.")
    assert order.status is OrderStatus.APPROVED
    assert await stage_of(opportunities, order) is Stage.POST_PROCESSING


async def test_waiting_are_the_approved_until_they_run(
    orders: OrderBook, placed: Order, mina: Registered, catalog: Catalog, staff: StaffDesk
) -> None:
    assert await orders.waiting() == ()
    younger = await orders.ensure_order(Samples.draft(mina.account, catalog, key=Samples.key("2")))
    await staff.approve_order(younger.order)
    await staff.approve_order(placed.id)
    assert [order.id for order in await orders.waiting()] == [placed.id, younger.order]
    await orders.ensure_activation(placed.id, A.NOT_STARTED, A.ACTIVATING)
    assert len(await orders.waiting()) == 2
    await complete(orders, placed)
    assert [order.id for order in await orders.waiting()] == [younger.order]


async def test_what_changed_is_listed_page_by_page(
    orders: OrderBook, placed: Order, mina: Registered, catalog: Catalog, staff: StaffDesk, world: World
) -> None:
    others = [
        (await orders.ensure_order(Samples.draft(mina.account, catalog, key=Samples.key(str(n))))).order
        for n in range(2)
    ]
    every = sorted([placed.id, *others])
    world.clock.advance(timedelta(hours=1))
    later = world.clock.now()
    await staff.reject_order(placed.id, CancelCode.OTHER, "Sorry.")
    assert [each.order for each in await orders.changed(Samples.later(days=-1), None, 9)] == every
    assert [each.order for each in await orders.changed(Samples.later(days=-1), every[0], 1)] == every[1:2]
    [moved] = await orders.changed(later, None, 9)
    order = await orders.find(placed.id)
    assert order is not None
    assert (moved.order, moved.account, moved.status) == (placed.id, mina.account, OrderStatus.CANCELLED)
    assert moved.changed_at == order.changed_at


async def test_review_times_are_staffs_newest_first(
    orders: OrderBook, mina: Registered, catalog: Catalog, staff: StaffDesk, world: World
) -> None:
    for number, hours in enumerate((3, 8, 1)):
        placed = await orders.ensure_order(Samples.draft(mina.account, catalog, key=Samples.key(str(number))))
        world.clock.advance(timedelta(hours=hours))
        await staff.approve_order(placed.order)
    withdrawn = await orders.ensure_order(Samples.draft(mina.account, catalog, key=Samples.key("3")))
    await orders.ensure_cancelled(withdrawn.order, OrderStatus.PENDING_REVIEW, "CUSTOMER_WITHDREW", "")
    times = await orders.review_times(2)
    assert [round(time / timedelta(hours=1)) for time in times] == [1, 8]


async def test_what_is_not_there_is_refused(orders: OrderBook) -> None:
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await orders.ensure_activation(OrderId("801000000000000AAA"), A.NOT_STARTED, A.ACTIVATING)
    with pytest.raises(Rejected, match="MALFORMED_ID"):
        await orders.ensure_cancelled(OrderId("x"), OrderStatus.PENDING_REVIEW, "OTHER", "")
