"""An org without any field for request keys: what was made is told from what is like it, and what can't be is said."""

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.cart import SimChoice, SimType
from core.domain.catalog import ProductType
from core.domain.support import CaseKind, CaseOrigin
from ports.customer_registry import Registered
from ports.errors import Rejected
from tests.adapters.salesforce.test_keys import KEY, NO_KEYS
from tests.contracts.samples import CARD, ELSEWHERE, ESIM, Samples
from tests.contracts.wired import wired, without
from tests.worlds import a_world


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
async def ports(world: World) -> AsyncIterator[SalesforcePorts]:
    async with wired(world, org=without(KEY), names=NO_KEYS) as (ports, _):
        yield ports


@pytest.fixture
async def mina(ports: SalesforcePorts) -> Registered:
    return await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())


async def test_a_number_of_somebody_else_is_taken(ports: SalesforcePorts, mina: Registered, world: World) -> None:
    for email in ("ken@example.jp", None):
        world.records.update("contact", mina.contact, {"email": email}, by="staff")
        with pytest.raises(Rejected, match="DUPLICATE_VALUE") as refused:
            await ports.customer_registry.ensure_customer(Samples.key("ana"), Samples.customer())
        assert refused.value.fields == ("number",)


async def test_a_customer_whose_contact_is_gone_gets_another(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    world.records.delete("contact", mina.contact, by="staff")
    again = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    assert (again.account, again.number) == (mina.account, mina.number)
    assert [c["id"] for c in world.records.find("contact", account=mina.account)] == [again.contact]


async def test_a_later_order_of_the_same_is_another(ports: SalesforcePorts, mina: Registered, world: World) -> None:
    shelf = await ports.catalog_shelf.catalog()
    first = Samples.draft(mina.account, shelf, placed_at=world.clock.now())
    placed = await ports.order_book.ensure_order(first)
    world.clock.advance(timedelta(minutes=3))
    assert await ports.order_book.ensure_order(first) == placed
    later = msgspec.structs.replace(first, key=Samples.key("later"), placed_at=world.clock.now())
    assert (await ports.order_book.ensure_order(later)).order != placed.order


@pytest.mark.parametrize("sim", [ESIM, CARD, SimChoice(SimType.ESIM, "8904" + "1" * 28)], ids=["esim", "card", "eid"])
async def test_orders_of_other_things_at_once_are_others(
    ports: SalesforcePorts, mina: Registered, world: World, sim: SimChoice
) -> None:
    shelf = await ports.catalog_shelf.catalog()
    lines = [item.sku for item in shelf.items if item.product_type is ProductType.SIM][:1]
    eids = SimChoice(SimType.ESIM, "8904" + "2" * 28)
    drafts = [
        Samples.draft(mina.account, shelf, *lines, sim=sim, product_type=ProductType.SIM),
        Samples.draft(mina.account, shelf, *lines, sim=eids, product_type=ProductType.SIM),
        Samples.draft(mina.account, shelf),
    ]
    made = {(await ports.order_book.ensure_order(draft)).order for draft in drafts for _ in range(2)}
    assert len(made) == len(drafts) == len(world.records.find("order"))


async def test_an_order_of_somebody_else_on_the_sale_is_a_conflict(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    shelf = await ports.catalog_shelf.catalog()
    sale = await ports.opportunities.ensure(Samples.opportunity(mina.account))
    await ports.order_book.ensure_order(Samples.draft(mina.account, shelf, opportunity=sale))
    with pytest.raises(Rejected, match="conflict"):
        await ports.order_book.ensure_order(Samples.draft(mina.account, shelf, "SIM-DATA-5GB", opportunity=sale))


async def test_another_check_is_another_and_one_with_a_second_address_the_same(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    check = Samples.check(mina, requested_at=world.clock.now())
    opened = await ports.eligibility_desk.ensure_check(check, None)
    await ports.eligibility_desk.ensure_address(opened.case, ELSEWHERE)
    assert await ports.eligibility_desk.ensure_check(check, None) == opened
    other = msgspec.structs.replace(check, address=ELSEWHERE)
    assert (await ports.eligibility_desk.ensure_check(other, None)).case != opened.case
    world.clock.advance(timedelta(minutes=3))
    later = msgspec.structs.replace(check, requested_at=world.clock.now())
    assert (await ports.eligibility_desk.ensure_check(later, None)).case != opened.case


async def test_a_question_asked_again_after_it_was_answered_is_another(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    question = Samples.case(mina.account, mina.contact, description="It blinks.\r\nRed.")
    case = await ports.support_desk.ensure_case(question)
    assert await ports.support_desk.ensure_case(question) == case
    world.records.update("case", case, {"status": "Closed"}, by="staff")
    assert await ports.support_desk.ensure_case(question) != case


async def test_a_case_that_ends_a_service_is_the_same_when_closed_which_nobody_can_see(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    ending = Samples.case(mina.account, mina.contact, kind=CaseKind.CANCELLATION, origin=CaseOrigin.PORTAL)
    case = await ports.support_desk.ensure_case(ending)
    world.records.update("case", case, {"status": "Closed"}, by="staff")
    assert await ports.support_desk.ensure_case(ending) == case
    assert not await ports.support_desk.is_closed(ending.key)


async def test_a_sale_of_another_product_or_a_later_one_is_another(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    sale = Samples.opportunity(mina.account, at=world.clock.now())
    begun = [sale, msgspec.structs.replace(sale, product_type=ProductType.VPN)]
    made = {await ports.opportunities.ensure(each) for each in begun for _ in range(2)}
    world.clock.advance(timedelta(minutes=3))
    made.add(await ports.opportunities.ensure(msgspec.structs.replace(sale, at=world.clock.now())))
    assert len(made) == len(world.records.find("opportunity")) == 3


async def test_an_order_can_not_be_found_by_a_key_that_nothing_bears(ports: SalesforcePorts) -> None:
    with pytest.raises(Rejected, match="no_field") as refused:
        await ports.order_book.find_by_key(Samples.key("x"))
    assert (refused.value.what, refused.value.fields) == ("order", ("key",))


async def test_the_document_under_review_need_not_be_told(world: World) -> None:
    field = "IdVerificationContentDocumentId__c"
    async with wired(world, org=without(field), names={"account.id_document": ""}) as (ports, _):
        mina = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
        document = await ports.identity_desk.ensure_document(Samples.key("c"), mina.account, Samples.document())
        shown = await ports.identity_desk.ensure_submitted(mina.account, document, world.clock.now())
        assert shown.file_name is None
