"""Asking for the end of a service, and taking it back (CAN-1 to CAN-3, CAN-6, CAN-7)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.cancellation import Kit
from core.domain.ids import ServiceId
from core.domain.japan import Month
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.refusals import MonthNotOffered, MoveRefused, NotFound, ServiceNotActive, StillRunning, TooLate
from core.domain.session import Session
from core.domain.work import WorkState
from tests.usecases import ending
from tests.usecases.ending import END_OF_JANUARY, FEBRUARY, JANUARY, sale
from tests.usecases.service_house import ServiceHouse
from tests.usecases.shop import INTERNET, VPN, at_once

house, mina, internet = ending.house, ending.mina, ending.internet


async def unlinked(house: ServiceHouse, mina: Session) -> ServiceId:
    """A running service that no opportunity is linked to."""
    return await house.billing.add_service(mina.client, "Router rental", price=500)


# --- the request (CAN-1, CAN-2) ------------------------------------------------------------------------------------
async def test_a_request_writes_everything_and_opens_one_case(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    reply = await house.cancel()(mina, internet, JANUARY)
    assert reply is not None
    assert reply.work.state is WorkState.DONE
    ending = await sale(house, mina, internet)
    assert (ending.stage, ending.ends_at, ending.kit) == (Stage.CANCELLING, END_OF_JANUARY, Kit.NOT_YET)
    row = house.world.records.get("opportunity", ending.id)
    assert row is not None
    assert row["cancellation_notice"] == "有"
    (case,) = house.made("case")
    plan = (await house.service_of(mina, internet)).name
    assert case["subject"] == f"Cancellation Request - {plan}"
    assert (case["opportunity"], case["account"], case["origin"]) == (ending.id, mina.account, "Portal")
    for said in (str(internet), f"SKU: {INTERNET.plan}", "Month: 2026-01", "2026-01-05T03:00:", "returned: yes"):
        assert said in case["description"]
    (told,) = house.told_of(NoticeType.CANCELLATION_SCHEDULED)
    assert told == {"plan": plan, "last_day": "2026-01-31", "service": internet}


async def test_a_service_without_rented_line_has_no_kit(house: ServiceHouse, mina: Session) -> None:
    vpn = (await house.active(mina, VPN)).id
    await house.cancel()(mina, vpn, FEBRUARY)
    assert (await sale(house, mina, vpn)).kit is None
    assert "returned: no" in house.made("case")[0]["description"]


@pytest.mark.parametrize(
    ("now", "month", "offered"),
    [
        (datetime(2026, 1, 24, 14, 59, 59, tzinfo=UTC), JANUARY, True),
        (datetime(2026, 1, 24, 15, 0, tzinfo=UTC), JANUARY, False),
        (datetime(2026, 1, 24, 15, 0, tzinfo=UTC), FEBRUARY, True),
        (datetime(2026, 1, 6, tzinfo=UTC), Month(2025, 12), False),
        (datetime(2026, 1, 6, tzinfo=UTC), Month(2027, 1), True),
        (datetime(2026, 1, 6, tzinfo=UTC), Month(2027, 2), False),
    ],
)
async def test_the_month_goes_by_the_25th_in_japan(
    house: ServiceHouse, mina: Session, internet: ServiceId, now: datetime, month: Month, offered: bool
) -> None:
    house.clock.set(now)
    if offered:
        assert await house.cancel()(mina, internet, month) is not None
    else:
        with pytest.raises(MonthNotOffered) as refused:
            await house.cancel()(mina, internet, month)
        assert refused.value.data["earliest"] in ("2026-01", "2026-02")
    assert len(house.made("case")) == offered


# --- asking again (CAN-3) ------------------------------------------------------------------------------------------
async def test_asking_again_changes_nothing(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    await house.cancel()(mina, internet, JANUARY)
    before = await sale(house, mina, internet)
    assert await house.cancel()(mina, internet, FEBRUARY) is None
    assert await sale(house, mina, internet) == before
    assert len(house.made("case")) == 1


@pytest.mark.parametrize("linked", [True, False])
async def test_twenty_at_once_make_one_request(house: ServiceHouse, mina: Session, linked: bool) -> None:
    service = (await house.active(mina, VPN)).id if linked else await unlinked(house, mina)
    answers = await at_once(*(house.cancel()(mina, service, FEBRUARY) for _ in range(20)))
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    await house.settle()
    assert len(house.made("case")) == 1
    assert len(house.told_of(NoticeType.CANCELLATION_SCHEDULED)) == 1


async def test_only_an_active_service_of_ones_own_can_end(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    ken = await house.customer(name="ken")
    for call in (house.cancel()(ken, internet, JANUARY), house.undo()(ken, internet)):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(NotFound):
        await house.read_cancellation(ken, internet)
    await house.billing.suspend_service(internet)
    with pytest.raises(ServiceNotActive):
        await house.cancel()(mina, internet, JANUARY)
    assert not (await house.read_cancellation(mina, internet)).can_cancel


async def test_without_an_opportunity_the_case_alone_is_opened_and_says_so(house: ServiceHouse, mina: Session) -> None:
    service = await unlinked(house, mina)
    reply = await house.cancel()(mina, service, FEBRUARY)
    assert reply is not None
    assert reply.work.state is WorkState.DONE
    (case,) = house.made("case")
    assert case["opportunity"] is None
    assert "No opportunity is linked" in case["description"]
    shown = await house.read_cancellation(mina, service)
    assert shown.cancellation is not None
    assert (shown.cancellation.month, shown.cancellation.by_case) == (FEBRUARY, True)
    assert (shown.can_cancel, shown.can_undo, shown.undo_until) == (False, False, None)
    assert [listed.cancellation for listed in await house.list_services(mina)] == [shown.cancellation]
    # asking again changes nothing, also long after the work was done
    assert await house.cancel()(mina, service, JANUARY) is None
    with pytest.raises(MoveRefused):
        await house.undo()(mina, service)
    assert len(house.made("case")) == 1


async def test_without_an_opportunity_it_can_be_asked_again_once_the_month_is_over(
    house: ServiceHouse, mina: Session
) -> None:
    service = await unlinked(house, mina)
    await house.cancel()(mina, service, JANUARY)
    await house.pass_time(days=30)
    assert (await house.read_cancellation(mina, service)).can_cancel
    await at_once(*(house.cancel()(mina, service, Month(2026, 3)) for _ in range(3)))
    await house.settle()
    assert len(house.made("case")) == 2
    assert await house.cancel()(mina, service, Month(2026, 4)) is None


# --- what the customer sees (CAN-6) --------------------------------------------------------------------------------
async def test_choices_before_and_the_state_afterwards(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    house.clock.set(datetime(2026, 1, 24, 3, 0, tzinfo=UTC))
    before = await house.read_cancellation(mina, internet)
    assert (before.can_cancel, before.has_line, before.cancellation, before.can_undo) == (True, True, None, False)
    assert [str(each.month) for each in before.months][:2] == ["2026-01", "2026-02"]
    assert len(before.months) == 13
    first = before.months[0]
    assert (first.ends_at, first.last_bill, first.a_day_later) == (END_OF_JANUARY, JANUARY, FEBRUARY)
    assert before.months[1].a_day_later == FEBRUARY

    await house.cancel()(mina, internet, JANUARY)
    after = await house.read_cancellation(mina, internet)
    assert (after.can_cancel, after.months, after.is_over) == (False, (), False)
    assert after.cancellation is not None
    assert (after.cancellation.ends_at, after.cancellation.kit) == (END_OF_JANUARY, Kit.NOT_YET)
    assert (after.can_undo, after.undo_until) == (True, END_OF_JANUARY - timedelta(days=3))
    assert (await house.read_service(mina, internet)).cancellation == after.cancellation


# --- taking it back (CAN-7) ----------------------------------------------------------------------------------------
async def test_a_cancellation_is_taken_back_and_may_be_asked_again(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    for _ in range(2):
        assert await house.undo()(mina, internet) is None
        asked = await house.cancel()(mina, internet, JANUARY)
        assert asked is not None
        reply = await house.undo()(mina, internet)
        assert reply is not None
        assert (asked.work.state, reply.work.state) == (WorkState.DONE, WorkState.DONE)
        on = await sale(house, mina, internet)
        # where the kit is, is for staff to say: CAN-7 names the notice and the date alone
        assert (on.stage, on.ends_at, on.kit, on.notice_given) == (Stage.ACTIVE, None, Kit.NOT_YET, False)
        assert {row["status"] for row in house.made("case")} == {"Closed"}
    assert len(house.made("case")) == 2
    assert len(house.told_of(NoticeType.CANCELLATION_UNDONE)) == 2


@pytest.mark.parametrize(("seconds", "possible"), [(-10, True), (1, False)])
async def test_taking_it_back_is_possible_until_three_days_before(
    house: ServiceHouse, mina: Session, internet: ServiceId, seconds: int, possible: bool
) -> None:
    await house.cancel()(mina, internet, JANUARY)
    await house.come_to(END_OF_JANUARY - timedelta(days=3) + timedelta(seconds=seconds))
    assert (await house.read_cancellation(mina, internet)).can_undo is possible
    if possible:
        assert await house.undo()(mina, internet) is not None
    else:
        with pytest.raises(TooLate):
            await house.undo()(mina, internet)


async def test_it_is_not_taken_back_with_the_kit_back(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    await house.cancel()(mina, internet, JANUARY)
    kit = (await sale(house, mina, internet)).id
    await house.staff.move_kit(kit, Kit.SENT)
    assert (await house.read_cancellation(mina, internet)).can_undo
    await house.staff.move_kit(kit, Kit.RETURNED_1)
    with pytest.raises(MoveRefused):
        await house.undo()(mina, internet)


async def test_staff_who_complete_it_meanwhile_win(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    await house.cancel()(mina, internet, JANUARY)
    opportunity = (await sale(house, mina, internet)).id
    house.world.faults.switch("salesforce", "ensure_cancellation_undone", "slow", milliseconds=100)

    async def complete() -> None:
        while not house.world.calls["salesforce", "ensure_cancellation_undone"]:
            await house.runner.quiet(0.005)
        await house.staff.move_opportunity(opportunity, Stage.CANCELLED)

    reply, _ = await asyncio.gather(house.undo()(mina, internet), complete())
    assert reply is not None
    assert reply.work.state is WorkState.REFUSED
    assert (await sale(house, mina, internet)).stage is Stage.CANCELLED
    assert house.told_of(NoticeType.CANCELLATION_UNDONE) == []


async def test_one_is_not_begun_while_the_other_is_being_written(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    house.fail("salesforce", "ensure_cancelling")
    waiting = await house.cancel(wait=0.05)(mina, internet, JANUARY)
    assert waiting is not None
    assert waiting.work.state is WorkState.IN_PROGRESS
    with pytest.raises(StillRunning):
        await house.undo()(mina, internet)
    house.world.faults.clear()
    await house.settle()
    house.fail("salesforce", "ensure_cancellation_undone")
    waiting = await house.undo(wait=0.05)(mina, internet)
    assert waiting is not None
    with pytest.raises(StillRunning):
        await house.cancel()(mina, internet, FEBRUARY)
    house.world.faults.clear()
    await house.settle()
    assert (await sale(house, mina, internet)).stage is Stage.ACTIVE
