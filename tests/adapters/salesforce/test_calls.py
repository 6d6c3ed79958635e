"""How many calls of the day's allocation each method of a port takes where nothing goes wrong (P-1)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import pytest

from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.world import World
from adapters.salesforce.bindings import SalesforcePorts
from core.domain.document import Side
from core.domain.eligibility import AvailabilityAnswer, EligibilityStatus
from core.domain.ids import AccountId, BillingOrderId, ClientId, CustomerNumber, ServiceId
from core.domain.opportunity import Stage
from core.domain.order import ActivationStatus as A
from core.domain.order import OrderStatus
from ports.customer_registry import ContactDetails, Link, Registered
from ports.errors import Rejected
from tests.contracts.samples import AT, ELSEWHERE, MINA, PHONE, Samples
from tests.contracts.wired import wired
from tests.worlds import a_world

T = TypeVar("T")


class Portal(NamedTuple):
    world: World
    ports: SalesforcePorts
    salesforce: SalesforceServer

    async def took(self, calls: int, doing: Awaitable[T]) -> T:
        """What comes of it, once it took so many calls."""
        before = sum(self.salesforce.usage.calls.values())
        done = await doing
        assert sum(self.salesforce.usage.calls.values()) - before == calls
        return done


@asynccontextmanager
async def a_portal() -> AsyncIterator[Portal]:
    world = a_world()
    async with wired(world) as (ports, salesforce):
        # the org's own ids are looked up once in the life of a process
        await ports.org.look_round()
        yield Portal(world, ports, salesforce)
    world.close()


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    async with a_portal() as portal:
        yield portal


@pytest.fixture
async def mina(portal: Portal) -> Registered:
    return await portal.ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())


async def test_a_new_sign_up_takes_three(portal: Portal) -> None:
    registry = portal.ports.customer_registry
    assert await portal.took(1, registry.find_by_email("mina@example.jp")) is None
    made = await portal.took(1, registry.ensure_customer(Samples.key("mina"), Samples.customer()))
    await portal.took(1, registry.ensure_link(made.account, ClientId("17"), "Portal Signup", AT))


async def test_linking_a_customer_of_old_takes_two_and_filling_two(portal: Portal) -> None:
    registry = portal.ports.customer_registry
    await StaffDesk(portal.world).add_account(CustomerNumber("P0000007"), MINA, "mina@example.jp")
    found = await portal.took(1, registry.find_by_email("MINA@example.jp"))
    assert found is not None
    await portal.took(1, registry.ensure_link(found.account, ClientId("17"), "Portal Signup", AT))
    await portal.took(2, registry.fill_details(found.account, MINA, PHONE, ELSEWHERE))


async def test_a_customer_of_old_who_was_just_found_is_linked_and_filled_in_one(portal: Portal) -> None:
    registry = portal.ports.customer_registry
    await StaffDesk(portal.world).add_account(CustomerNumber("P0000007"), MINA, "mina@example.jp")
    portal.world.clock.advance(timedelta(seconds=2))
    found = await portal.took(1, registry.find_by_number(CustomerNumber("P0000007")))
    assert found is not None
    link = Link(ClientId("17"), "Portal Signup")
    filled = await portal.took(1, registry.fill_details(found.account, MINA, PHONE, ELSEWHERE, link))
    assert filled is not None
    assert (filled.client, filled.address) == ("17", ELSEWHERE)


async def test_what_staff_wrote_since_a_customer_was_seen_is_seen_before_anything_is_written(portal: Portal) -> None:
    registry, records = portal.ports.customer_registry, portal.world.records
    account = AccountId(await StaffDesk(portal.world).add_account(CustomerNumber("P0000007"), MINA, "m@example.jp"))
    portal.world.clock.advance(timedelta(seconds=2))
    assert await registry.profile(account) is not None
    records.update("account", account, {"client": "18"}, "staff")
    with pytest.raises(Rejected, match="conflict"):
        await registry.fill_details(account, MINA, PHONE, ELSEWHERE, Link(ClientId("17"), "Portal Signup"))
    assert (records.get("account", account) or {})["phone"] is None


async def test_what_was_so_when_a_customer_was_seen_is_written_where_staff_changed_it(portal: Portal) -> None:
    registry, records = portal.ports.customer_registry, portal.world.records
    account = AccountId(
        await StaffDesk(portal.world).add_account(CustomerNumber("P0000007"), MINA, "m@example.jp", address=ELSEWHERE)
    )
    portal.world.clock.advance(timedelta(seconds=2))
    assert await registry.profile(account) is not None
    for table, row in (("account", account), ("contact", records.find("contact", account=account)[0]["id"])):
        records.update(table, row, {"city": "Sakai"}, "staff")
    await registry.save_details(account, ContactDetails(address=ELSEWHERE))
    profile = await registry.profile(account)
    assert profile is not None
    assert profile.address == ELSEWHERE


async def test_a_check_for_another_home_takes_one(portal: Portal, mina: Registered) -> None:
    portal.world.clock.advance(timedelta(seconds=2))
    await portal.took(1, portal.ports.customer_registry.profile(mina.account))
    check = Samples.check(mina, address=ELSEWHERE)
    await portal.took(1, portal.ports.eligibility_desk.ensure_check(check, None, ELSEWHERE))


async def test_documents_that_were_just_seen_are_not_looked_for(portal: Portal, mina: Registered) -> None:
    desk = portal.ports.identity_desk
    seen = await portal.took(1, desk.standing(mina.account, documents=True))
    for key, data, side, calls in (
        ("f", b"front", Side.FRONT, 1), ("b", b"back", Side.BACK, 1), ("g", b"another front", Side.FRONT, 2),
    ):  # fmt: skip
        stored = desk.ensure_document(Samples.key(key), mina.account, Samples.document(data), side, seen.stored)
        await portal.took(calls, stored)
    versions = portal.world.records.find("document_version")
    assert len({version["document"] for version in versions}) == 2
    seen = await portal.took(1, desk.standing(mina.account, documents=True))
    again = desk.ensure_document(
        Samples.key("h"), mina.account, Samples.document(b"another front"), Side.FRONT, seen.stored
    )
    await portal.took(0, again)


async def test_a_log_in_takes_one(portal: Portal, mina: Registered) -> None:
    await portal.took(1, portal.ports.customer_registry.note_sign_in(mina.account, AT))


async def test_the_catalog_takes_one(portal: Portal) -> None:
    await portal.took(1, portal.ports.catalog_shelf.catalog())


async def test_a_customers_status_takes_one(portal: Portal, mina: Registered) -> None:
    ports = portal.ports
    reading: list[Awaitable[Any]] = [
        ports.eligibility_desk.standing(mina.account),
        ports.identity_desk.standing(mina.account),
        ports.order_book.of_account(mina.account),
        ports.customer_registry.profile(mina.account),
        ports.opportunities.of_account(mina.account),
    ]
    await portal.took(1, asyncio.gather(*reading))
    assert portal.salesforce.usage.calls["composite"] > 0


async def test_an_eligibility_request_takes_two(portal: Portal, mina: Registered) -> None:
    ports = portal.ports
    asked = asyncio.gather(
        ports.eligibility_desk.standing(mina.account),
        ports.customer_registry.profile(mina.account),
        ports.opportunities.of_account(mina.account),
        ports.order_book.of_account(mina.account),
    )
    await portal.took(1, asked)
    opened = await portal.took(1, ports.eligibility_desk.ensure_check(Samples.check(mina), None))
    await portal.took(2, ports.eligibility_desk.ensure_address(opened.case, ELSEWHERE))
    answer = AvailabilityAnswer(status=EligibilityStatus.ELIGIBLE, value="Home 1G", notes="Yes", checked_at=AT)
    await portal.took(2, ports.eligibility_desk.ensure_answer(mina.account, opened.case, answer))


async def test_what_is_urgent_already_is_not_written_again(portal: Portal, mina: Registered) -> None:
    desk = portal.ports.eligibility_desk
    opened = await desk.ensure_check(Samples.check(mina), None)
    await portal.took(1, desk.raise_priority(opened.case))
    # it is looked at in vain, and then for whether it is there at all
    await portal.took(2, desk.raise_priority(opened.case))


async def test_a_document_takes_two_and_its_review_one(portal: Portal, mina: Registered) -> None:
    desk = portal.ports.identity_desk
    front = await portal.took(2, desk.ensure_document(Samples.key("f"), mina.account, Samples.document()))
    back = Samples.document(b"back", "back.png")
    await portal.took(2, desk.ensure_document(Samples.key("b"), mina.account, back, Side.BACK))
    standing = await portal.took(1, desk.ensure_submitted(mina.account, front, AT))
    assert standing.file_name == Samples.document().name


async def test_a_document_that_is_streamed_takes_one_more(portal: Portal, mina: Registered) -> None:
    desk = portal.ports.identity_desk
    large = Samples.document(b"x" * 1_000_001)
    document = await portal.took(3, desk.ensure_document(Samples.key("f"), mina.account, large))
    again = Samples.document(b"y" * 1_000_001)
    assert await portal.took(2, desk.ensure_document(Samples.key("g"), mina.account, again)) == document
    (latest,) = portal.world.records.find("document_version", is_latest=True)
    assert portal.world.records.files[latest["id"]] == again.data


@pytest.mark.parametrize("named", [True, False])
async def test_an_order_is_placed_in_one_and_provisioned_in_three(
    portal: Portal, mina: Registered, named: bool
) -> None:
    ports = portal.ports
    catalog = await ports.catalog_shelf.catalog()
    sale = await ports.opportunities.ensure(Samples.opportunity(mina.account)) if named else None
    await ports.customer_registry.profile(mina.account)  # one of the gates
    placed = await portal.took(1, ports.order_book.ensure_order(Samples.draft(mina.account, catalog, opportunity=sale)))
    await StaffDesk(portal.world).approve_order(placed.order)
    order = await portal.took(1, ports.order_book.find(placed.order))
    assert order is not None
    await portal.took(1, ports.order_book.ensure_activation(order.id, A.NOT_STARTED, A.ACTIVATING))
    services = {line.id: ServiceId(str(70 + n)) for n, line in enumerate(order.lines) if line.id is not None}
    done = await portal.took(1, ports.order_book.ensure_completed(order.id, BillingOrderId("55"), services))
    assert done.status is OrderStatus.COMPLETED


async def test_a_cancellation_takes_two(portal: Portal, mina: Registered) -> None:
    ports = portal.ports
    sale = await ports.opportunities.ensure(Samples.opportunity(mina.account))
    await ports.opportunities.ensure_stage(sale, Stage.INTRODUCTION, Stage.ACTIVE)
    await ports.opportunities.ensure_service(sale, ServiceId("70"))
    await ports.customer_registry.profile(mina.account)
    assert await portal.took(1, ports.opportunities.for_service(mina.account, ServiceId("70"))) is not None
    case = Samples.cancellation(mina, sale)
    await portal.took(1, ports.opportunities.ensure_cancelling(sale, Samples.later(days=40), True, case))
    await portal.took(2, ports.opportunities.ensure_cancellation_undone(sale))


async def test_a_process_that_has_seen_nothing_takes_one_more(portal: Portal, mina: Registered) -> None:
    ports = portal.ports
    opened = await portal.took(2, ports.eligibility_desk.ensure_check(Samples.check(mina), None))
    assert (await ports.opportunities.find(opened.opportunity)) is not None
