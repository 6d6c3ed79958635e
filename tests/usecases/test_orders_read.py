"""Reading, listing, withdrawing and giving up (ORD-4, ORD-6, ORD-10, OPP-1)."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.catalog import ProductType
from core.domain.checkout import Holder
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import OrderId, request_key
from core.domain.opportunity import Beginning, NewOpportunity, Stage
from core.domain.order import CancelCode, OrderStatus
from core.domain.policy import Policy
from core.domain.refusals import MoveRefused, NotFound
from core.domain.session import Session
from core.domain.timeline import Event
from core.domain.work import WorkState
from core.usecases.orders.give_up_stale import GiveUpStale
from core.usecases.orders.list_orders import ListOrders, OrderPlace
from core.usecases.orders.read_order import ReadOrder
from ports.errors import Unavailable
from tests.usecases.shop import INTERNET, SIM, VPN, Shop, a_shop, at_once


def reading(shop: Shop) -> ReadOrder:
    up = shop.up
    return ReadOrder(up.order_book, up.eligibility_desk, up.identity_desk, shop.store, shop.clock, shop.policy)


async def test_an_order_is_shown_with_what_it_depended_on(shop: Shop, mina: Session) -> None:
    internet, sim, vpn = [each.id for each in (await shop.order(mina, INTERNET, SIM, VPN)).orders]
    read = reading(shop)
    first, second, third = [await read(mina, each) for each in (internet, sim, vpn)]
    assert first.eligibility is not None
    assert (first.eligibility.status, first.eligibility.value) == (EligibilityStatus.ELIGIBLE, "Home 1G")
    assert first.identity is None
    assert second.identity is not None
    assert second.identity.status is IdStatus.VERIFIED
    assert second.eligibility is None
    assert (third.eligibility, third.identity) == (None, None)
    assert [entry.event for entry in first.timeline] == [
        Event.CHECK_ELIGIBLE,
        Event.ORDER_PLACED,
        Event.ORDER_IN_REVIEW,
    ]
    assert [entry.event for entry in second.timeline] == [Event.ID_VERIFIED, Event.ORDER_PLACED, Event.ORDER_IN_REVIEW]


async def test_internet_that_needs_id_shows_both(migrated_file: Path, tmp_path: Path) -> None:
    async with a_shop(migrated_file, tmp_path, Policy(internet_needs_id=True)) as shop:
        mina = await shop.customer()
        [only] = (await shop.order(mina, INTERNET)).orders
        story = await reading(shop)(mina, only.id)
        assert story.eligibility is not None
        assert story.identity is not None


async def test_the_review_has_a_date_and_is_late_after_it(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, VPN)).orders
    [review] = [e for e in (await reading(shop)(mina, only.id)).timeline if e.open]
    assert (review.holder, review.late) == (Holder.SONIXNET, False)
    assert review.expected is not None
    shop.clock.set(review.expected.latest + timedelta(seconds=1))
    [review] = [e for e in (await reading(shop)(mina, only.id)).timeline if e.open]
    assert review.late
    await shop.staff.approve_order(only.id)
    events = [(e.event, e.open) for e in (await reading(shop)(mina, only.id)).timeline]
    assert events == [(Event.ORDER_PLACED, False), (Event.ORDER_APPROVED, False), (Event.ACTIVATING, True)]


async def test_a_part_that_can_not_be_read_leaves_the_order(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, INTERNET)).orders
    shop.world.faults.switch("salesforce", "standing", "unavailable")
    shop.world.faults.switch("salesforce", "review_times", "unavailable")
    story = await reading(shop)(mina, only.id)
    assert story.eligibility is None
    assert [entry.event for entry in story.timeline] == [Event.ORDER_PLACED, Event.ORDER_IN_REVIEW]
    shop.world.faults.switch("salesforce", "find", "unavailable")
    with pytest.raises(Unavailable):
        await reading(shop)(mina, only.id)


async def test_another_s_order_is_not_there(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, VPN)).orders
    jun = await shop.customer(name="jun")
    for session, order in ((jun, only.id), (mina, OrderId("801000000000009AAA"))):
        with pytest.raises(NotFound):
            await reading(shop)(session, order)
        with pytest.raises(NotFound):
            await shop.withdraw()(session, order)
    assert shop.made("order")[0]["status"] == OrderStatus.PENDING_REVIEW
    assert (await ListOrders(shop.up.order_book)(jun, None, 20)).orders == ()


async def test_orders_are_listed_newest_first_page_by_page(shop: Shop, mina: Session) -> None:
    for number in range(5):
        await shop.order(mina, VPN, key=f"k{number}")
        shop.clock.advance(timedelta(minutes=5))
    listing = ListOrders(shop.up.order_book)
    seen: list[OrderId] = []
    behind: OrderPlace | None = None
    sizes = []
    while True:
        page = await listing(mina, behind, 2)
        seen += [order.id for order in page.orders]
        sizes.append(len(page.orders))
        if page.next is None:
            break
        behind = page.next
    assert sizes == [2, 2, 1]
    assert seen == [row["id"] for row in reversed(shop.made("order"))]
    assert (await listing(mina, None, 5)).next is None


async def test_orders_of_one_moment_are_each_on_one_page(shop: Shop, mina: Session) -> None:
    await shop.order(mina, VPN, VPN, SIM, VPN)
    listing = ListOrders(shop.up.order_book)
    first = await listing(mina, None, 3)
    rest = await listing(mina, first.next, 3)
    assert len({order.id for order in (*first.orders, *rest.orders)}) == 4


# --- withdrawing -----------------------------------------------------------------------------------------------------
async def test_an_order_is_withdrawn_before_it_is_approved(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, INTERNET)).orders
    reply = await shop.withdraw()(mina, only.id)
    assert (reply.work.state, reply.work.result) == (
        WorkState.DONE,
        {"order": only.id, "status": "Cancelled"},
    )
    [order], [sale] = shop.made("order"), shop.made("opportunity")
    assert (order["status"], order["cancel_code"], sale["stage"]) == ("Cancelled", "CUSTOMER_WITHDREW", "Void")
    [told] = shop.told.notices.values()
    assert (told.type, told.user, told.source_id) == ("order_cancelled", mina.user, only.id)
    assert told.values["message_en"].startswith("You withdrew this order")
    assert told.values["message_ja"].startswith("お客様")


async def test_withdrawing_again_is_answered_as_it_stands(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, VPN)).orders
    replies = await at_once(*(shop.withdraw()(mina, only.id) for _ in range(10)))
    replies.append(await shop.withdraw()(mina, only.id))
    assert len({reply.request for reply in replies}) == 1
    assert len(shop.told.notices) == 1


async def test_what_was_withdrawn_can_be_ordered_again_at_once(shop: Shop, mina: Session) -> None:
    [first] = (await shop.order(mina, INTERNET)).orders
    await shop.withdraw()(mina, first.id)
    [second] = (await shop.order(mina, INTERNET, key="another")).orders
    assert second.id != first.id
    assert [row["status"] for row in shop.made("order")] == ["Cancelled", "Pending Review"]


@pytest.mark.parametrize("how", ["approved", "rejected"])
async def test_what_staff_decided_is_not_withdrawn(shop: Shop, mina: Session, how: str) -> None:
    [only] = (await shop.order(mina, VPN)).orders
    if how == "approved":
        await shop.staff.approve_order(only.id)
    else:
        await shop.staff.reject_order(only.id, CancelCode.DUPLICATE, "")
    with pytest.raises(MoveRefused):
        await shop.withdraw()(mina, only.id)
    assert shop.told.notices == {}


async def test_an_approval_that_came_first_wins(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, VPN)).orders
    shop.world.faults.switch("salesforce", "ensure_cancelled", "unavailable")
    await shop.withdraw(wait=0.0)(mina, only.id)
    await shop.staff.approve_order(only.id)
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    work = await shop.runner.outcome(request_key("withdraw", only.id), 0)
    assert work is not None
    assert (work.state, work.code) == (WorkState.REFUSED, "move_refused")
    assert work.result == {"machine": "order", "state": "Approved", "trigger": "withdrawn"}
    assert (shop.made("order")[0]["status"], shop.told.notices) == ("Approved", {})


# --- giving up -------------------------------------------------------------------------------------------------------
async def test_sales_without_a_step_for_ninety_days_are_given_up(shop: Shop, mina: Session) -> None:
    sales = []
    for product, stage in (
        (ProductType.INTERNET, Stage.INTRODUCTION),
        (ProductType.SIM, Stage.READY),
        (ProductType.VPN, Stage.ACTIVE),
    ):
        new = NewOpportunity(
            key=request_key("sale", product),
            account=mina.account,
            product_type=product,
            beginning=Beginning.ELIGIBILITY_REQUESTED,
            name="A sale",
            at=shop.clock.now(),
        )
        sales.append(await shop.up.opportunities.ensure(new))
        await shop.staff.move_opportunity(sales[-1], stage)
    give_up = GiveUpStale(shop.up.opportunities, shop.clock, shop.policy)
    shop.clock.advance(timedelta(days=89))
    assert await give_up() == 0
    await shop.staff.move_opportunity(sales[0], Stage.READY)
    shop.clock.advance(timedelta(days=2))
    assert await give_up() == 1
    assert [row["stage"] for row in shop.made("opportunity")] == ["Ready", "Void", "Active"]
    assert await give_up() == 0
