"""From an approved order to a running service (FUL-1, FUL-2, FUL-6, FUL-7)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.cart import CartService, SimChoice, SimType
from core.domain.facts import OrderChanged, learning
from core.domain.ids import OrderId
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.order import ActivationStatus, CancelCode, OrderStatus
from core.domain.refusals import NotApproved, NotFound
from core.domain.work import WorkState
from core.usecases.fulfilment.provision import OUT_OF_STEP
from tests.usecases.service_house import CARD, IMPATIENT, PRODUCTS, ServiceHouse, a_house
from tests.usecases.shop import INTERNET, SIM, VPN, at_once


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path, IMPATIENT) as house:
        yield house


@pytest.mark.parametrize("wish", PRODUCTS.values(), ids=PRODUCTS)
async def test_an_approved_order_becomes_a_running_service(house: ServiceHouse, wish: CartService) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, wish)
    if wish is CARD:
        await house.staff.ship_sim(order)
    await house.staff.approve_order(order)
    await house.settle()

    done, sale = await house.order_of(order), await house.sale_of(order)
    assert (done.status, done.activation) == (OrderStatus.COMPLETED, ActivationStatus.ACTIVATED)
    assert done.plan is not None
    assert (sale.stage, sale.service) == (Stage.ACTIVE, done.plan.service)
    services = house.rows("service", order=done.billing_order)
    assert [line.service for line in done.lines] == [row["id"] for row in services]
    assert [line.unit_price for line in done.lines] == [row["firstpaymentamount"] for row in services]
    assert {row["crm_order"] for row in services} == {order}
    assert len(house.rows("esim")) == (1 if wish is SIM else 0)
    assert len(house.told_of(NoticeType.ORDER_APPROVED)) == 1
    assert [told["service"] for told in house.told_of(NoticeType.ORDER_ACTIVATED)] == [done.plan.service]


async def test_the_price_as_ordered_is_billed_whatever_it_costs_today(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    before = (await house.order_of(order)).monthly
    await house.staff.change_price(VPN.plan, before + 1_000)
    await house.staff.approve_order(order)
    await house.settle()
    assert [row["recurringamount"] for row in house.rows("service")] == [before]


async def test_any_number_of_triggers_in_any_order_provision_once(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    await house.hear()
    await house.staff.approve_order(order)
    told = (await house.up.fact_stream.after(house.position, 0)).facts
    now = house.clock.now()
    polled = [OrderChanged(id=f"poll:{n}", at=now, order=order, account=mina.account) for n in range(4)]
    deeds = [house.start()(order) for _ in range(20)]
    deeds += [house.runner.start(learning(fact)) for fact in [*polled, *told, *told, *reversed(told)]]
    await at_once(*deeds[::2], *deeds[1::2])
    await house.settle()

    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert len(house.made("billing_order")) == len(house.made("esim")) == 1
    assert len(house.made("service")) == len((await house.order_of(order)).lines)
    assert len(house.world.ledger.of("delete billing order")) == 0
    assert len(house.told_of(NoticeType.ORDER_ACTIVATED)) == len(house.told_of(NoticeType.ORDER_APPROVED)) == 1
    latest = await house.last_attempt(order)
    assert latest is not None
    assert latest.key.endswith(":1")


async def test_the_signed_call_says_how_the_work_stands(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    with pytest.raises(NotApproved):
        await house.start()(order)
    with pytest.raises(NotFound):
        await house.start()(OrderId("801Q8K0015aZZZZZZZ"))
    await house.staff.approve_order(order)
    assert (await house.start()(order)).state is WorkState.RECEIVED
    await house.settle()
    assert (await house.start()(order)).state is WorkState.DONE
    assert len(house.made("billing_order")) == 1


async def test_a_cancelled_order_is_not_provisioned(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await house.staff.approve_order(order)
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    with pytest.raises(NotApproved):
        await house.start()(order)
    await house.settle()
    assert house.rows("billing_order") == []
    assert (await house.sale_of(order)).stage is Stage.VOID
    assert len(house.told_of(NoticeType.ORDER_CANCELLED)) == 1


async def test_who_calls_before_the_approval_was_heard_has_it_told_all_the_same(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await house.staff.approve_order(order)
    await house.start()(order)
    assert await house.runner.quiet(5)
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    await house.settle()
    assert len(house.told_of(NoticeType.ORDER_APPROVED)) == 1


# --- the SIM card --------------------------------------------------------------------------------------------------
async def test_a_sim_card_is_activated_once_staff_have_sent_it(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, CARD)
    await house.staff.approve_order(order)
    await house.settle()
    assert (await house.order_of(order)).activation is ActivationStatus.NOT_STARTED
    assert house.rows("billing_order") == []
    await house.staff.ship_sim(order)
    await house.settle()
    assert (await house.order_of(order)).activation is ActivationStatus.ACTIVATED
    assert len(house.made("billing_order")) == 1


async def test_a_call_for_a_card_that_was_not_sent_is_kept_until_it_is(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, CARD)
    await house.staff.reschedule(order, house.clock.now().replace(year=2027))
    await house.staff.approve_order(order)
    await house.settle()
    assert [(await house.start()(order)).state for _ in range(3)] == [WorkState.RECEIVED] * 3
    await house.settle()
    assert (await house.order_of(order)).activation is ActivationStatus.NOT_STARTED
    await house.staff.ship_sim(order)
    await house.settle()
    # it was asked for now, so its date is not waited for
    assert (await house.order_of(order)).activation is ActivationStatus.ACTIVATED


async def test_a_cancelled_order_ends_what_waits_for_its_card(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, CARD)
    await house.staff.approve_order(order)
    await house.start()(order)
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    await house.settle()
    assert await house.runner.unsettled() == ()
    latest = await house.last_attempt(order)
    assert latest is not None
    assert latest.state is WorkState.CANCELLED


# --- the sale ------------------------------------------------------------------------------------------------------
async def test_an_order_whose_sale_is_on_hold_waits_for_it(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, INTERNET)
    sale = await house.sale_of(order)
    await house.staff.hold_opportunity(sale.id)
    await house.staff.approve_order(order)
    await house.settle()
    assert (await house.order_of(order)).activation is ActivationStatus.NOT_STARTED
    assert (await house.sale_of(order)).stage is Stage.PENDING
    assert (OUT_OF_STEP, order) in house.raised.alarms
    await house.staff.resume_opportunity(sale.id)
    await house.settle()
    assert (await house.order_of(order)).activation is ActivationStatus.ACTIVATED
    assert (await house.sale_of(order)).stage is Stage.ACTIVE


async def test_orders_of_one_customer_are_provisioned_each_once(house: ServiceHouse) -> None:
    mina = await house.customer()
    another = CartService(SIM.plan, sim=SimChoice(SimType.ESIM, "9" * 32))
    orders = [await house.ordered(mina, wish) for wish in (SIM, VPN, INTERNET, another)]
    await asyncio.gather(*(house.staff.approve_order(order) for order in orders))
    await at_once(*(house.start()(order) for order in orders * 5))
    await house.settle()
    services = {(await house.order_of(order)).billing_order for order in orders}
    assert len(services) == len(house.made("billing_order")) == 4
