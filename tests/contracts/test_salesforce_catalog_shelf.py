"""What the catalog shelf promises (CAT-1), and what lies on it."""

from collections import Counter

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain.catalog import OFFERINGS, BillingCycle, ItemClass, ProductType
from core.domain.ids import crm_id
from ports.catalog_shelf import CatalogShelf
from ports.errors import Unavailable


async def test_an_item_is_all_that_the_catalog_says(shelf: CatalogShelf) -> None:
    catalog = await shelf.catalog()
    assert not catalog.stale
    plan = catalog.find("INTERNET-HOME-1G-GOLD")
    fee = catalog.find("SIM-ACTIVATION-FEE")
    sim = catalog.find("SIM-DATA-VOICE-25GB-FAMILY")
    vpn = catalog.find("VPN-LONDON")
    assert plan is not None
    assert (plan.product_type, plan.item_class, plan.billing_cycle) == ("internet", "plan", "monthly")
    assert (plan.offering, plan.tier, plan.unit_price, plan.orderable) == ("Home 1G", "Gold", 6_000, True)
    assert crm_id(plan.price_entry) == plan.price_entry
    assert fee is not None
    assert (fee.item_class, fee.billing_cycle) == (ItemClass.ACTIVATION_FEE, BillingCycle.ONE_TIME)
    assert sim is not None
    assert (sim.data_size, sim.sim_plan, sim.family) == ("25GB", "data_sms_voice", True)
    assert vpn is not None
    assert vpn.region == "London"


async def test_the_shelf_is_whole(shelf: CatalogShelf) -> None:
    items = (await shelf.catalog()).items
    assert len({item.sku for item in items}) == len({item.billing_product for item in items}) == len(items)
    assert all(item.unit_price > 0 for item in items)
    kinds = Counter((item.product_type, item.item_class) for item in items)
    assert kinds[ProductType.INTERNET, ItemClass.INSTALLATION] == 3
    assert kinds[ProductType.SIM, ItemClass.ACTIVATION_FEE] == 1
    assert kinds[ProductType.VPN, ItemClass.PLAN] == 2
    sold = {item.offering for item in items if item.item_class is ItemClass.PLAN and item.offering}
    assert sold == set().union(*OFFERINGS.values())


async def test_what_is_hidden_or_off_the_shelf_is_not_there(shelf: CatalogShelf, staff: StaffDesk) -> None:
    assert (await shelf.catalog()).find("INTERNET-HOME-1G-CLASSIC") is None
    await staff.deactivate_product("VPN-LONDON")
    assert (await shelf.catalog()).find("VPN-LONDON") is None


async def test_a_price_is_the_portals_own(shelf: CatalogShelf, staff: StaffDesk, world: World) -> None:
    await staff.change_price("VPN-LONDON", 2_700)
    item = (await shelf.catalog()).find("VPN-LONDON")
    assert item is not None
    assert item.unit_price == 2_700
    entry = world.records.get("price_entry", item.price_entry)
    assert entry is not None
    world.records.update("price_entry", entry["id"], {"is_active": False}, by="staff")
    assert (await shelf.catalog()).find("VPN-LONDON") is None


async def test_what_can_not_be_bought_now_is_shown(shelf: CatalogShelf, staff: StaffDesk) -> None:
    soon = (await shelf.catalog()).find("SIM-DATA-VOICE-100GB")
    assert soon is not None
    assert not soon.orderable
    await staff.set_orderable("VPN-LONDON", orderable=False)
    item = (await shelf.catalog()).find("VPN-LONDON")
    assert item is not None
    assert not item.orderable


async def test_a_product_that_is_not_whole_is_not_sold(shelf: CatalogShelf, world: World) -> None:
    london = world.records.one("product", sku="VPN-LONDON")
    assert london is not None
    world.records.update("product", london["id"], {"billing_product": None}, by="staff")
    assert (await shelf.catalog()).find("VPN-LONDON") is None


async def test_without_salesforce_there_is_no_catalog(shelf: CatalogShelf, world: World) -> None:
    world.faults.switch("salesforce", "catalog", "unavailable")
    with pytest.raises(Unavailable):
        await shelf.catalog()
    world.faults.clear()
    assert (await shelf.catalog()).items
