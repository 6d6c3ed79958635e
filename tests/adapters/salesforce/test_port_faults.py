"""What goes wrong for a moment on the wire is nothing to whoever uses a port; what is refused is refused whole."""

from collections.abc import AsyncIterator

import pytest

from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.account import Phone
from core.domain.catalog import Catalog
from core.domain.ids import CustomerNumber
from core.domain.opportunity import Stage
from core.domain.support import ContactMessage
from ports.customer_registry import ContactDetails, Registered
from ports.errors import Rejected, Unavailable
from tests.contracts.samples import Samples
from tests.contracts.wired import wired
from tests.worlds import a_world

PASSING = (WireFault.EXPIRED, WireFault.LOCK_ROW, WireFault.UNAVAILABLE, WireFault.INTERNAL, WireFault.BUSY)
Org = tuple[SalesforcePorts, SalesforceServer]


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
async def org(world: World) -> AsyncIterator[Org]:
    async with wired(world) as (ports, salesforce):
        yield ports, salesforce


@pytest.fixture
async def mina(org: Org) -> Registered:
    return await org[0].customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())


@pytest.fixture
async def catalog(org: Org) -> Catalog:
    return await org[0].catalog_shelf.catalog()


@pytest.mark.parametrize("fault", PASSING)
async def test_what_passes_is_waited_out(
    org: Org, mina: Registered, catalog: Catalog, world: World, fault: WireFault
) -> None:
    ports, salesforce = org
    sale = await ports.opportunities.ensure(Samples.opportunity(mina.account))
    await ports.org.look_round()
    salesforce.switches.switch(fault, times=1)
    placed = await ports.order_book.ensure_order(Samples.draft(mina.account, catalog, opportunity=sale))
    salesforce.switches.switch(fault, times=1)
    assert await ports.opportunities.ensure_stage(sale, Stage.POST_PROCESSING, Stage.PENDING) is Stage.PENDING
    salesforce.switches.switch(fault, times=1)
    assert await ports.opportunities.find(sale) is not None
    assert [order["id"] for order in world.records.find("order")] == [placed.order]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(WireFault.BLOCKED, "DUPLICATES_DETECTED"), (WireFault.RULE, "FIELD_CUSTOM_VALIDATION_EXCEPTION")],
)
async def test_what_the_operators_own_rules_refuse_is_refused_whole(
    org: Org, mina: Registered, catalog: Catalog, world: World, fault: WireFault, code: str
) -> None:
    ports, salesforce = org
    await ports.org.look_round()
    before = world.ledger.entries
    salesforce.switches.switch(fault)
    with pytest.raises(Rejected) as refused:
        await ports.order_book.ensure_order(Samples.draft(mina.account, catalog))
    assert refused.value.code == code
    assert world.ledger.entries == before


async def test_a_duplicate_rule_that_alerts_keeps_nothing_from_being_written(
    org: Org, mina: Registered, world: World
) -> None:
    ports, salesforce = org
    salesforce.switches.switch(WireFault.DUPLICATES)
    made = await ports.customer_registry.ensure_customer(
        Samples.key("other"), Samples.customer(number=CustomerNumber("P1000009"), email="other@example.jp")
    )
    lead = await ports.support_desk.ensure_lead(
        ContactMessage(
            key=Samples.key("lead"), name="Mina", email="mina@example.jp", phone=None, subject="Hello", message="Hello"
        )
    )
    await ports.customer_registry.save_details(mina.account, ContactDetails(phone=Phone("81", "8011112222")))
    assert world.records.get("account", made.account) and world.records.get("contact", made.contact)
    assert [row["id"] for row in world.records.find("lead")] == [lead]


async def test_a_day_without_calls_is_nobodys_refusal(org: Org, mina: Registered) -> None:
    ports, salesforce = org
    salesforce.switches.switch(WireFault.LIMIT)
    with pytest.raises(Unavailable) as fault:
        await ports.customer_registry.profile(mina.account)
    assert fault.value.outcome_unknown is False
