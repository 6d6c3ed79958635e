"""One world, every port on it: bound in this process, as another process would have it, and over the wire.

Against a live org or WHMCS, on request, its suites run on nothing else (`live.py`, `live_whmcs.py`).
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

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
from tests.contracts import live, live_whmcs
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
LIVING = {"salesforce": live, "billing": live_whmcs}
"""What is asked for of each suite's live system."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bound" in metafunc.fixturenames:
        metafunc.parametrize("bound", _bindings(suite_of(metafunc.module)), indirect=True)


def suite_of(module: Any) -> str:
    """Which system a module's tests are about: test_<system>_….py."""
    return str(module.__name__.rpartition(".")[2].split("_")[1])


def _bindings(suite: str) -> tuple[str, ...]:
    asked = [name for name, system in LIVING.items() if system.is_asked()]
    if asked:
        return (LIVE,) if suite in asked else ()
    return (*BINDINGS, ADAPTERS[suite]) if suite in ADAPTERS else BINDINGS


@pytest.fixture
def world() -> Iterator[World]:
    """A world with a stocked catalog and nobody in it; a live system has none to look into."""
    for system in LIVING.values():
        if system.is_asked():
            pytest.skip(system.WHY_NOT)
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def bound(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Every role of the world, bound one way after the other."""
    if request.param == LIVE:
        system = LIVING[suite_of(request.module)]
        async with system.live(system.named()) as ports:
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
