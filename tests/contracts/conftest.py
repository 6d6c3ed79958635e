"""One world, every port on it: bound in this process, as another process would have it, and over the wire.

A binding to the real systems is another word in BINDINGS; the suites stay as they are.
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
from tests.contracts.samples import Samples
from tests.contracts.wired import wire_of
from tests.contracts.wired_whmcs import whmcs_of
from tests.worlds import a_world

BINDINGS = ("fake", "remote")
OF_SALESFORCE = (*BINDINGS, "wire")
"""Where there is a real adapter, whose org is over the same world."""
OF_BILLING = (*BINDINGS, "whmcs")
"""And where it is the one to WHMCS."""
HAVE_ADAPTERS = {"test_salesforce_": OF_SALESFORCE, "test_billing_": OF_BILLING}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bound" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        found = next((words for start, words in HAVE_ADAPTERS.items() if module.startswith(start)), BINDINGS)
        metafunc.parametrize("bound", found, indirect=True)


@pytest.fixture
def world() -> Iterator[World]:
    """A world with a stocked catalog and nobody in it."""
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def bound(request: pytest.FixtureRequest, world: World) -> AsyncIterator[WorldBindings]:
    """Every role of the world, bound one way after the other."""
    if request.param == "fake":
        yield bind_world(world)
    elif request.param == "remote":
        async with remote_of(world) as bindings:
            yield bindings
    else:
        async with (wire_of if request.param == "wire" else whmcs_of)(world) as bindings:
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
