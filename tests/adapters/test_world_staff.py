"""Staff at work in the made-up Salesforce, and what its own flows do then (STF, NTF-1)."""

from datetime import timedelta
from itertools import product

import msgspec
import pytest

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.desk_salesforce import StaffDesk
from adapters.fakes.world import World
from core.domain import eligibility, identity
from core.domain.cancellation import KIT_MOVES, Kit
from core.domain.document import Side
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import OrderId
from core.domain.machines import reachable
from core.domain.opportunity import Stage
from core.domain.order import ActivationStatus, ActivationType, CancelCode, Order, OrderStatus
from core.domain.refusals import MoveRefused
from ports.customer_registry import Registered
from ports.errors import Rejected
from tests.contracts.samples import AT, CARD, HOME, MINA, Samples
from tests.worlds import a_world

E, I = EligibilityStatus, IdStatus  # noqa: E741 - as in the tables


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def bound(world: World) -> WorldBindings:
    return bind_world(world)


@pytest.fixture
def staff(bound: WorldBindings) -> StaffDesk:
    return bound.staff_desk


@pytest.fixture
async def mina(bound: WorldBindings) -> Registered:
    return await bound.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())


@pytest.fixture
async def placed(bound: WorldBindings, mina: Registered) -> Order:
    draft = Samples.draft(mina.account, await bound.catalog_shelf.catalog())
    return await read(bound, (await bound.order_book.ensure_order(draft)).order)


async def read(bound: WorldBindings, order: OrderId) -> Order:
    found = await bound.order_book.find(order)
    assert found is not None
    return found


def mails(world: World) -> list[tuple[str, str]]:
    return [(row["letter"], row["to"]) for row in world.records.find("mail")]


@pytest.mark.parametrize(("old", "new"), list(product(E, E)))
async def test_eligibility_goes_where_the_table_says(
    world: World, staff: StaffDesk, mina: Registered, old: E, new: E
) -> None:
    world.records.update("account", mina.account, {"eligibility_status": old}, "seed")
    allowed = new is old or new in reachable(eligibility.MOVES, old)
    if allowed:
        await staff.answer_availability(mina.account, new, "Home 1G")
    else:
        with pytest.raises(MoveRefused):
            await staff.answer_availability(mina.account, new, "Home 1G")
    row = world.records.get("account", mina.account)
    assert row is not None
    assert row["eligibility_status"] == (new if allowed else old)


@pytest.mark.parametrize(("old", "new"), list(product(I, I)))
async def test_an_id_goes_where_the_table_says(
    world: World, staff: StaffDesk, mina: Registered, old: I, new: I
) -> None:
    world.records.update("account", mina.account, {"id_status": old}, "seed")
    allowed = new is old or new in reachable(identity.MOVES, old)
    if allowed:
        await staff.correct_id(mina.account, new, "BLURRY")
    else:
        with pytest.raises(MoveRefused):
            await staff.correct_id(mina.account, new, "BLURRY")
    row = world.records.get("account", mina.account)
    assert row is not None
    assert row["id_status"] == (new if allowed else old)


async def test_the_four_status_mails_go_out_once_each(
    world: World, staff: StaffDesk, bound: WorldBindings, mina: Registered
) -> None:
    opened = await bound.eligibility_desk.ensure_check(Samples.check(mina), None)
    assert mails(world) == []
    await staff.answer_availability(opened.case, E.INELIGIBLE, None, "No line.")
    await staff.answer_availability(mina.account, E.ELIGIBLE, "Home 1G", "There is one.")
    await staff.answer_availability(mina.account, E.ELIGIBLE, "Home 10G", "An even better one.")
    document = await bound.identity_desk.ensure_document(Samples.key("card"), mina.account, Samples.document())
    await bound.identity_desk.ensure_submitted(mina.account, document, AT)
    await staff.review_id(mina.account, I.REJECTED, "BLURRY")
    await staff.correct_id(mina.account, I.VERIFIED)
    assert mails(world) == [
        (letter, "mina@example.jp")
        for letter in (
            "eligibility_ineligible",
            "eligibility_eligible",
            "verification_rejected",
            "verification_verified",
        )
    ]
    rows = world.records.find("mail")
    assert {(row["sender"], row["language"]) for row in rows} == {("salesforce", "en")}
    assert msgspec.json.decode(rows[2]["values"])["message"] == "BLURRY"
    assert all(entry.by == "flow" for entry in world.ledger.of("create mail"))


