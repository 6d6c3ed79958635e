"""The end of a cancelled service, and what staff do to it (CAN-4, CAN-5, OPP-1)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select

from adapters.db.work_tables import work
from core.domain.cancellation import Kit
from core.domain.ids import ServiceId
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.policy import Policy
from core.domain.session import Session
from core.domain.work import WorkKind
from core.usecases.cancellation.learn_opportunity import NO_RULE
from tests.usecases import ending
from tests.usecases.ending import END_OF_JANUARY, FEBRUARY, JANUARY, sale
from tests.usecases.service_house import ServiceHouse, a_house
from tests.usecases.shop import INTERNET, VPN

LOOKS = select(func.count()).where(work.c.kind == bindparam("kind"))
house, mina, internet = ending.house, ending.mina, ending.internet


# --- completion (CAN-4, CAN-5) -------------------------------------------------------------------------------------
@pytest.mark.parametrize("kit", [Kit.RETURNED_1, Kit.RETURNED_2, Kit.COMPENSATED, Kit.NOT_APPLICABLE])
@pytest.mark.parametrize("kit_first", [True, False])
async def test_it_is_complete_when_both_have_come(
    house: ServiceHouse, mina: Session, internet: ServiceId, kit: Kit, kit_first: bool
) -> None:
    await house.cancel()(mina, internet, JANUARY)
    opportunity = (await sale(house, mina, internet)).id

    async def end() -> None:
        await house.billing.terminate_service(internet)

    async def settle_kit() -> None:
        if kit is Kit.RETURNED_2:
            await house.staff.move_kit(opportunity, Kit.RETURNED_1)
        await house.staff.move_kit(opportunity, kit)

    first, last = (settle_kit, end) if kit_first else (end, settle_kit)
    await first()
    await house.settle()
    assert (await sale(house, mina, internet)).stage is Stage.CANCELLING
    await last()
    await house.settle()
    assert (await sale(house, mina, internet)).stage is Stage.CANCELLED
    assert len(house.told_of(NoticeType.CANCELLATION_COMPLETE)) == 1
    assert (await house.read_cancellation(mina, internet)).is_over


async def test_on_its_way_the_kit_completes_nothing(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    await house.cancel()(mina, internet, JANUARY)
    opportunity = (await sale(house, mina, internet)).id
    await house.billing.terminate_service(internet)
    for kit in (Kit.SENT, Kit.PICKUP, Kit.NTT_DISPATCH):
        await house.staff.move_kit(opportunity, kit)
        await house.settle()
        assert (await sale(house, mina, internet)).stage is Stage.CANCELLING


async def test_a_service_without_kit_is_complete_with_its_end(house: ServiceHouse, mina: Session) -> None:
    vpn = (await house.active(mina, VPN)).id
    await house.cancel()(mina, vpn, JANUARY)
    await house.billing.terminate_service(vpn)
    await house.settle()
    assert (await sale(house, mina, vpn)).stage is Stage.CANCELLED
    (told,) = house.told_of(NoticeType.CANCELLATION_COMPLETE)
    assert told == {"plan": (await house.service_of(mina, vpn)).name, "service": vpn}
    async with house.store.database.reading() as transaction:
        looks = await transaction.value(LOOKS, kind=WorkKind.COMPLETE_CANCELLATION)
    assert looks == 2, "at its beginning and at billing's word; the echo of its end is nobody's"


async def test_a_service_that_ends_by_itself_completes_nothing(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    await house.billing.terminate_service(internet)
    await house.settle()
    assert (await sale(house, mina, internet)).stage is Stage.ACTIVE
    assert house.told_of(NoticeType.CANCELLATION_COMPLETE) == []


@pytest.mark.parametrize("closed_first", [True, False])
async def test_an_end_that_staff_set_themselves_is_told_once(
    house: ServiceHouse, mina: Session, internet: ServiceId, closed_first: bool
) -> None:
    await house.cancel()(mina, internet, JANUARY)
    await house.settle()
    opportunity = (await sale(house, mina, internet)).id

    async def close() -> None:
        await house.staff.move_opportunity(opportunity, Stage.CANCELLED)
        await house.settle()

    async def end() -> None:
        await house.billing.terminate_service(internet)
        await house.settle()

    first, second = (close, end) if closed_first else (end, close)
    await first()
    assert house.told_of(NoticeType.CANCELLATION_COMPLETE) == []
    await second()
    assert len(house.told_of(NoticeType.CANCELLATION_COMPLETE)) == 1
    assert {code for code, _ in house.raised.alarms} == set()


async def test_staff_end_services_unless_the_policy_lets_the_portal(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    await house.cancel()(mina, internet, JANUARY)
    await house.pass_time(days=40)
    assert await house.terminate_due() == 0
    await house.settle()
    assert (await house.service_of(mina, internet)).status == "Active"


async def test_the_portal_ends_services_on_their_date_where_it_may(migrated_file: Path, tmp_path: Path) -> None:
    async with a_house(migrated_file, tmp_path, Policy(auto_terminate=True)) as house:
        house.clock.set(datetime(2026, 1, 5, 3, 0, tzinfo=UTC))
        mina = await house.customer()
        internet, vpn = [(await house.active(mina, wish)).id for wish in (INTERNET, VPN)]
        await house.cancel()(mina, internet, JANUARY)
        await house.cancel()(mina, vpn, FEBRUARY)
        assert await house.terminate_due() == 0
        await house.come_to(END_OF_JANUARY + timedelta(seconds=2))
        assert await house.terminate_due() == 1
        assert await house.terminate_due() == 1
        await house.settle()
        assert (await house.service_of(mina, internet)).status == "Terminated"
        assert (await house.service_of(mina, vpn)).status == "Active"
        assert (await sale(house, mina, internet)).stage is Stage.CANCELLING
        # no event told of the end: what ends it also looks whether it is complete
        house.fail("whmcs", "ServiceChanged", "lost_event")
        await house.come_to(datetime(2026, 2, 28, 15, 0, tzinfo=UTC))
        await house.terminate_due()
        await house.settle()
        assert (await sale(house, mina, vpn)).stage is Stage.CANCELLED


@pytest.mark.parametrize("moved", [True, False])
async def test_what_was_taken_back_or_moved_is_not_ended(migrated_file: Path, tmp_path: Path, moved: bool) -> None:
    async with a_house(migrated_file, tmp_path, Policy(auto_terminate=True)) as house:
        house.clock.set(datetime(2026, 1, 5, 3, 0, tzinfo=UTC))
        mina = await house.customer()
        vpn = (await house.active(mina, VPN)).id
        await house.cancel()(mina, vpn, JANUARY)
        await house.come_to(END_OF_JANUARY + timedelta(seconds=2))
        house.fail("salesforce", "find", times=3)
        assert await house.terminate_due() == 1
        ending = (await sale(house, mina, vpn)).id
        if moved:
            await house.staff.set_end(ending, END_OF_JANUARY + timedelta(days=28))
        else:
            await house.staff.move_opportunity(ending, Stage.ACTIVE)
        await house.settle()
        assert (await house.service_of(mina, vpn)).status == "Active"


# --- staff's moves (OPP-1) -----------------------------------------------------------------------------------------
async def test_a_move_no_rule_leads_to_is_followed_and_reported(
    house: ServiceHouse, mina: Session, internet: ServiceId
) -> None:
    opportunity = (await sale(house, mina, internet)).id
    await house.settle()
    await house.staff.move_opportunity(opportunity, Stage.INTRODUCTION)
    await house.settle()
    assert (NO_RULE, opportunity) in house.raised.alarms
    async with house.store.reading() as shelves:
        seen = await shelves.audit.of_subject(opportunity, 20)
    assert [line.details["stage"] for line in seen][:2] == ["Introduction", "Active"]
    assert [line.actor for line in seen][:2] == ["salesforce", "portal"]
    assert (await sale(house, mina, internet)).stage is Stage.INTRODUCTION


async def test_moves_the_rules_know_are_not_reported(house: ServiceHouse, mina: Session, internet: ServiceId) -> None:
    await house.cancel()(mina, internet, JANUARY)
    await house.settle()
    # several legal moves may come as one
    for stage in (Stage.ACTIVE, Stage.CANCELLING, Stage.CANCELLED):
        await house.staff.move_opportunity((await sale(house, mina, internet)).id, stage)
    await house.settle()
    assert {code for code, _ in house.raised.alarms} == set()
