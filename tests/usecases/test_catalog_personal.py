"""What one customer is shown, and what happens to the catalog over time (CAT-2 to CAT-7)."""

import asyncio
from datetime import timedelta

import pytest

from adapters.system.cached_catalog import CachedCatalogShelf
from core.domain.catalog import Catalog, ProductType, WhyNot
from core.domain.eligibility import EligibilityStatus
from core.domain.facts import CatalogChanged
from core.domain.refusals import NotLoggedIn
from core.domain.session import Session
from core.domain.work import Job, WorkKind
from core.usecases.catalog.learn_catalog import LearnCatalog
from core.usecases.catalog.read_catalog import ReadCatalog
from core.usecases.catalog.read_personal_catalog import PersonalCatalog, ReadPersonalCatalog
from ports.errors import Unavailable
from tests.usecases.shop import ELSEWHERE, Shop


async def personal(shop: Shop, session: Session, product: ProductType | None = None) -> PersonalCatalog:
    up = shop.up
    read = ReadPersonalCatalog(
        up.catalog_shelf, up.customer_registry, up.eligibility_desk, up.service_book, shop.raised
    )
    return await read(session, product)


async def internet(shop: Shop, session: Session) -> tuple[WhyNot | None, list[str], list[str]]:
    """Why Internet is closed, the plans shown, and those that can be ordered."""
    [shelf] = (await personal(shop, session, ProductType.INTERNET)).shelves
    plans = [each for each in shelf.items if each.item.item_class == "plan"]
    return (
        shelf.notice,
        [each.item.sku for each in plans],
        [each.item.sku for each in plans if each.orderable],
    )


async def test_the_value_chooses_the_plans(shop: Shop, mina: Session) -> None:
    silver, gold, platinum = (f"INTERNET-HOME-1G-{tier}" for tier in ("SILVER", "GOLD", "PLATINUM"))
    assert await internet(shop, mina) == (None, [silver, gold, platinum], [silver, gold, platinum])
    await shop.eligible(mina, "Mansion 100M")
    why, shown, _ = await internet(shop, mina)
    assert (why, {sku.rsplit("-", 1)[0] for sku in shown}) == (None, {"INTERNET-APARTMENT-100M"})


async def test_a_value_nobody_knows_shows_no_plans_and_tells_staff(shop: Shop, mina: Session) -> None:
    await shop.eligible(mina, "Home 25G")
    assert await internet(shop, mina) == (WhyNot.CONFIRMING_OPTIONS, [], [])
    assert shop.raised.alarms == {("eligibility_value_unknown", mina.account)}


@pytest.mark.parametrize(
    ("status", "address", "why"),
    [
        (EligibilityStatus.NOT_REQUESTED, None, WhyNot.CHECK_NEEDED),
        (EligibilityStatus.PENDING, None, WhyNot.CHECK_OPEN),
        (EligibilityStatus.INELIGIBLE, None, WhyNot.NOT_AVAILABLE),
        (EligibilityStatus.INELIGIBLE, ELSEWHERE, WhyNot.CHECK_NEEDED),
        (EligibilityStatus.ELIGIBLE, ELSEWHERE, WhyNot.CHECK_NEEDED),
    ],
)
async def test_until_eligible_here_plans_are_shown_with_the_reason(
    shop: Shop, mina: Session, status: EligibilityStatus, address: object, why: WhyNot
) -> None:
    changes = {"eligibility_status": status}
    if address is not None:
        changes["eligibility_address"] = ELSEWHERE.one_line  # type: ignore[assignment]
    shop.world.records.update("account", mina.account, changes, "staff")
    notice, shown, orderable = await internet(shop, mina)
    assert (notice, orderable) == (why, [])
    assert len(shown) == 12
    assert shop.raised.alarms == set()


async def test_without_an_address_there_is_nothing_to_check(shop: Shop) -> None:
    new = await shop.customer(ready=False, address=None)
    assert (await internet(shop, new))[0] is WhyNot.ADDRESS_MISSING


async def test_a_running_internet_is_named_as_the_reason(shop: Shop, mina: Session) -> None:
    service = await shop.billing.add_service(mina.client, "Old internet", group="Internet")
    [shelf] = (await personal(shop, mina, ProductType.INTERNET)).shelves
    assert {(each.orderable, each.reason, each.service) for each in shelf.items} == {
        (False, WhyNot.INTERNET_ALREADY, service)
    }


async def test_family_plans_appear_beside_a_sim(shop: Shop, mina: Session) -> None:
    [before] = (await personal(shop, mina, ProductType.SIM)).shelves
    assert not any(each.item.family for each in before.items)
    product = shop.world.records.one("product", sku="SIM-DATA-VOICE-5GB")
    assert product is not None
    await shop.billing.add_service(mina.client, "SIM", product=product["billing_product"])
    [after] = (await personal(shop, mina, ProductType.SIM)).shelves
    assert sum(each.item.family for each in after.items) == 8
    assert all(each.orderable for each in after.items if each.item.family)


async def test_everything_is_shown_unless_one_line_is_asked_for(shop: Shop, mina: Session) -> None:
    assert [shelf.product_type for shelf in (await personal(shop, mina)).shelves] == list(ProductType)
    [vpn] = (await personal(shop, mina, ProductType.VPN)).shelves
    assert [each.orderable for each in vpn.items] == [True, True]


