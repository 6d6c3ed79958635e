"""What the link to WHMCS makes of the catalog."""

from adapters.fakes.bindings import bind_world
from core.domain.catalog import ProductType
from genkan.whmcs import ProductLines
from tests.worlds import a_world


async def test_product_lines_are_those_of_plans_and_outlive_an_outage() -> None:
    world = a_world()
    bound = bind_world(world)
    lines = ProductLines(lambda: bound.catalog_shelf)
    world.faults.switch("salesforce", "catalog", "unavailable", times=1)
    assert await lines() == {}
    known = await lines()
    # 113 is a fee of the plan 101
    assert (known["101"], known["201"], "113" in known) == (ProductType.INTERNET, ProductType.SIM, False)
    world.faults.switch("salesforce", "catalog", "unavailable")
    assert await lines() == known
    world.close()
