"""What the opportunities promise (OPP, CAN-2, CAN-7)."""

import asyncio
from datetime import timedelta

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.cancellation import Kit
from core.domain.catalog import ProductType
from core.domain.ids import OpportunityId, ServiceId
from core.domain.opportunity import PROBABILITY, Beginning, Stage
from ports.catalog_shelf import CatalogShelf
from ports.customer_registry import Registered
from ports.errors import Rejected, Unavailable
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from tests.contracts.samples import Samples

END = Samples.later(days=40)


@pytest.fixture
async def sale(opportunities: Opportunities, mina: Registered) -> OpportunityId:
    return await opportunities.ensure(Samples.opportunity(mina.account))


@pytest.mark.parametrize("beginning", Beginning)
async def test_it_begins_as_its_beginning_says(
    opportunities: Opportunities, mina: Registered, world: World, beginning: Beginning
) -> None:
    made = await opportunities.ensure(Samples.opportunity(mina.account, beginning=beginning))
    found = await opportunities.find(made)
    row = world.records.get("opportunity", made)
    assert found is not None
    assert row is not None
    first = Stage.INTRODUCTION if beginning is Beginning.ELIGIBILITY_REQUESTED else Stage.POST_PROCESSING
    assert (found.stage, found.account, found.product_type) == (first, mina.account, ProductType.INTERNET)
    assert (row["source"], row["application_stage"]) == (beginning, "INTRO-1")
    assert row["commodity_type"] == "Personal SonixNet Home Internet"
    assert row["close_date"] is not None


async def test_the_same_key_makes_one(opportunities: Opportunities, mina: Registered, world: World) -> None:
    new = Samples.opportunity(mina.account)
    made = await asyncio.gather(*(opportunities.ensure(new) for _ in range(20)))
    assert len(set(made)) == 1
    assert len(world.ledger.of("create opportunity")) == 1


async def test_a_service_is_linked_where_none_is(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId
) -> None:
    assert await opportunities.ensure_service(sale, ServiceId("7")) == "7"
    assert await opportunities.ensure_service(sale, ServiceId("8")) == "7"
    linked = await opportunities.for_service(mina.account, ServiceId("7"))
    assert linked is not None
    assert (linked.id, linked.stage) == (sale, Stage.INTRODUCTION)


@pytest.mark.parametrize("kind", ["unavailable", "timeout_before", "timeout_after"])
async def test_one_whatever_the_answer(opportunities: Opportunities, mina: Registered, world: World, kind: str) -> None:
    world.faults.switch("salesforce", "ensure", kind, times=1)
    with pytest.raises(Unavailable):
        await opportunities.ensure(Samples.opportunity(mina.account))
    await opportunities.ensure(Samples.opportunity(mina.account))
    assert len(world.records.find("opportunity")) == 1


@pytest.mark.parametrize("stage", Stage)
async def test_the_probability_follows_the_stage(
    opportunities: Opportunities, sale: OpportunityId, world: World, stage: Stage
) -> None:
    assert await opportunities.ensure_stage(sale, Stage.INTRODUCTION, stage) is stage
    row = world.records.get("opportunity", sale)
    assert row is not None
    assert row["probability"] == PROBABILITY[stage]
    assert (row["is_closed"], row["is_won"]) == (PROBABILITY[stage] in (0, 100), PROBABILITY[stage] == 100)


async def test_it_moves_only_from_where_it_was_expected(
    opportunities: Opportunities, sale: OpportunityId, staff: StaffDesk, world: World
) -> None:
    await staff.move_opportunity(sale, Stage.VOID)
    before = world.ledger.entries
    assert await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.READY) is Stage.VOID
    assert world.ledger.entries == before


async def test_those_of_an_account_come_newest_first(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId
) -> None:
    younger = await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key("2")))
    assert [o.id for o in await opportunities.of_account(mina.account)] == [younger, sale]


async def test_the_newest_without_an_order_takes_the_next_order(
    opportunities: Opportunities, orders: OrderBook, shelf: CatalogShelf, mina: Registered, sale: OpportunityId
) -> None:
    younger = await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key("2")))
    found = await opportunities.open_for_order(mina.account, ProductType.INTERNET)
    assert found is not None
    assert found.id == younger
    assert await opportunities.open_for_order(mina.account, ProductType.SIM) is None
    await orders.ensure_order(Samples.draft(mina.account, await shelf.catalog(), opportunity=younger))
    found = await opportunities.open_for_order(mina.account, ProductType.INTERNET)
    assert found is not None
    assert found.id == sale


async def test_an_order_on_it_keeps_it_from_another_even_when_staff_move_it_back(
    opportunities: Opportunities,
    orders: OrderBook,
    shelf: CatalogShelf,
    mina: Registered,
    sale: OpportunityId,
    staff: StaffDesk,
) -> None:
    await orders.ensure_order(Samples.draft(mina.account, await shelf.catalog(), opportunity=sale))
    await staff.move_opportunity(sale, Stage.READY)
    assert await opportunities.open_for_order(mina.account, ProductType.INTERNET) is None


