"""What the link to WHMCS makes of the catalog."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from adapters.fakes.bindings import bind_world
from adapters.fakes.world import World
from adapters.system.cached_catalog import CachedCatalogShelf
from adapters.system.cached_desks import DroppedReadings
from core.domain.catalog import ProductType
from genkan.whmcs import ProductLines
from tests.worlds import a_world

LINES = {"101": ProductType.INTERNET, "201": ProductType.SIM}
# 113 is a fee of the plan 101, and 999 was never in the catalog
ASKED = ["101", "113", "201", "999"]


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
def readings() -> DroppedReadings:
    return DroppedReadings()


@pytest.fixture
def lines(world: World, readings: DroppedReadings) -> ProductLines:
    shelf = CachedCatalogShelf(bind_world(world).catalog_shelf, world.clock, readings)
    return ProductLines(lambda: shelf)


async def test_product_lines_are_those_of_plans_and_outlive_an_outage(
    world: World, readings: DroppedReadings, lines: ProductLines
) -> None:
    world.faults.switch("salesforce", "catalog", "unavailable", times=1)
    assert await lines(ASKED) == {}
    world.clock.advance(timedelta(minutes=1))
    assert await lines(ASKED) == LINES
    world.faults.switch("salesforce", "catalog", "unavailable")
    readings.hear_catalog()
    assert await lines(ASKED) == LINES


async def test_the_catalog_is_read_for_products_that_are_new_and_after_a_change(
    world: World, readings: DroppedReadings, lines: ProductLines
) -> None:
    async def reads(*products: str) -> int:
        before = world.calls["salesforce", "catalog"]
        await lines(products)
        return world.calls["salesforce", "catalog"] - before

    assert [await reads("101"), await reads("101", "113")] == [1, 0]
    world.clock.advance(timedelta(hours=1))
    assert [await reads("201"), await reads("999"), await reads("101")] == [0, 1, 0]
    readings.hear_catalog()
    assert [await reads("101"), await reads("101")] == [1, 0]
