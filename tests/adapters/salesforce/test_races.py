"""What staff or another process do between the portal's look and its write is neither lost nor written over."""

from collections.abc import AsyncIterator, Callable
from datetime import date

import httpx
import pytest

from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.eligibility import AvailabilityAnswer, EligibilityStatus
from core.domain.ids import AccountId, BillingOrderId, ClientId, OpportunityId, OrderId, ServiceId
from core.domain.opportunity import Stage
from core.domain.order import ActivationStatus, OrderStatus
from ports.customer_registry import ContactDetails, Registered
from ports.errors import Rejected
from tests.contracts.samples import AT, ELSEWHERE, HOME, MINA, PHONE, Samples
from tests.contracts.wired import Struck, wired, writes
from tests.worlds import a_world

A = ActivationStatus


class Between(Struck):
    """A way on which somebody else is faster, once, than the next write."""

    def __init__(self) -> None:
        super().__init__()
        self.deed: Callable[[], object] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "/oauth2/" not in request.url.path and writes(request) and self.deed is not None:
            deed, self.deed = self.deed, None
            deed()
        return await super().handle_async_request(request)


@pytest.fixture
def way() -> Between:
    return Between()


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
async def ports(world: World, way: Between) -> AsyncIterator[SalesforcePorts]:
    async with wired(world, way) as (ports, _):
        yield ports


@pytest.fixture
async def mina(ports: SalesforcePorts) -> Registered:
    return await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())


@pytest.fixture
async def sale(ports: SalesforcePorts, mina: Registered) -> OpportunityId:
    return await ports.opportunities.ensure(Samples.opportunity(mina.account))


@pytest.fixture
async def order(ports: SalesforcePorts, mina: Registered) -> OrderId:
    catalog = await ports.catalog_shelf.catalog()
    return (await ports.order_book.ensure_order(Samples.draft(mina.account, catalog))).order


def staff(world: World, table: str, id: str, **values: object) -> Callable[[], object]:
    return lambda: world.records.update(table, id, values, by="staff")