async def test_it_is_found_by_its_service(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId, world: World
) -> None:
    world.records.update("opportunity", sale, {"service": 4711})
    found = await opportunities.for_service(mina.account, ServiceId("4711"))
    assert found is not None
    assert (found.id, found.service) == (sale, "4711")
    assert await opportunities.for_service(mina.account, ServiceId("4712")) is None
    assert await opportunities.for_service(mina.account, ServiceId("none")) is None


@pytest.mark.parametrize("has_line", [True, False])
async def test_cancelling_writes_the_fields_and_opens_the_case(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId, world: World, has_line: bool
) -> None:
    await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    case = await opportunities.ensure_cancelling(sale, END, has_line, Samples.cancellation(mina, sale))
    before = world.ledger.entries
    assert await opportunities.ensure_cancelling(sale, END, has_line, Samples.cancellation(mina, sale)) == case
    assert world.ledger.entries == before
    found = await opportunities.find(sale)
    assert found is not None
    assert (found.stage, found.ends_at, found.notice_given) == (Stage.CANCELLING, END, True)
    assert found.kit is (Kit.NOT_YET if has_line else None)
    row = world.records.get("opportunity", sale)
    assert row is not None
    assert row["cancellation_notice"] == "有"


async def test_all_of_a_cancellation_or_none(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId, world: World
) -> None:
    await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    too_long = Samples.case(mina.account, mina.contact, subject="x" * 256)
    with pytest.raises(Rejected, match="STRING_TOO_LONG"):
        await opportunities.ensure_cancelling(sale, END, True, too_long)
    found = await opportunities.find(sale)
    assert found is not None
    assert (found.stage, found.ends_at, found.notice_given, found.kit) == (Stage.ACTIVE, None, False, None)
    assert world.records.find("case") == []


async def test_only_a_running_service_is_cancelled(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId
) -> None:
    with pytest.raises(Rejected, match="conflict"):
        await opportunities.ensure_cancelling(sale, END, True, Samples.cancellation(mina, sale))


async def test_undoing_clears_the_fields_and_closes_the_case(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId, staff: StaffDesk, world: World
) -> None:
    await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    new = Samples.cancellation(mina, sale)
    case = await opportunities.ensure_cancelling(sale, END, True, new)
    await staff.move_kit(sale, Kit.SENT)
    await opportunities.ensure_cancellation_undone(sale)
    before = world.ledger.entries
    await opportunities.ensure_cancellation_undone(sale)
    assert world.ledger.entries == before
    found = await opportunities.find(sale)
    assert found is not None
    # where the kit is, is for staff to say
    assert (found.stage, found.ends_at, found.notice_given, found.kit) == (Stage.ACTIVE, None, False, Kit.SENT)
    closed = world.records.get("case", case)
    assert closed is not None
    assert closed["status"] == "Closed"


async def test_what_is_over_is_not_undone(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId, staff: StaffDesk
) -> None:
    await staff.move_opportunity(sale, Stage.CANCELLED)
    await opportunities.ensure_cancellation_undone(sale)
    found = await opportunities.find(sale)
    assert found is not None
    assert found.stage is Stage.CANCELLED


async def test_stale_are_those_that_nothing_moved(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId, world: World
) -> None:
    world.clock.advance(timedelta(days=50))
    moved = await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key("2")))
    world.clock.advance(timedelta(days=45))
    assert [o.id for o in await opportunities.stale(world.clock.now() - timedelta(days=90))] == [sale]
    await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.READY)
    assert await opportunities.stale(world.clock.now() - timedelta(days=90)) == ()
    assert [o.id for o in await opportunities.stale(world.clock.now() - timedelta(days=40))] == [moved]


async def test_cancelling_are_those_whose_end_has_come(
    opportunities: Opportunities, mina: Registered, sale: OpportunityId
) -> None:
    await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    await opportunities.ensure_cancelling(sale, END, True, Samples.cancellation(mina, sale))
    assert await opportunities.cancelling(END) == ()
    assert [o.id for o in await opportunities.cancelling(END + timedelta(seconds=1))] == [sale]


async def test_what_is_not_there(opportunities: Opportunities) -> None:
    nothing = OpportunityId("006000000000000AAA")
    assert await opportunities.find(nothing) is None
    with pytest.raises(Rejected, match="NOT_FOUND"):
        await opportunities.ensure_stage(nothing, Stage.READY, Stage.VOID)


async def test_what_changed_is_listed_page_by_page(
    opportunities: Opportunities, mina: Registered, world: World, sale: OpportunityId
) -> None:
    made = [await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key(f"k{n}"))) for n in range(2)]
    world.clock.advance(timedelta(hours=1))
    later = world.clock.now()
    await opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.READY)
    assert [each.opportunity for each in await opportunities.changed(Samples.later(days=-1), None, 9)] == sorted(
        [sale, *made]
    )
    assert [each.opportunity for each in await opportunities.changed(Samples.later(days=-1), min(sale, *made), 1)] == [
        sorted([sale, *made])[1]
    ]
    [moved] = await opportunities.changed(later, None, 9)
    found = await opportunities.find(sale)
    assert found is not None
    assert (moved.opportunity, moved.account, moved.stage) == (sale, mina.account, Stage.READY)
    assert moved.changed_at == found.changed_at