@pytest.mark.parametrize(
    ("system", "operation"), [("whmcs", "services"), ("salesforce", "profile"), ("salesforce", "standing")]
)
async def test_what_can_not_be_read_closes_what_depends_on_it(
    shop: Shop, mina: Session, system: str, operation: str
) -> None:
    shop.world.faults.switch(system, operation, "unavailable")
    shelves = {shelf.product_type: shelf for shelf in (await personal(shop, mina)).shelves}
    assert {each.reason for each in shelves[ProductType.INTERNET].items} == {WhyNot.NOT_KNOWN}
    assert not any(each.orderable for each in shelves[ProductType.INTERNET].items)
    assert any(each.orderable for each in shelves[ProductType.SIM].items)
    assert not any(each.item.family for each in shelves[ProductType.SIM].items) or system == "salesforce"
    shop.world.faults.switch("salesforce", "catalog", "unavailable")
    with pytest.raises(Unavailable):
        await personal(shop, mina)


# --- everybody's -----------------------------------------------------------------------------------------------------
async def test_the_public_catalog_can_be_for_customers_only(shop: Shop, mina: Session) -> None:
    read = ReadCatalog(shop.up.catalog_shelf, shop.flags)
    assert (await read(None)).items
    await shop.switch("public_catalog", 0)
    with pytest.raises(NotLoggedIn):
        await read(None)
    assert (await read(mina)).items


@pytest.fixture
def shelf(shop: Shop) -> CachedCatalogShelf:
    return CachedCatalogShelf(shop.up.catalog_shelf, shop.clock, shop.readings)


def reads(shop: Shop) -> int:
    return shop.world.calls["salesforce", "catalog"]


async def test_looking_costs_one_reading_for_all(shop: Shop, shelf: CachedCatalogShelf) -> None:
    shop.world.faults.switch("salesforce", "catalog", "slow", times=1, milliseconds=20)
    looks = await asyncio.gather(*(shelf.catalog() for _ in range(20)))
    assert all(look is looks[0] for look in looks)
    shop.clock.advance(timedelta(minutes=3))
    assert await shelf.catalog() is looks[0]
    assert reads(shop) == 1


async def test_it_is_read_again_behind_the_answer_before_it_is_old(shop: Shop, shelf: CachedCatalogShelf) -> None:
    first = await shelf.catalog()
    shop.clock.advance(timedelta(minutes=4, seconds=30))
    assert await shelf.catalog() is first
    await asyncio.sleep(0.01)
    assert await shelf.catalog() is not first
    assert reads(shop) == 2


async def test_five_minutes_old_it_is_read_before_it_is_answered(shop: Shop, shelf: CachedCatalogShelf) -> None:
    await shelf.catalog()
    await shop.staff.change_price("VPN-LONDON", 9)
    shop.clock.advance(timedelta(minutes=5))
    assert _price(await shelf.catalog()) == 9


async def test_a_change_drops_it_at_once(shop: Shop, shelf: CachedCatalogShelf) -> None:
    await shelf.catalog()
    await shop.staff.change_price("VPN-LONDON", 9)
    assert _price(await shelf.catalog()) == 2_500
    shop.runner.bind({WorkKind.LEARN_FACT: LearnCatalog(shop.readings)})
    fact = CatalogChanged(id="f1", at=shop.clock.now())
    await shop.runner.start(Job(key="fact:f1", kind=WorkKind.LEARN_FACT, data=fact))  # type: ignore[arg-type]
    assert await shop.runner.quiet(5)
    assert _price(await shelf.catalog()) == 9


async def test_what_was_being_read_when_it_changed_is_not_kept(shop: Shop, shelf: CachedCatalogShelf) -> None:
    shop.world.faults.switch("salesforce", "catalog", "slow", times=1, milliseconds=30)
    looking = asyncio.ensure_future(shelf.catalog())
    await asyncio.sleep(0.005)
    await shop.readings.drop_catalog()
    await looking
    await shelf.catalog()
    assert reads(shop) == 2


async def test_while_nobody_answers_the_last_one_is_shown_and_marked(shop: Shop, shelf: CachedCatalogShelf) -> None:
    first = await shelf.catalog()
    shop.world.faults.switch("salesforce", "catalog", "unavailable")
    shop.clock.advance(timedelta(minutes=4, seconds=30))
    assert await shelf.catalog() is first
    await asyncio.sleep(0.01)
    shop.clock.advance(timedelta(hours=1))
    stale = await shelf.catalog()
    assert (stale.stale, stale.read_at, stale.items) == (True, first.read_at, first.items)
    asked = reads(shop)
    assert await shelf.catalog() is stale
    assert reads(shop) == asked, "nobody is asked again at once"
    shop.world.faults.clear()
    shop.clock.advance(timedelta(seconds=11))
    assert not (await shelf.catalog()).stale


async def test_a_change_during_an_outage_leaves_the_last_one_marked(shop: Shop, shelf: CachedCatalogShelf) -> None:
    await shelf.catalog()
    shop.world.faults.switch("salesforce", "catalog", "unavailable")
    await shop.readings.drop_catalog()
    assert (await shelf.catalog()).stale


async def test_without_any_catalog_there_is_nothing_to_show(shop: Shop, shelf: CachedCatalogShelf) -> None:
    shop.world.faults.switch("salesforce", "catalog", "unavailable")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await shelf.catalog()


def _price(catalog: Catalog) -> int:
    item = catalog.find("VPN-LONDON")
    assert item is not None
    return item.unit_price
