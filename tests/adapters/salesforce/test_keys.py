"""Where the org has no unique field for request keys, each key is looked for before anything is made under it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.catalog import Catalog
from core.domain.opportunity import Stage
from ports.customer_registry import Registered
from ports.errors import Unavailable
from tests.contracts.samples import Samples
from tests.contracts.wired import Struck, wired, without, writes
from tests.worlds import a_world


class Counting(Struck):
    """A way that counts writes, and on which the answers to some are lost."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.lost = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_write = "/oauth2/" not in request.url.path and writes(request)
        self.writes += is_write
        response = await super().handle_async_request(request)
        if is_write and self.lost:
            self.lost -= 1
            await response.aclose()
            raise httpx.ReadTimeout("silent", request=request)
        return response


@pytest.fixture
def way() -> Counting:
    return Counting()


KEY = "Portal_Request_Key__c"
NO_KEYS = {f"{table}.key": "" for table in ("account", "contact", "opportunity", "order", "order_line", "case")}
ORGS: dict[str, dict[str, Any]] = {
    "unique": {},
    "of any text": {"keys_are_unique": False},
    "none": {"org": without(KEY), "names": NO_KEYS},
}


@pytest.fixture(params=ORGS)
async def ports(request: pytest.FixtureRequest, world: World, way: Counting) -> AsyncIterator[SalesforcePorts]:
    async with wired(world, way, **ORGS[request.param]) as (ports, _):
        yield ports


@pytest.fixture
def world() -> World:
    return a_world()


Making = Callable[[SalesforcePorts, Registered, Catalog], Awaitable[Any]]
MAKING: dict[str, tuple[Making, str]] = {
    "order": (lambda ports, who, shelf: ports.order_book.ensure_order(Samples.draft(who.account, shelf)), "order"),
    "check": (lambda ports, who, _: ports.eligibility_desk.ensure_check(Samples.check(who), None), "case"),
    "case": (lambda ports, who, _: ports.support_desk.ensure_case(Samples.case(who.account, who.contact)), "case"),
    "sale": (lambda ports, who, _: ports.opportunities.ensure(Samples.opportunity(who.account)), "opportunity"),
    "document": (
        lambda ports, who, _: ports.identity_desk.ensure_document(Samples.key("c"), who.account, Samples.document()),
        "document_version",
    ),
    "customer": (
        lambda ports, *_: ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer()),
        "account",
    ),
}


@pytest.mark.parametrize("name", MAKING)
async def test_what_is_there_is_not_written_again(
    ports: SalesforcePorts, world: World, way: Counting, name: str
) -> None:
    mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    shelf = await ports.catalog_shelf.catalog()
    make, table = MAKING[name]
    first = await make(ports, mina, shelf)
    before, way.writes = world.ledger.entries, 0
    assert await make(ports, mina, shelf) == first
    assert world.ledger.entries == before
    assert len(world.records.find(table)) == 1
    if not ports.org.keys_are_unique:
        assert way.writes == 0


@pytest.mark.parametrize("name", MAKING)
async def test_a_lost_answer_makes_nothing_twice(
    ports: SalesforcePorts, world: World, way: Counting, name: str
) -> None:
    make, table = MAKING[name]
    mina = Samples.customer()
    made: Any = None
    if name != "customer":
        made = await ports.customer_registry.ensure_customer(Samples.key("mina"), mina)
    shelf = await ports.catalog_shelf.catalog()
    way.lost = 1
    if ports.org.keys_are_unique:
        await make(ports, made, shelf)  # sent again at once, since the key tells whether it arrived
    else:
        with pytest.raises(Unavailable) as lost:
            await make(ports, made, shelf)
        assert lost.value.outcome_unknown
        way.writes = 0
        await make(ports, made, shelf)
        assert way.writes == 0
    assert len(world.records.find(table)) == 1


async def test_a_cancellation_is_asked_for_once(ports: SalesforcePorts, world: World, way: Counting) -> None:
    mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    sale = await ports.opportunities.ensure(Samples.opportunity(mina.account))
    await ports.opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    cases = {
        await ports.opportunities.ensure_cancelling(
            sale, Samples.later(days=40), True, Samples.cancellation(mina, sale)
        )
        for _ in range(2)
    }
    assert len(cases) == len(world.records.find("case")) == 1
