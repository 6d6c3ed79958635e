"""What Salesforce does when nobody waits for its answer any more is found, and not done again (T-1)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest
from msgspec.structs import replace

from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.support import ContactMessage
from ports.errors import Unavailable
from tests.adapters.salesforce.test_keys import KEY, NO_KEYS
from tests.contracts.samples import Samples
from tests.contracts.wired import QUICK, wired, without
from tests.worlds import a_world

ANSWER: Final = 0.3
LATE: Final = 0.5
PATIENCE: Final = replace(QUICK, answer=ANSWER, settle=0.4)
"""What is late came about before both are over."""
MESSAGE: Final = ContactMessage(
    key=Samples.key("lead"), email=Samples.mail("visitor"), name="Ana García", subject="Sapporo", message="I am moving."
)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
async def house(world: World) -> AsyncIterator[tuple[SalesforcePorts, SalesforceServer]]:
    async with wired(world, patience=PATIENCE) as wire:
        yield wire


async def asked_again(ask: Callable[[], Awaitable[object]]) -> None:
    """As durable work does, at once."""
    with pytest.raises(Unavailable):
        await ask()
    await ask()


async def test_a_lead_that_comes_late_is_the_one(world: World, house: tuple[SalesforcePorts, SalesforceServer]) -> None:
    ports, salesforce = house
    salesforce.switches.switch(WireFault.SLOW, "create Lead", times=1, milliseconds=int(LATE * 1000))
    await asked_again(lambda: ports.support_desk.ensure_lead(MESSAGE))
    await asyncio.sleep(LATE)
    assert len(world.records.find("lead")) == 1


async def test_a_remark_that_comes_late_is_the_one(
    world: World, house: tuple[SalesforcePorts, SalesforceServer]
) -> None:
    ports, salesforce = house
    mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    case = await ports.support_desk.ensure_case(Samples.case(mina.account, mina.contact))
    salesforce.switches.switch(WireFault.SLOW, "create CaseComment", times=1, milliseconds=int(LATE * 1000))
    await asked_again(lambda: ports.support_desk.ensure_comment(Samples.key("remark"), case, "Any news?"))
    await asyncio.sleep(LATE)
    assert len(world.records.find("case_comment")) == 1


async def test_a_case_that_comes_late_is_the_one_without_keys(world: World) -> None:
    async with wired(world, patience=PATIENCE, org=without(KEY), names=NO_KEYS) as (ports, salesforce):
        mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
        salesforce.switches.switch(WireFault.SLOW, "create Case", times=1, milliseconds=int(LATE * 1000))
        await asked_again(lambda: ports.support_desk.ensure_case(Samples.case(mina.account, mina.contact)))
        await asyncio.sleep(LATE)
    assert len(world.records.find("case")) == 1


async def test_an_order_that_comes_late_is_the_one_without_keys(world: World) -> None:
    async with wired(world, patience=PATIENCE, org=without(KEY), names=NO_KEYS) as (ports, salesforce):
        mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
        shelf = await ports.catalog_shelf.catalog()
        draft = Samples.draft(mina.account, shelf, placed_at=world.clock.now())
        # the first one learns the org's own ids
        salesforce.switches.switch(WireFault.SLOW, "composite", times=1, after=1, milliseconds=int(LATE * 1000))
        await asked_again(lambda: ports.order_book.ensure_order(draft))
        await asyncio.sleep(LATE)
    assert len(world.records.find("order")) == 1
