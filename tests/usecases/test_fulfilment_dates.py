"""Orders that are activated on a date (FUL-5)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.ids import OrderId
from core.domain.notice import NoticeType
from core.domain.order import ActivationStatus, ActivationType, CancelCode
from core.domain.session import Session
from core.domain.work import WorkState
from tests.usecases.service_house import CARD, IMPATIENT, ServiceHouse, a_house
from tests.usecases.shop import VPN

MISSING = NoticeType.PAYMENT_METHOD_MISSING


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path, IMPATIENT) as house:
        yield house


@pytest.fixture
async def mina(house: ServiceHouse) -> Session:
    return await house.customer()


async def scheduled(house: ServiceHouse, mina: Session, days: float, *, paying: bool = True) -> OrderId:
    """An approved order for some days from now; without a payment method unless `paying`."""
    order = await house.ordered(mina, VPN)
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=days))
    if not paying:
        await stop_paying(house, mina)
    await house.staff.approve_order(order)
    await house.settle()
    return order


async def stop_paying(house: ServiceHouse, mina: Session) -> None:
    for row in house.rows("payment_method", client=mina.client):
        await house.billing.remove_payment_method(mina.client, row["id"])


async def activation(house: ServiceHouse, order: OrderId) -> ActivationStatus:
    return (await house.order_of(order)).activation


async def test_it_waits_for_its_date_to_the_second(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=10)
    due = (await house.order_of(order)).activate_at
    assert due is not None
    house.clock.set(due - timedelta(seconds=30))
    await house.runner.release_due(house.clock.now())
    await house.settle()
    assert await activation(house, order) is ActivationStatus.NOT_STARTED
    assert house.rows("billing_order") == []
    house.clock.set(due)
    await house.runner.release_due(house.clock.now())
    await house.settle()
    assert await activation(house, order) is ActivationStatus.ACTIVATED
    started = [e.at for e in house.world.ledger.of("create billing order")]
    assert len(started) == 1
    assert started[0] >= due


@pytest.mark.parametrize("paying", [True, False])
async def test_three_days_before_a_missing_payment_method_is_told_once(
    house: ServiceHouse, mina: Session, paying: bool
) -> None:
    order = await scheduled(house, mina, days=10, paying=paying)
    await house.pass_time(days=6, hours=23)
    assert house.told_of(MISSING) == []
    await house.pass_time(hours=2)
    assert house.told_of(MISSING) == ([] if paying else [{"order": order}])
    await house.staff.reschedule(order, (await house.order_of(order)).activate_at)
    await house.pass_time(days=1)
    assert len(house.told_of(MISSING)) == (0 if paying else 1)


async def test_a_date_that_is_near_is_looked_at_at_once(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=2, paying=False)
    assert house.told_of(MISSING) == [{"order": order}]
    assert await activation(house, order) is ActivationStatus.NOT_STARTED


async def test_a_date_in_the_past_is_now(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=-2)
    assert await activation(house, order) is ActivationStatus.ACTIVATED


async def test_staff_move_the_date_later(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=5)
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=20))
    await house.settle()
    await house.pass_time(days=6)
    assert await activation(house, order) is ActivationStatus.NOT_STARTED
    await house.pass_time(days=15)
    assert await activation(house, order) is ActivationStatus.ACTIVATED
    assert len(house.made("billing_order")) == 1


async def test_staff_move_the_date_earlier_and_the_look_ahead_with_it(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=30, paying=False)
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=2))
    await house.settle()
    assert house.told_of(MISSING) == [{"order": order}]
    await house.billing.add_payment_method(mina.client)
    await house.pass_time(days=2)
    assert await activation(house, order) is ActivationStatus.ACTIVATED
    await house.pass_time(days=40)
    assert len(house.made("billing_order")) == 1


async def test_a_date_moved_away_and_back_is_looked_at_again(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=6)
    first = (await house.order_of(order)).activate_at
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=60))
    await house.settle()
    await house.pass_time(days=4)
    await stop_paying(house, mina)
    await house.staff.reschedule(order, first)
    await house.settle()
    assert house.told_of(MISSING) == [{"order": order}]


async def test_taking_the_date_away_activates_at_once(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=5)
    await house.staff.reschedule(order, None)
    await house.settle()
    assert await activation(house, order) is ActivationStatus.ACTIVATED


async def test_one_to_be_scheduled_that_has_no_date_yet_waits_for_one(house: ServiceHouse, mina: Session) -> None:
    order = await house.ordered(mina, VPN)
    undated = {"activation_type": ActivationType.SCHEDULED, "activate_at": None}
    house.world.records.update("order", order, undated, "staff")
    await house.staff.approve_order(order)
    await house.settle()
    assert await activation(house, order) is ActivationStatus.NOT_STARTED
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=1))
    await house.pass_time(days=1, hours=1)
    assert await activation(house, order) is ActivationStatus.ACTIVATED


async def test_the_signed_call_activates_before_the_date(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=10)
    assert (await house.start()(order)).state is WorkState.RECEIVED
    await house.settle()
    assert await activation(house, order) is ActivationStatus.ACTIVATED
    await house.pass_time(days=11)
    assert len(house.made("billing_order")) == 1


async def test_a_cancelled_order_ends_the_wait(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=10, paying=False)
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    await house.settle()
    assert await house.runner.unsettled() == ()
    await house.pass_time(days=11)
    assert await activation(house, order) is ActivationStatus.NOT_STARTED
    assert house.told_of(MISSING) == []
    assert house.rows("billing_order") == []
    assert await house.runner.unsettled() == ()


async def test_a_lost_event_of_a_moved_date_activates_no_earlier(house: ServiceHouse, mina: Session) -> None:
    order = await scheduled(house, mina, days=5)
    house.fail("salesforce", "OrderChanged", "lost_event", times=1)
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=20))
    await house.pass_time(days=6)
    assert await activation(house, order) is ActivationStatus.NOT_STARTED


async def test_a_card_is_awaited_past_the_date(house: ServiceHouse, mina: Session) -> None:
    order = await house.ordered(mina, CARD)
    due: datetime = house.clock.now() + timedelta(days=5)
    await house.staff.reschedule(order, due)
    await stop_paying(house, mina)
    await house.staff.approve_order(order)
    await house.settle()
    await house.pass_time(days=3)
    assert house.told_of(MISSING) == [{"order": order}]
    await house.billing.add_payment_method(mina.client)
    await house.pass_time(days=4)
    assert await activation(house, order) is ActivationStatus.NOT_STARTED
    await house.staff.ship_sim(order)
    await house.settle()
    assert await activation(house, order) is ActivationStatus.ACTIVATED


async def test_a_card_that_is_sent_early_waits_for_the_date_it_was_given_meanwhile(
    house: ServiceHouse, mina: Session
) -> None:
    order = await house.ordered(mina, CARD)
    await house.staff.approve_order(order)
    await house.settle()
    await house.staff.reschedule(order, house.clock.now() + timedelta(days=5))
    await house.staff.ship_sim(order)
    await house.settle()
    assert await activation(house, order) is ActivationStatus.NOT_STARTED
    await house.pass_time(days=5)
    assert await activation(house, order) is ActivationStatus.ACTIVATED
