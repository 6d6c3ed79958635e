"""An end that others have a hand in: staff who were quicker, rules in Salesforce, work on its way (CAN, T-3)."""

from datetime import UTC, datetime

import pytest

from core.domain.cancellation import Kit
from core.domain.ids import ServiceId
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.refusals import MoveRefused
from core.domain.session import Session
from core.domain.work import WorkState
from tests.usecases import ending
from tests.usecases.ending import FEBRUARY, JANUARY, sale
from tests.usecases.service_house import ServiceHouse
from tests.usecases.shop import VPN

house, mina, internet = ending.house, ending.mina, ending.internet


# --- what has ended (CAN-5, CAN-6, CAN-7) --------------------------------------------------------------------------
async def test_what_staff_have_ended_is_over_and_does_not_go_on(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    await house.cancel()(mina, internet, FEBRUARY)
    await house.billing.terminate_service(internet)
    shown = await house.read_cancellation(mina, internet)
    assert (shown.is_over, shown.can_undo, shown.can_cancel, shown.undo_until) == (True, False, False, None)
    with pytest.raises(MoveRefused):
        await house.undo()(mina, internet)
    assert (await sale(house, mina, internet)).stage is Stage.CANCELLING


@pytest.mark.parametrize("deed", ["end", "take the kit back"])
async def test_an_undo_on_its_way_looks_again(
    house: ServiceHouse, mina: Session, internet: ServiceId, deed: str
) -> None:
    await house.cancel()(mina, internet, FEBRUARY)
    # the undo was accepted, and nothing could be written yet
    house.fail("salesforce", "find")
    waiting = await house.undo(wait=0.05)(mina, internet)
    assert waiting is not None
    assert waiting.work.state is WorkState.IN_PROGRESS
    if deed == "end":
        await house.billing.terminate_service(internet)
    else:
        await house.staff.move_kit((await sale(house, mina, internet)).id, Kit.RETURNED_1)
    house.world.faults.clear()
    await house.settle()
    work = await house.runner.outcome(waiting.work.key, 0)
    assert work is not None
    assert (work.state, work.code) == (WorkState.REFUSED, "move_refused")
    assert (await sale(house, mina, internet)).stage is Stage.CANCELLING
    assert house.told_of(NoticeType.CANCELLATION_UNDONE) == []


async def test_a_line_is_not_complete_before_somebody_says_where_its_kit_is(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    opportunity = (await sale(house, mina, internet)).id
    await house.staff.move_opportunity(opportunity, Stage.CANCELLING)
    await house.billing.terminate_service(internet)
    await house.settle()
    ended = await sale(house, mina, internet)
    assert (ended.stage, ended.kit) == (Stage.CANCELLING, None)
    await house.staff.move_kit(opportunity, Kit.NOT_APPLICABLE)
    await house.settle()
    assert (await sale(house, mina, internet)).stage is Stage.CANCELLED


# --- what is on its way (CAN-3, CAN-6, T-3) ------------------------------------------------------------------------
async def test_what_is_asked_for_and_not_decided_is_on_its_way(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    house.fail("salesforce", "ensure_cancelling")
    waiting = await house.cancel(wait=0.05)(mina, internet, JANUARY)
    assert waiting is not None
    meanwhile = await house.read_cancellation(mina, internet)
    assert (meanwhile.request, meanwhile.can_cancel, meanwhile.months) == (waiting.request, False, ())
    house.world.faults.clear()
    await house.settle()
    after = await house.read_cancellation(mina, internet)
    assert (after.request, after.is_ending, after.can_undo) == (None, True, True)


async def test_staffs_end_without_a_date_is_an_end(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    await house.staff.move_opportunity((await sale(house, mina, internet)).id, Stage.CANCELLING)
    shown = await house.read_cancellation(mina, internet)
    assert (shown.is_ending, shown.is_over, shown.cancellation, shown.can_cancel) == (True, False, None, False)


# --- staff were quicker (CAN-2) ------------------------------------------------------------------------------------
@pytest.mark.parametrize("dated", [True, False])
async def test_staffs_own_end_stands_and_the_case_tells_the_wish(
    house: ServiceHouse, mina: Session, internet: ServiceId, dated: bool
) -> None:
    house.fail("salesforce", "ensure_cancelling")
    assert await house.cancel(wait=0.05)(mina, internet, FEBRUARY) is not None
    opportunity = (await sale(house, mina, internet)).id
    await house.staff.move_opportunity(opportunity, Stage.CANCELLING)
    theirs = datetime(2026, 1, 20, 14, 59, 59, tzinfo=UTC)
    if dated:
        await house.staff.set_end(opportunity, theirs)
    house.world.faults.clear()
    await house.settle()
    (case,) = house.made("case")
    assert (case["opportunity"], "Month: 2026-02" in case["description"]) == (opportunity, True)
    # nobody is told a day that nobody set
    days = [values["last_day"] for values in house.told_of(NoticeType.CANCELLATION_SCHEDULED)]
    assert days == (["2026-01-20"] if dated else [])


# --- refused (trust 2.4) -------------------------------------------------------------------------------------------
async def test_what_salesforce_refuses_is_refused_and_asked_again_is_something_new(
    house: ServiceHouse, mina: Session
) -> None:
    vpn = (await house.active(mina, VPN)).id
    for ask, operation in ((house.cancel(), "ensure_cancelling"), (house.undo(), "ensure_cancellation_undone")):
        house.fail("salesforce", operation, "refused", times=2)
        states = []
        for _ in range(3):
            args = (mina, vpn, FEBRUARY) if operation == "ensure_cancelling" else (mina, vpn)
            reply = await ask(*args)  # type: ignore[operator]
            assert reply is not None
            states.append((reply.work.state, reply.work.code))
            await house.settle()
        refused = (WorkState.REFUSED, "ending_refused")
        assert states == [refused, refused, (WorkState.DONE, None)], operation
    assert (await sale(house, mina, vpn)).stage is Stage.ACTIVE


# --- by case alone (CAN-3) -----------------------------------------------------------------------------------------
async def test_a_case_that_staff_closed_ends_nothing(house: ServiceHouse, mina: Session) -> None:
    service = await house.billing.add_service(mina.client, "Router rental", price=500)
    await house.cancel()(mina, service, FEBRUARY)
    (case,) = house.made("case")
    await house.staff.close_case(case["id"])
    shown = await house.read_cancellation(mina, service)
    assert (shown.is_ending, shown.can_cancel) == (False, True)
    assert [listed.cancellation for listed in await house.list_services(mina)] == [None]
    assert await house.undo()(mina, service) is None
    again = await house.cancel()(mina, service, JANUARY)
    assert again is not None
    assert (again.work.state, len(house.made("case"))) == (WorkState.DONE, 2)
    assert (await house.read_cancellation(mina, service)).is_ending
