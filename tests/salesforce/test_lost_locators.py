"""The portal's own listings over several pages, where the org forgets at each of them what is left (T-5)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from adapters.fakes.wire.salesforce.querying import SMALLEST_PAGE
from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from ports.errors import Unavailable
from tests.contracts.org import Org
from tests.contracts.wired import wired
from tests.worlds import a_world

MANY = 2 * SMALLEST_PAGE + 1
LATER_PAGES = "query more"
Listing = Callable[[], Awaitable[Sequence[str]]]
Shelves = tuple[World, SalesforcePorts, SalesforceServer]


@pytest.fixture
async def org() -> AsyncIterator[Shelves]:
    world = a_world()
    try:
        filled(world)
        async with wired(world, page_size=SMALLEST_PAGE) as (ports, salesforce):
            yield world, ports, salesforce
    finally:
        world.close()


def filled(world: World) -> None:
    """So many accounts, each with a sale and an order, that none fits into two pages."""
    its = Org(world.records)
    make = world.records.create
    for n in range(MANY):
        account = make("account", its.good("account", number=f"P2{n:06}"))
        make("contact", its.good("contact", account=account, email=f"m{n}@example.jp"))
        sale = make("opportunity", its.good("opportunity", account=account))
        make("order", its.good("order", account=account, opportunity=sale))


def listings(world: World, ports: SalesforcePorts) -> dict[str, Listing]:
    """What the portal lists of all customers, each by the ids in it."""
    since = world.clock.now() - timedelta(days=1)
    most = 10 * MANY

    async def accounts() -> Sequence[str]:
        return [each.account for each in await ports.customer_registry.changed(since, None, most)]

    async def every_account() -> Sequence[str]:
        return [each.account for each in await ports.customer_registry.all_accounts(None, most)]

    async def sales() -> Sequence[str]:
        return [each.opportunity for each in await ports.opportunities.changed(since, None, most)]

    async def orders() -> Sequence[str]:
        return [each.order for each in await ports.order_book.changed(since, None, most)]

    return {"accounts": accounts, "every account": every_account, "sales": sales, "orders": orders}


@pytest.mark.parametrize("what", ["accounts", "every account", "sales", "orders"])
async def test_a_listing_is_whole_though_a_place_is_lost_at_any_page(org: Shelves, what: str) -> None:
    world, ports, salesforce = org
    listed = listings(world, ports)[what]
    whole = await listed()
    pages = salesforce.calls[LATER_PAGES]
    assert len(set(whole)) == len(whole) >= MANY
    assert pages >= 2
    for after in range(pages):
        before = salesforce.calls[LATER_PAGES]
        salesforce.switches.switch(WireFault.LOST_LOCATOR, LATER_PAGES, times=1, after=after)
        assert await listed() == whole
        # up to the page that was lost, and all of them once more
        assert salesforce.calls[LATER_PAGES] - before == after + 1 + pages


@pytest.mark.parametrize("what", ["accounts", "every account", "sales", "orders"])
async def test_a_listing_whose_place_is_always_lost_is_not_told_in_part(org: Shelves, what: str) -> None:
    world, ports, salesforce = org
    salesforce.switches.switch(WireFault.LOST_LOCATOR, LATER_PAGES)
    with pytest.raises(Unavailable, match="INVALID_QUERY_LOCATOR") as lost:
        await listings(world, ports)[what]()
    assert not lost.value.outcome_unknown
