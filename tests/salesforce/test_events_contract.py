"""The promises of the stream of facts, kept over Salesforce's own events."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace as ServerPace
from adapters.fakes.world import World
from ports.customer_registry import CustomerRegistry, Registered
from ports.errors import Rejected, Unavailable
from ports.facts import FactStream
from tests.contracts.conftest import (  # noqa: F401 - fixtures
    eligibility,
    identity,
    mina,
    opportunities,
    orders,
    registry,
    shelf,
    staff,
    world,
)
from tests.contracts.test_salesforce_fact_stream import *  # noqa: F403
from tests.contracts.test_salesforce_fact_stream import news, now
from tests.salesforce.events_house import EventsHouse, events_house, until_well
from tests.wire.salesforce.pubsub_house import (
    one_loop,  # noqa: F401 - fixture
    topics_of,
)

TOPICS = topics_of("Account", "Contact", "Opportunity", "Order", "Product2", "PricebookEntry")


@pytest.fixture
def bound(world: World) -> WorldBindings:  # noqa: F811
    """Every other role straight on the world."""
    return bind_world(world)


@pytest.fixture
async def house(world: World) -> AsyncIterator[EventsHouse]:  # noqa: F811
    async with events_house(TOPICS, world=world, pace=ServerPace(keepalive=0.02)) as house:
        yield house


@pytest.fixture
def stream(house: EventsHouse) -> FactStream:
    return house.ear().stream


# --- kept in another way ---------------------------------------------------------------------------------------------
async def test_facts_are_kept_for_72_hours(house: EventsHouse, mina: Registered, staff: StaffDesk) -> None:  # noqa: F811
    """What came stays with the reader; who begins anew finds what Salesforce still has."""
    before = await now(house.ear().stream)
    await staff.bar_account(mina.account)
    house.world.clock.advance(timedelta(hours=71))
    assert len((await news(house.ear().stream, before))[0]) == 1
    house.world.clock.advance(timedelta(hours=2))
    late = house.ear().stream
    with pytest.raises(Rejected, match="position_lost"):
        await late.after(before, 5)
    facts, position = await news(late, None)
    assert facts == []
    await staff.bar_account(mina.account, barred=False)
    assert len((await news(late, position))[0]) == 1


async def test_a_lost_event_is_not_told_and_a_doubled_one_once(
    stream: FactStream,
    mina: Registered,  # noqa: F811
    staff: StaffDesk,  # noqa: F811
    world: World,  # noqa: F811
) -> None:
    """Both of a doubled event have one id, so that within a batch the fact is told once."""
    position = await now(stream)
    world.faults.switch("salesforce", "AccountChanged", "lost_event", times=1)
    await staff.bar_account(mina.account)
    assert (await news(stream, position))[0] == []
    world.faults.switch("salesforce", "*", "duplicate_event", times=1)
    await staff.bar_account(mina.account, barred=False)
    await staff.bar_account(mina.account)
    assert len((await news(stream, position))[0]) == 2


async def test_the_stream_can_be_down_while_salesforce_is_well(
    stream: FactStream,
    registry: CustomerRegistry,  # noqa: F811
    mina: Registered,  # noqa: F811
    world: World,  # noqa: F811
) -> None:
    """It is down once it could not be taken up again, not when it was cut."""
    position = await now(stream)
    world.faults.switch("stream", "after", "unavailable")
    with pytest.raises(Unavailable):
        await stream.after(position, 0.5)
    assert await registry.profile(mina.account) is not None
    world.faults.clear("stream")
    await until_well(stream, position)
    assert await news(stream, position) == ([], position)


del test_a_lost_event_is_not_told_and_a_doubled_one_twice  # noqa: F821