async def test_a_customer_made_by_an_earlier_try_is_completed(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    world.records.delete("contact", mina.contact, by="staff")
    again = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    assert (again.account, again.number) == (mina.account, mina.number)
    assert [c["id"] for c in world.records.find("contact", account=mina.account)] == [again.contact]


async def test_an_account_barred_meanwhile_stays_barred(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    way.deed = staff(world, "account", mina.account, portal_status="Inactive")
    await ports.customer_registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)
    row = world.records.get("account", mina.account)
    assert row is not None
    assert (row["client"], row["portal_status"], row["registration_source"]) == ("17", "Inactive", "Portal Signup")


async def test_another_client_linked_meanwhile_stays(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    way.deed = staff(world, "account", mina.account, client="99")
    with pytest.raises(Rejected, match="conflict"):
        await ports.customer_registry.ensure_link(mina.account, ClientId("17"), "Portal Signup", AT)


def in_the_same_second(world: World, table: str, id: str, **values: object) -> Callable[[], object]:
    """What staff write in the second of another write, where an org tells whole seconds: its time stays the same."""
    return lambda: world.records.restore(table, id, {**(world.records.get(table, id) or {}), **values})


@pytest.mark.parametrize("on", ["account", "contact"])
async def test_a_number_dialled_in_in_the_very_second_stays(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between, on: str
) -> None:
    place = {"account": mina.account, "contact": mina.contact}
    for table, id in place.items():
        staff(world, table, id, phone=None)()
    way.deed = in_the_same_second(world, on, place[on], phone="+81 312345678")
    await ports.customer_registry.fill_details(mina.account, MINA, PHONE, None)
    rows = {table: world.records.get(table, id) or {} for table, id in place.items()}
    assert {row["phone"] for table, row in rows.items() if table == on} == {"+81 312345678"}
    assert {row["phone"] for table, row in rows.items() if table != on} == {None}


async def test_a_birth_date_and_an_address_written_in_the_very_second_stay(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    blank = {"birth_date": None, "street": None, "city": None, "state": None, "postcode": None, "country": None}
    staff(world, "contact", mina.contact, **blank)()
    way.deed = in_the_same_second(world, "contact", mina.contact, birth_date=date(1980, 1, 1), city="Sakai")
    await ports.customer_registry.fill_details(mina.account, MINA, PHONE, ELSEWHERE)
    row = world.records.get("contact", mina.contact) or {}
    assert (row["birth_date"], row["city"], row["postcode"]) == (date(1980, 1, 1), "Sakai", None)


async def test_details_saved_again_at_once_are_saved(ports: SalesforcePorts, mina: Registered) -> None:
    for home in (ELSEWHERE, HOME, ELSEWHERE):
        await ports.customer_registry.save_details(
            mina.account, ContactDetails(address=home, phone=PHONE, birth_date=MINA.birth_date)
        )
        profile = await ports.customer_registry.profile(mina.account)
        assert profile is not None
        assert (profile.address, profile.person.birth_date) == (home, MINA.birth_date)


async def test_details_of_a_birth_date_written_meanwhile_are_refused(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    world.records.update("contact", mina.contact, {"birth_date": None}, by="staff")
    way.deed = staff(world, "contact", mina.contact, birth_date=date(1980, 1, 1))
    with pytest.raises(Rejected, match="conflict") as refused:
        await ports.customer_registry.save_details(
            mina.account, ContactDetails(birth_date=date(1994, 5, 6), address=ELSEWHERE)
        )
    assert refused.value.fields == ("birth_date",)
    row = world.records.get("contact", mina.contact)
    assert row is not None
    assert (row["birth_date"], row["postcode"]) == (date(1980, 1, 1), "150-0002")


async def test_a_stage_moved_meanwhile_stays(
    ports: SalesforcePorts, sale: OpportunityId, world: World, way: Between
) -> None:
    way.deed = staff(world, "opportunity", sale, stage=Stage.VOID)
    assert await ports.opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.READY) is Stage.VOID


async def test_an_opportunity_given_up_meanwhile_takes_no_order(
    ports: SalesforcePorts, mina: Registered, sale: OpportunityId, world: World, way: Between
) -> None:
    catalog = await ports.catalog_shelf.catalog()
    way.deed = staff(world, "opportunity", sale, stage=Stage.VOID)
    with pytest.raises(Rejected, match="conflict"):
        await ports.order_book.ensure_order(Samples.draft(mina.account, catalog, opportunity=sale))
    assert world.records.find("order") == []


async def test_a_sale_that_ended_meanwhile_is_not_cancelled_again(
    ports: SalesforcePorts, mina: Registered, sale: OpportunityId, world: World, way: Between
) -> None:
    await ports.opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    way.deed = staff(world, "opportunity", sale, stage=Stage.CANCELLED)
    with pytest.raises(Rejected, match="conflict"):
        await ports.opportunities.ensure_cancelling(sale, AT, False, Samples.cancellation(mina, sale))
    assert world.records.find("case") == []


async def test_a_cancellation_completed_meanwhile_is_not_undone(
    ports: SalesforcePorts, mina: Registered, sale: OpportunityId, world: World, way: Between
) -> None:
    await ports.opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    case = await ports.opportunities.ensure_cancelling(sale, AT, False, Samples.cancellation(mina, sale))
    way.deed = staff(world, "opportunity", sale, stage=Stage.CANCELLED)
    await ports.opportunities.ensure_cancellation_undone(sale)
    found, held = world.records.get("opportunity", sale), world.records.get("case", case)
    assert found is not None
    assert held is not None
    assert (found["stage"], found["cancellation_notice"], held["is_closed"]) == (Stage.CANCELLED, "有", False)


async def test_an_order_approved_meanwhile_is_not_withdrawn(
    ports: SalesforcePorts, order: OrderId, world: World, way: Between
) -> None:
    way.deed = staff(world, "order", order, status=OrderStatus.APPROVED)
    found = await ports.order_book.ensure_cancelled(order, OrderStatus.PENDING_REVIEW, "CUSTOMER_WITHDREW", "")
    assert found.status is OrderStatus.APPROVED


@pytest.mark.parametrize(("moved", "after"), [(Stage.PENDING, Stage.VOID), (Stage.ACTIVE, Stage.ACTIVE)])
async def test_a_sale_moved_meanwhile_goes_with_its_order_only_where_one_leads_to_the_other(
    ports: SalesforcePorts, order: OrderId, world: World, way: Between, moved: Stage, after: Stage
) -> None:
    (sale,) = world.records.find("opportunity")
    way.deed = staff(world, "opportunity", sale["id"], stage=moved)
    found = await ports.order_book.ensure_cancelled(order, OrderStatus.PENDING_REVIEW, "CUSTOMER_WITHDREW", "")
    row = world.records.get("opportunity", sale["id"])
    assert row is not None
    assert (found.status, row["stage"]) == (OrderStatus.CANCELLED, after)


async def test_an_order_on_another_opportunity_by_now_is_completed_there(
    ports: SalesforcePorts, mina: Registered, order: OrderId, world: World, way: Between
) -> None:
    (before,) = world.records.find("opportunity")
    moved = await ports.opportunities.ensure(Samples.opportunity(mina.account))
    world.records.update("order", order, {"status": OrderStatus.APPROVED}, by="staff")
    found = await ports.order_book.ensure_activation(order, A.NOT_STARTED, A.ACTIVATING)
    services = {line.id: ServiceId("70") for line in found.lines[:1] if line.id is not None}
    way.deed = staff(world, "order", order, opportunity=moved)
    done = await ports.order_book.ensure_completed(order, BillingOrderId("55"), services)
    assert (done.status, done.opportunity) == (OrderStatus.COMPLETED, moved)
    stages = {row["id"]: (row["stage"], row["service"]) for row in world.records.find("opportunity")}
    assert stages == {before["id"]: (Stage.POST_PROCESSING, None), moved: (Stage.ACTIVE, 70)}


async def test_staffs_answer_given_meanwhile_stays(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    opened = await ports.eligibility_desk.ensure_check(Samples.check(mina), None)
    answer = AvailabilityAnswer(status=EligibilityStatus.ELIGIBLE, value="Home 1G", notes="Yes", checked_at=AT)
    way.deed = staff(world, "account", mina.account, eligibility_status=EligibilityStatus.INELIGIBLE)
    await ports.eligibility_desk.ensure_answer(mina.account, opened.case, answer)
    assert (await ports.eligibility_desk.standing(mina.account)).status is EligibilityStatus.INELIGIBLE
    assert world.records.find("case_comment") == []


async def test_a_check_closed_meanwhile_takes_no_address(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    opened = await ports.eligibility_desk.ensure_check(Samples.check(mina), None)
    way.deed = staff(world, "case", opened.case, status="Closed")
    await ports.eligibility_desk.ensure_address(opened.case, ELSEWHERE)
    row = world.records.get("account", mina.account)
    assert row is not None
    assert row["eligibility_address"] != ELSEWHERE.one_line


async def test_an_answer_taken_back_meanwhile_belongs_to_no_address(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    staff(world, "account", mina.account, eligibility_status=EligibilityStatus.ELIGIBLE)()
    way.deed = staff(world, "account", mina.account, eligibility_status=EligibilityStatus.PENDING)
    await ports.eligibility_desk.ensure_belongs(mina.account)
    row = world.records.get("account", mina.account)
    assert row is not None
    assert row["eligibility_address"] is None


async def test_a_document_stored_meanwhile_under_the_same_key_is_found(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    document = Samples.document()

    def another_process() -> None:
        reference = f"{mina.account}:front:{document.sha256}:{Samples.key('card')}"
        values = {"path": document.name, "data": document.data, "reference": reference}
        world.records.create("document_version", values | {"first_publish_location": mina.account})

    way.deed = another_process
    stored = await ports.identity_desk.ensure_document(Samples.key("card"), mina.account, document)
    (version,) = world.records.find("document_version")
    assert version["document"] == stored


async def test_an_account_number_given_meanwhile_stays(ports: SalesforcePorts, world: World, way: Between) -> None:
    prospect = AccountId(world.records.create("account", {"name": "Ken"}, by="staff"))
    way.deed = staff(world, "account", prospect, number="P1000050")
    assert await ports.customer_registry.ensure_number(prospect, Samples.customer().number) == "P1000050"


async def test_what_another_process_made_meanwhile_is_found(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    new = Samples.opportunity(mina.account)

    def another_process() -> None:
        values = {"key": new.key, "name": "Sale", "stage": Stage.INTRODUCTION, "close_date": date(2026, 4, 1)}
        world.records.create("opportunity", values | {"account": mina.account})

    way.deed = another_process
    made = await ports.opportunities.ensure(new)
    assert [row["id"] for row in world.records.find("opportunity")] == [made]


async def test_a_check_closed_meanwhile_is_not_urgent(
    ports: SalesforcePorts, mina: Registered, world: World, way: Between
) -> None:
    opened = await ports.eligibility_desk.ensure_check(Samples.check(mina), None)
    way.deed = staff(world, "case", opened.case, status="Closed")
    await ports.eligibility_desk.raise_priority(opened.case)
    row = world.records.get("case", opened.case)
    assert row is not None
    assert row["priority"] == "Medium"


async def test_a_document_of_an_account_whose_id_differs_by_case_alone_is_anothers(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    card = Samples.document()
    reference = f"{mina.account.swapcase()}:front:{card.sha256}:k"
    theirs = {"path": card.name, "data": card.data, "reference": reference}
    world.records.create("document_version", theirs, by="staff")
    stored = await ports.identity_desk.ensure_document(Samples.key("card"), mina.account, card)
    (link,) = world.records.find("document_link", linked=mina.account)
    assert link["document"] == stored


async def test_a_case_that_staff_took_down_on_the_phone_is_not_shown(
    ports: SalesforcePorts, mina: Registered, world: World
) -> None:
    case = await ports.support_desk.ensure_case(Samples.case(mina.account, mina.contact))
    staff(world, "case", case, origin="Phone")()
    assert await ports.support_desk.cases(mina.account) == ()
    assert await ports.support_desk.case(mina.account, case) is None