async def test_a_check_is_closed_with_its_answer(world: World, staff: StaffDesk, bound: WorldBindings) -> None:
    mina = await bound.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    opened = await bound.eligibility_desk.ensure_check(Samples.check(mina), None)
    (check,) = (await staff.queues()).availability
    assert (check.case, check.opportunity, check.customer) == (opened.case, opened.opportunity, "Mina Kowalska")
    assert (check.address, check.asked_at, check.customer_number) == (HOME.one_line, AT, "P1000001")
    await staff.answer_availability(check.case, E.ELIGIBLE, "Home 1G", "Fine.")
    assert (await staff.queues()).availability == ()
    standing = await bound.eligibility_desk.standing(mina.account)
    assert (standing.status, standing.value, standing.notes) == (E.ELIGIBLE, "Home 1G", "Fine.")
    assert standing.checked_at is not None
    case = world.records.get("case", opened.case)
    assert case is not None
    assert case["is_closed"]


async def test_a_document_is_reviewed_from_its_queue(staff: StaffDesk, bound: WorldBindings, mina: Registered) -> None:
    document = await bound.identity_desk.ensure_document(Samples.key("card"), mina.account, Samples.document())
    back = Samples.document(b"back", "back.png")
    await bound.identity_desk.ensure_document(Samples.key("card"), mina.account, back, Side.BACK)
    await bound.identity_desk.ensure_submitted(mina.account, document, AT)
    (review,) = (await staff.queues()).documents
    assert review.other_files == ("back.png",)
    assert (review.account, review.file_name, review.birth_date) == (mina.account, "在留カード.png", MINA.birth_date)
    assert review.size == len(Samples.document().data)
    with pytest.raises(MoveRefused):
        await staff.review_id(mina.account, I.SUBMITTED)
    await staff.review_id(mina.account, I.VERIFIED)
    assert (await staff.queues()).documents == ()
    standing = await bound.identity_desk.standing(mina.account)
    assert standing.status is I.VERIFIED
    assert standing.reviewed_at is not None


async def test_an_order_is_approved_once(staff: StaffDesk, bound: WorldBindings, placed: Order) -> None:
    (review,) = (await staff.queues()).orders
    assert (review.order, review.status, review.monthly, review.one_time) == (placed.id, "Pending Review", 7_900, 0)
    assert len(review.lines) == 2
    assert review.address == (placed.address.one_line if placed.address is not None else None)
    await staff.approve_order(placed.id)
    assert (await read(bound, placed.id)).status is OrderStatus.APPROVED
    with pytest.raises(MoveRefused):
        await staff.approve_order(placed.id)
    with pytest.raises(MoveRefused):
        await staff.reject_order(placed.id, CancelCode.OTHER, "Too late.")


@pytest.mark.parametrize("approved", [False, True])
async def test_a_refused_order_takes_its_sale_along(
    staff: StaffDesk, bound: WorldBindings, placed: Order, approved: bool
) -> None:
    if approved:
        await staff.approve_order(placed.id)
        await staff.cancel_order(placed.id, CancelCode.NOT_DELIVERABLE, "No line reaches you.")
    else:
        await staff.reject_order(placed.id, CancelCode.NOT_DELIVERABLE, "No line reaches you.")
    order = await read(bound, placed.id)
    assert (order.status, order.cancel_code) == (OrderStatus.CANCELLED, "NOT_DELIVERABLE")
    assert order.cancel_message == "No line reaches you."
    assert order.opportunity is not None
    sale = await bound.opportunities.find(order.opportunity)
    assert sale is not None
    assert sale.stage is Stage.VOID
    with pytest.raises(MoveRefused):
        await staff.cancel_order(placed.id, CancelCode.OTHER, "Again.")


async def test_an_activated_order_is_neither_cancelled_nor_moved(world: World, staff: StaffDesk, placed: Order) -> None:
    await staff.approve_order(placed.id)
    world.records.update("order", placed.id, {"activation": ActivationStatus.ACTIVATED})
    with pytest.raises(MoveRefused):
        await staff.cancel_order(placed.id, CancelCode.OTHER, "Too late.")
    with pytest.raises(MoveRefused):
        await staff.reschedule(placed.id, AT)


