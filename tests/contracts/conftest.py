"""One world, every port on it: bound in this process, as another process would have it, and over the wire.

Against a live org, on request, the same suites run on nothing but the org (`tests/contracts/live.py`).
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.remote import remote_of
from adapters.fakes.world import World
from ports.catalog_shelf import CatalogShelf
from ports.customer_registry import CustomerRegistry, Registered
from ports.eligibility_desk import EligibilityDesk
from ports.facts import FactStream
from ports.identity_desk import IdentityDesk
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.support_desk import SupportDesk
from tests.contracts import live
from tests.contracts.partnered import partners_of
from tests.contracts.samples import Samples
from tests.contracts.wired import wire_of
from tests.contracts.wired_whmcs import whmcs_of
from tests.worlds import a_world

BINDINGS = ("fake", "remote")
ADAPTERS = {"salesforce": "wire", "billing": "whmcs", "partners": "partners"}
"""The binding of each suite's own adapter, whose other end is over the same world."""
OVER_THE_WIRE = {"wire": wire_of, "whmcs": whmcs_of, "partners": partners_of}
LIVE = "live"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bound" in metafunc.fixturenames:
        suite = metafunc.module.__name__.rpartition(".")[2].split("_")[1]
        metafunc.parametrize("bound", _bindings(suite), indirect=True)


def _bindings(suite: str) -> tuple[str, ...]:
    if live.is_asked():
        return (LIVE,) if suite == "salesforce" else ()
    return (*BINDINGS, ADAPTERS[suite]) if suite in ADAPTERS else BINDINGS


@pytest.fixture
def world() -> Iterator[World]:
    """A world with a stocked catalog and nobody in it; a live org has none to look into."""
    if live.is_asked():
        pytest.skip(live.WHY_NOT)
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def bound(request: pytest.FixtureRequest) -> AsyncIterator[WorldBindings | live.LiveBindings]:
    """Every role of the world, bound one way after the other."""
    if request.param == LIVE:
        async with live.live(live.named_org()) as ports:
            yield ports
        return
    world = request.getfixturevalue("world")
    if request.param == "fake":
        yield bind_world(world)
    elif request.param == "remote":
        async with remote_of(world) as bindings:
            yield bindings
    else:
        async with OVER_THE_WIRE[request.param](world) as bindings:
            yield bindings


@pytest.fixture
def shelf(bound: WorldBindings) -> CatalogShelf:
    return bound.catalog_shelf


@pytest.fixture
def registry(bound: WorldBindings) -> CustomerRegistry:
    return bound.customer_registry


@pytest.fixture
def eligibility(bound: WorldBindings) -> EligibilityDesk:
    return bound.eligibility_desk


@pytest.fixture
def identity(bound: WorldBindings) -> IdentityDesk:
    return bound.identity_desk


@pytest.fixture
def opportunities(bound: WorldBindings) -> Opportunities:
    return bound.opportunities


@pytest.fixture
def orders(bound: WorldBindings) -> OrderBook:
    return bound.order_book


@pytest.fixture
def support(bound: WorldBindings) -> SupportDesk:
    return bound.support_desk


@pytest.fixture
def stream(bound: WorldBindings) -> FactStream:
    return bound.fact_stream


@pytest.fixture
def staff(bound: WorldBindings) -> StaffDesk:
    return bound.staff_desk


@pytest.fixture
async def mina(registry: CustomerRegistry) -> Registered:
    """A customer of ours."""
    return await registry.ensure_customer(Samples.key("mina"), Samples.customer())
