"""What the stream of facts promises (T-5)."""

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import (
    AccountChanged,
    AnyFact,
    CatalogChanged,
    EligibilityChanged,
    IdentityChanged,
    OpportunityChanged,
    OrderChanged,
)
from core.domain.identity import IdStatus
from core.domain.ids import ClientId
from core.domain.opportunity import Stage
from ports.catalog_shelf import CatalogShelf
from ports.customer_registry import CustomerRegistry, Registered
from ports.eligibility_desk import EligibilityDesk
from ports.errors import Rejected, Unavailable
from ports.facts import FactStream
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from tests.contracts.samples import AT, Samples


async def news(stream: FactStream, position: str | None) -> tuple[list[AnyFact], str]:
    batch = await stream.after(position, 0)
    return list(batch.facts), batch.position


async def now(stream: FactStream) -> str:
    position = None
    while (batch := await stream.after(position, 0)).facts:
        position = batch.position
    return batch.position


async def test_each_change_is_told_once_in_order(
    stream: FactStream, mina: Registered, staff: StaffDesk, opportunities: Opportunities
) -> None:
    sale = await opportunities.ensure(Samples.opportunity(mina.account))
    position = await now(stream)
    await staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")
    await staff.correct_id(mina.account, IdStatus.NOT_SUBMITTED)
    await staff.move_opportunity(sale, Stage.READY)
    await staff.bar_account(mina.account)
    await staff.change_price("VPN-LONDON", 2_700)
    await staff.deactivate_product("VPN-LONDON")
    facts, position = await news(stream, position)
    assert [type(fact) for fact in facts] == [
        EligibilityChanged,
        IdentityChanged,
        OpportunityChanged,
        AccountChanged,
        CatalogChanged,
        CatalogChanged,
    ]
    assert {fact.account for fact in facts if hasattr(fact, "account")} == {mina.account}
    assert not any(fact.own for fact in facts)
    assert len({fact.id for fact in facts}) == len(facts)
    assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)
    assert await news(stream, position) == ([], position)


async def test_the_portals_own_writes_are_told_as_its_own(
    stream: FactStream,
    mina: Registered,
    registry: CustomerRegistry,
    eligibility: EligibilityDesk,
    identity: IdentityDesk,
    orders: OrderBook,
    shelf: CatalogShelf,
) -> None:
    position = await now(stream)
    await registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)
    opened = await eligibility.ensure_check(Samples.check(mina), None)
    document = await identity.ensure_document(Samples.key("card"), mina.account, Samples.document())
    await identity.ensure_submitted(mina.account, document, AT)
    draft = Samples.draft(mina.account, await shelf.catalog(), opportunity=opened.opportunity)
    await orders.ensure_order(draft)
    facts, _ = await news(stream, position)
    assert [type(fact) for fact in facts] == [
        AccountChanged,
        OpportunityChanged,
        EligibilityChanged,
        IdentityChanged,
        OpportunityChanged,
        OrderChanged,
    ]
    assert all(fact.own for fact in facts)


async def test_a_sign_in_is_no_news(stream: FactStream, mina: Registered, registry: CustomerRegistry) -> None:
    position = await now(stream)
    await registry.note_sign_in(mina.account, AT)
    assert await news(stream, position) == ([], position)


async def test_what_is_refused_is_not_told(stream: FactStream, mina: Registered, eligibility: EligibilityDesk) -> None:
    position = await now(stream)
    with pytest.raises(Rejected):
        await eligibility.ensure_check(Samples.check(mina, note="x" * 40_000), None)
    assert await news(stream, position) == ([], position)


async def test_a_reader_waits_for_the_first(stream: FactStream, mina: Registered, staff: StaffDesk) -> None:
    position = await now(stream)
    waiting = asyncio.ensure_future(stream.after(position, 5))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    began = monotonic()
    await staff.bar_account(mina.account)
    batch = await waiting
    assert [type(fact) for fact in batch.facts] == [AccountChanged]
    assert monotonic() - began < 1


async def test_a_reader_waits_no_longer_than_told(stream: FactStream, mina: Registered) -> None:
    position = await now(stream)
    began = monotonic()
    assert await stream.after(position, 0.1) == await stream.after(position, 0)
    assert 0.09 <= monotonic() - began < 1


async def test_two_readers_get_the_same(stream: FactStream, mina: Registered, staff: StaffDesk) -> None:
    position = await now(stream)
    waiting = [asyncio.ensure_future(stream.after(position, 5)) for _ in range(2)]
    await asyncio.sleep(0.02)
    await staff.bar_account(mina.account)
    first, second = await asyncio.gather(*waiting)
    assert first == second
    assert len(first.facts) == 1


async def test_a_long_backlog_comes_in_batches(
    stream: FactStream, mina: Registered, opportunities: Opportunities
) -> None:
    position = await now(stream)
    for number in range(230):
        await opportunities.ensure(Samples.opportunity(mina.account, key=Samples.key(str(number))))
    seen: list[AnyFact] = []
    while True:
        facts, position = await news(stream, position)
        if not facts:
            break
        seen += facts
    assert len({fact.id for fact in seen}) == len(seen) == 230


async def test_facts_are_kept_for_72_hours(
    stream: FactStream, mina: Registered, staff: StaffDesk, world: World
) -> None:
    before = await now(stream)
    await staff.bar_account(mina.account)
    world.clock.advance(timedelta(hours=71))
    assert len((await news(stream, before))[0]) == 1
    world.clock.advance(timedelta(hours=2))
    with pytest.raises(Rejected, match="position_lost"):
        await stream.after(before, 0)
    facts, position = await news(stream, None)
    assert facts == []
    await staff.bar_account(mina.account, barred=False)
    assert len((await news(stream, position))[0]) == 1


@pytest.mark.parametrize("position", ["", "x", "world.", "world.ffffffffff", "other.0000000000", "world.-1"])
async def test_a_position_of_nowhere_is_lost(stream: FactStream, position: str) -> None:
    with pytest.raises(Rejected, match="position_lost"):
        await stream.after(position, 0)


async def test_a_lost_event_is_not_told_and_a_doubled_one_twice(
    stream: FactStream, mina: Registered, staff: StaffDesk, world: World
) -> None:
    position = await now(stream)
    world.faults.switch("salesforce", "AccountChanged", "lost_event", times=1)
    await staff.bar_account(mina.account)
    assert (await news(stream, position))[0] == []
    world.faults.switch("salesforce", "*", "duplicate_event", times=1)
    await staff.bar_account(mina.account, barred=False)
    await staff.bar_account(mina.account)
    facts, _ = await news(stream, position)
    assert len(facts) == 3
    assert facts[0] == facts[1] != facts[2]


async def test_the_stream_can_be_down_while_salesforce_is_well(
    stream: FactStream, registry: CustomerRegistry, mina: Registered, world: World
) -> None:
    position = await now(stream)
    world.faults.switch("stream", "after", "unavailable", times=1)
    with pytest.raises(Unavailable):
        await stream.after(position, 0)
    assert await registry.profile(mina.account) is not None
    assert await news(stream, position) == ([], position)