async def test_a_card_is_shipped_and_a_day_set(staff: StaffDesk, bound: WorldBindings, mina: Registered) -> None:
    catalog = await bound.catalog_shelf.catalog()
    draft = Samples.draft(mina.account, catalog, "SIM-DATA-5GB", sim=CARD, product_type="sim")
    order = (await bound.order_book.ensure_order(draft)).order
    assert (await staff.queues()).orders[0].to_be_shipped
    await staff.ship_sim(order, Samples.later(days=2))
    await staff.reschedule(order, Samples.later(days=5))
    found = await read(bound, order)
    assert (found.shipped_at, found.activate_at) == (Samples.later(days=2), Samples.later(days=5))
    assert found.activation_type is ActivationType.SCHEDULED
    await staff.reschedule(order, None)
    assert (await read(bound, order)).activation_type is ActivationType.IMMEDIATE


@pytest.mark.parametrize(("old", "new"), list(product(Stage, Stage)))
async def test_staff_may_set_any_stage(
    world: World, staff: StaffDesk, bound: WorldBindings, mina: Registered, old: Stage, new: Stage
) -> None:
    sale = await bound.opportunities.ensure(Samples.opportunity(mina.account))
    world.records.update("opportunity", sale, {"stage": old}, "seed")
    await staff.move_opportunity(sale, new)
    found = await bound.opportunities.find(sale)
    assert found is not None
    assert found.stage is new


@pytest.mark.parametrize(("old", "new"), list(product(Kit, Kit)))
async def test_a_kit_goes_where_the_table_says(
    world: World, staff: StaffDesk, bound: WorldBindings, mina: Registered, old: Kit, new: Kit
) -> None:
    sale = await bound.opportunities.ensure(Samples.opportunity(mina.account))
    world.records.update("opportunity", sale, {"kit": old}, "seed")
    if new is old or new in KIT_MOVES[old]:
        await staff.move_kit(sale, new)
        expected = new
    else:
        with pytest.raises(MoveRefused):
            await staff.move_kit(sale, new)
        expected = old
    found = await bound.opportunities.find(sale)
    assert found is not None
    assert found.kit is expected


async def test_a_cancellation_waits_in_its_queue(staff: StaffDesk, bound: WorldBindings, mina: Registered) -> None:
    sale = await bound.opportunities.ensure(Samples.opportunity(mina.account))
    await staff.move_opportunity(sale, Stage.ACTIVE)
    end = Samples.later(days=30)
    case = await bound.opportunities.ensure_cancelling(sale, end, True, Samples.cancellation(mina, sale))
    (waiting,) = (await staff.queues()).cancellations
    assert (waiting.case, waiting.ends_at, waiting.notice, waiting.kit) == (case, end, "有", "NotYet")
    await staff.set_end(sale, end + timedelta(days=1))
    await staff.move_kit(sale, Kit.SENT)
    assert (await staff.queues()).cancellations[0].kit == "SentKit"
    await staff.close_case(case, "Done.")
    assert (await staff.queues()).cancellations == ()


async def test_deeds_on_nothing_are_refused(staff: StaffDesk) -> None:
    for deed in (
        staff.answer_availability("nothing", E.ELIGIBLE),
        staff.approve_order("nothing"),
        staff.move_opportunity("nothing", Stage.READY),
        staff.move_kit("nothing", Kit.SENT),
        staff.close_case("nothing"),
        staff.bar_account("nothing"),
        staff.change_price("nothing", 1),
    ):
        with pytest.raises(Rejected, match="MALFORMED_ID"):
            await deed


async def test_a_customer_from_before_the_portal_is_there(staff: StaffDesk, bound: WorldBindings, world: World) -> None:
    account = await staff.add_account("P0000042", MINA, "old@example.jp", address=HOME, client="9")  # type: ignore[arg-type]
    profile = await bound.customer_registry.find_by_number("P0000042")  # type: ignore[arg-type]
    assert profile is not None
    assert (profile.account, profile.client, profile.address) == (account, "9", HOME)
    await staff.link_account(account, "10")
    assert [entry.by for entry in world.ledger.entries] == ["staff"] * 3
