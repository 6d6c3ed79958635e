"""What an event should have told of orders and sales is found by looking, once (T-5, ORD-10, FUL-4, FUL-5)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.eligibility import EligibilityStatus
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.order import CancelCode, OrderStatus
from core.domain.provisioning import FailureCode
from core.domain.work import WorkKind, WorkState
from tests.usecases.service_house import IMPATIENT, ServiceHouse, a_house
from tests.usecases.shop import SIM, VPN


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path, IMPATIENT) as house:
        yield house


async def look(house: ServiceHouse, days: float = 9) -> int:
    """Let time pass, then look for what was lost, and a minute later again; what the first look found."""
    house.world.faults.clear()
    await house.pass_time(days=days)
    found = await house.catch_up()
    await house.settle()
    await house.pass_time(minutes=1)
    assert await house.catch_up() == 0
    return found


async def test_an_order_that_was_rejected_unheard_is_told(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await house.settle()
    await house.catch_up()
    house.fail("*", "*", "lost_event")
    await house.staff.reject_order(order, CancelCode.DETAILS_WRONG, "No P.O. box.")
    assert await look(house) >= 1
    assert len(house.told_of(NoticeType.ORDER_CANCELLED)) == 1


async def test_an_order_that_was_cancelled_unheard_is_cleared_away(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, SIM)
    house.fail("whmcs", "ensure_billed")
    await house.staff.approve_order(order)
    await house.settle()
    assert (await house.order_of(order)).error_code == FailureCode.BILLING_UNKNOWN
    await house.catch_up()
    house.fail("*", "*", "lost_event")
    await house.staff.cancel_order(order, CancelCode.OTHER, "Sorry.")
    await look(house)
    assert [row["status"] for row in house.rows("esim")] == ["ended"]
    assert (await house.sale_of(order)).stage is Stage.VOID
    assert len(house.told_of(NoticeType.ORDER_CANCELLED)) == 1


@pytest.mark.parametrize("held_unheard", [False, True])
async def test_a_sale_that_was_resumed_unheard_lets_its_order_go_on(house: ServiceHouse, held_unheard: bool) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    sale = (await house.order_of(order)).opportunity
    assert sale is not None
    await house.settle()
    if held_unheard:
        house.fail("*", "OpportunityChanged", "lost_event")
    await house.staff.hold_opportunity(sale)
    await house.staff.approve_order(order)
    await house.settle()
    await house.catch_up()
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.APPROVED
    house.fail("*", "*", "lost_event")
    await house.staff.resume_opportunity(sale)
    await look(house)
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED


async def test_what_was_heard_is_not_looked_up_again(house: ServiceHouse) -> None:
    mina = await house.customer()
    await house.active(mina, VPN)
    await house.settle()
    assert await house.catch_up() == 0
    before = house.world.calls["salesforce", "find"]
    await house.pass_time(days=1)
    assert await house.catch_up() == 0
    assert house.world.calls["salesforce", "find"] == before


@pytest.mark.parametrize("field", ["eligibility_status", "id_status"])
async def test_an_account_at_an_unknown_word_is_left_with_staff_and_the_others_are_found(
    house: ServiceHouse, field: str
) -> None:
    odd, mina = await house.customer(), await house.customer(name="hana")
    await house.settle()
    await house.catch_up()
    told = len(house.told_of(NoticeType.ELIGIBILITY_ELIGIBLE))
    house.fail("*", "*", "lost_event")
    records = house.world.records
    records.update("account", odd.account, {"phone": "0312345678"}, "staff")
    records.restore("account", odd.account, {**house.rows("account", id=odd.account)[0], field: "Under Survey"})
    await house.staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    house.world.faults.clear()
    assert await house.catch_up() == 2
    await house.settle()
    assert len(house.told_of(NoticeType.ELIGIBILITY_ELIGIBLE)) == told + 1
    for _ in range(2):  # once, however often it is seen
        await house.catch_up()
        await house.settle()
        [left] = [work for work in await house.runner.unsettled() if work.state is WorkState.WITH_STAFF]
        assert (left.kind, left.code) == (WorkKind.LEARN_FACT, "unknown_word")
