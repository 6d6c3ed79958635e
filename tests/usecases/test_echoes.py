"""Of what the portal wrote itself, nothing is read again because Salesforce tells of it (P-1, T-5)."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from core.domain.changes import owner_of
from core.domain.facts import OpportunityChanged, OrderChanged, learning
from core.domain.notice import NoticeType
from core.domain.opportunity import STAGE_SEEN
from core.domain.order import OrderStatus
from core.usecases.cancellation.learn_opportunity import NO_RULE
from tests.usecases.service_house import ServiceHouse, a_house
from tests.usecases.shop import VPN


@pytest.fixture
async def house(migrated_file: Path, tmp_path: Path) -> AsyncIterator[ServiceHouse]:
    async with a_house(migrated_file, tmp_path) as house:
        yield house


async def called(house: ServiceHouse) -> Counter[tuple[str, str]]:
    """What is asked of all systems until everything told is learned, but for what tells it."""
    before = Counter(house.world.calls)
    await house.settle()
    return Counter({each: n for each, n in (house.world.calls - before).items() if each[1] != "after"})


async def stages_seen(house: ServiceHouse, sale: str) -> list[tuple[str, str]]:
    async with house.store.reading() as shelves:
        lines = await shelves.audit.of_subject(sale, 20)
    return [(line.actor, line.details["stage"]) for line in lines if line.deed == STAGE_SEEN]


async def test_an_order_that_the_portal_placed_is_not_read(house: ServiceHouse) -> None:
    mina = await house.customer()
    await house.settle()
    order = await house.ordered(mina, VPN)
    sale = await house.sale_of(order)
    assert await called(house) == Counter()
    assert {type(fact) for fact in house.heard} >= {OrderChanged, OpportunityChanged}
    assert await stages_seen(house, sale.id) == [("portal", "Post Processing")]
    assert await house.catch_up() == 0


async def test_nor_is_one_that_it_completed(house: ServiceHouse) -> None:
    mina = await house.customer()
    order = await house.ordered(mina, VPN)
    await house.settle()
    await house.staff.approve_order(order)
    await house.hear()
    assert await house.runner.quiet(10)
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    told = len(house.heard)
    # what billing tells of its service looks for its sale
    assert {of for system, of in await called(house) if system == "salesforce"} <= {"for_service"}
    assert len(house.heard) >= told + 2
    assert await stages_seen(house, (await house.sale_of(order)).id) == [
        ("portal", "Active"),
        ("portal", "Post Processing"),
    ]
    assert await house.catch_up() == 0
    assert len(house.told_of(NoticeType.ORDER_APPROVED)) == len(house.told_of(NoticeType.ORDER_ACTIVATED)) == 1


async def test_an_approval_that_was_never_heard_is_told_by_the_echo_of_what_it_led_to(house: ServiceHouse) -> None:
    order = await house.ordered(await house.customer(), VPN)
    await house.settle()
    house.fail("*", "*", "lost_event")
    await house.staff.approve_order(order)
    house.world.faults.clear()
    await house.start()(order)
    assert await house.runner.quiet(10)
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED
    assert len(house.told_of(NoticeType.ORDER_APPROVED)) == 1


async def test_an_order_at_which_the_orgs_own_flow_went_on_is_read(house: ServiceHouse) -> None:
    """The origin of a change is that of its transaction, whoever wrote in it."""
    order = await house.ordered(await house.customer(), VPN)
    await house.settle()
    house.world.records.update("order", order, {"status": "Approved"}, by="portal")
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED


@pytest.mark.parametrize("kind", [OrderChanged, OpportunityChanged])
async def test_an_echo_that_comes_after_what_followed_it_takes_nothing_back(
    house: ServiceHouse, kind: type[OrderChanged] | type[OpportunityChanged]
) -> None:
    order = await house.ordered(await house.customer(), VPN)
    sale = await house.sale_of(order)
    late = [fact for fact in await house.hear() if isinstance(fact, kind)][-1]
    assert late.changed_at is not None
    house.clock.advance(timedelta(minutes=1))
    house.world.records.update("order", order, {"cancel_message": "Looked at."}, by="staff")
    house.world.records.update("opportunity", sale.id, {"name": "Looked at"}, by="staff")
    await house.settle()
    await house.runner.start(learning(msgspec.structs.replace(late, id="late")))
    await house.settle()
    assert await stages_seen(house, sale.id) == [("portal", "Post Processing")]
    assert await house.catch_up() == 0


async def test_a_sale_where_no_rule_leads_is_reported_although_the_write_was_the_portals(house: ServiceHouse) -> None:
    order = await house.ordered(await house.customer(), VPN)
    sale = await house.sale_of(order)
    await house.settle()
    house.world.records.update("opportunity", sale.id, {"stage": "Introduction"}, by="portal")
    await house.settle()
    assert (NO_RULE, sale.id) in house.raised.alarms


async def test_an_echo_of_a_detail_leaves_what_staff_changed_unheard_to_be_found(house: ServiceHouse) -> None:
    order = await house.ordered(await house.customer(), VPN)
    await house.settle()
    house.fail("*", "*", "lost_event")
    await house.staff.approve_order(order)
    house.world.faults.clear()
    house.world.records.update("order", order, {"error_message": "Noted."}, by="portal")
    assert await called(house) == Counter()
    assert await house.catch_up() == 1
    await house.settle()
    assert (await house.order_of(order)).status is OrderStatus.COMPLETED


async def test_after_a_detail_of_its_own_an_order_is_looked_for_by_nobody(house: ServiceHouse) -> None:
    order = await house.ordered(await house.customer(), VPN)
    sale = await house.sale_of(order)
    house.clock.advance(timedelta(seconds=1))
    # as where an order's lines are summed up on it a second later
    house.world.records.update("order", order, {"error_message": "Noted."}, by="portal")
    house.world.records.update("opportunity", sale.id, {"name": "Noted"}, by="portal")
    await house.settle()
    assert await house.catch_up() == 0
    house.clock.advance(timedelta(seconds=1))
    house.world.records.update("order", order, {"error_message": "Noted again."}, by="portal")
    house.world.records.update("opportunity", sale.id, {"name": "Noted again"}, by="portal")
    await house.settle()
    assert await house.catch_up() == 0


@pytest.mark.parametrize("kind", [OrderChanged, OpportunityChanged])
async def test_an_echo_changes_nothing_about_whose_it_is(
    house: ServiceHouse, kind: type[OrderChanged] | type[OpportunityChanged]
) -> None:
    """Who is asked whose a record is may remember what was so before staff moved it."""
    order = await house.ordered(await house.customer(), VPN)
    record = order if kind is OrderChanged else (await house.sale_of(order)).id
    late = [fact for fact in await house.hear() if isinstance(fact, kind)][-1]
    assert await house.runner.quiet(10)
    async with house.store.begin() as shelves:
        await shelves.facts.learn(owner_of(record), "another's")
    await house.runner.start(learning(msgspec.structs.replace(late, id="again")))
    assert await house.runner.quiet(10)
    async with house.store.reading() as shelves:
        assert await shelves.facts.learned([owner_of(record)]) == {owner_of(record): "another's"}
