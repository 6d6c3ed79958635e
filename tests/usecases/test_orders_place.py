"""Submitting: gates, splitting, opportunities and being asked twice (ORD-1 to ORD-5)."""

import asyncio
import dataclasses
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from adapters.system.cached_catalog import CachedCatalogShelf
from core.domain.account import Address, Person
from core.domain.cart import Cart, CartService, SimChoice, SimType, Totals
from core.domain.catalog import ProductType
from core.domain.checkout import CheckoutStep, Choices
from core.domain.eligibility import EligibilityStatus
from core.domain.id_methods import IdMethod, MethodRule
from core.domain.identity import IdStatus
from core.domain.ids import OpportunityId, RequestKey, ServiceId, Sku, request_key
from core.domain.money import Yen
from core.domain.opportunity import Beginning, NewOpportunity, Stage
from core.domain.order import ActivationType, CancelCode
from core.domain.policy import Policy
from core.domain.refusals import (
    CartRefused,
    CheckoutChanged,
    CheckoutMissing,
    GatesClosed,
    Invalid,
    OpportunityUnusable,
    SwitchedOff,
)
from core.domain.session import Session
from core.domain.work import Reply, WorkState
from ports.errors import Unavailable
from tests.usecases.shop import CONFIRMED, ELSEWHERE, FAMILY, HOME, INTERNET, SIM, VPN, Shop, a_shop, at_once, placed


def key(text: str = "k") -> RequestKey:
    return RequestKey(text)


# --- what an order is ----------------------------------------------------------------------------------------------
async def test_a_cart_becomes_an_order_and_an_opportunity_for_each_service(shop: Shop, mina: Session) -> None:
    result = await shop.order(mina, INTERNET, SIM, SIM, VPN)
    orders, sales = shop.made("order"), shop.made("opportunity")
    assert [(each.id, each.number) for each in result.orders] == [(row["id"], row["number"]) for row in orders]
    assert [each.product_type for each in result.orders] == ["internet", "sim", "sim", "vpn"]
    assert {row["opportunity"] for row in orders} == {row["id"] for row in sales}
    assert len(sales) == 4
    assert {row["stage"] for row in sales} == {"Post Processing"}
    assert [row["source"] for row in sales] == [
        "Portal - Order Placement",
        "Portal - SIM Checkout",
        "Portal - SIM Checkout",
        "Portal - Order Placement",
    ]


async def test_an_order_is_a_snapshot_waiting_for_review(shop: Shop, mina: Session) -> None:
    [only] = (await shop.order(mina, INTERNET)).orders
    order = await shop.up.order_book.find(only.id, mina.account)
    assert order is not None
    assert (order.status, order.activation, order.activation_type) == ("Pending Review", "Not Started", "Immediate")
    await shop.staff.change_price("INTERNET-HOME-1G-SILVER", 9_999)
    again = await shop.up.order_book.find(only.id)
    assert again is not None
    assert [(line.sku, line.quantity, line.unit_price, line.billing_cycle) for line in again.lines] == [
        ("INTERNET-HOME-1G-SILVER", 1, 5_500, "monthly"),
        ("INTERNET-INSTALL-SINGLE", 1, 22_800, "one_time"),
    ]
    assert (again.monthly, again.one_time) == (5_500, 22_800)
    assert again.address is not None
    assert "Higashiazabu" in again.address.one_line


async def test_a_date_and_a_sim_travel_with_the_order(shop: Shop, mina: Session) -> None:
    day = shop.clock.now().replace(microsecond=0) + timedelta(days=10)
    choices = msgspec.structs.replace(CONFIRMED, activation=ActivationType.SCHEDULED, activate_at=day)
    wanted = await shop.asked(SIM, choices=choices)
    [only] = placed(await shop.place()(mina, key(), wanted)).orders
    order = await shop.up.order_book.find(only.id)
    assert order is not None
    assert (order.activation_type, order.activate_at) == ("Scheduled", day)
    assert order.sim == SimChoice(SimType.ESIM, "8" * 32)


# --- the gates -----------------------------------------------------------------------------------------------------
async def test_a_newcomer_is_told_every_gate_at_once_and_leaves_nothing(shop: Shop) -> None:
    newcomer = await shop.customer(
        ready=False,
        address=None,
        person=Person(first_name="Mina", last_name="Park"),
        terms_version="2020-01",
    )
    wanted = await shop.asked(INTERNET, FAMILY, VPN, choices=Choices(), seen=Totals(Yen(1), Yen(1)))
    assert await shop.closed(newcomer, wanted) == [
        ("details_missing", None),
        ("terms_not_accepted", None),
        ("address_missing", None),
        ("address_not_confirmed", None),
        ("price_changed", None),
        ("not_eligible", 0),
        ("id_not_verified", 1),
        ("family_needs_sim", 1),
        ("payment_method_missing", None),
    ]
    assert shop.made("order") == shop.made("opportunity") == []
    async with shop.store.reading() as shelves:
        assert await shelves.requests.unstarted(shop.clock.now() + timedelta(days=1)) == ()


async def test_one_closed_gate_refuses_the_whole_cart(shop: Shop, mina: Session) -> None:
    await shop.staff.correct_id(mina.account, IdStatus.REJECTED)
    assert await shop.closed(mina, await shop.asked(VPN, SIM)) == [("id_not_verified", 1)]
    assert shop.made("order") == []
    assert await shop.closed(mina, await shop.asked(VPN)) == []


async def test_a_price_that_changed_since_it_was_seen(shop: Shop, mina: Session) -> None:
    wanted = await shop.asked(VPN)
    await shop.staff.change_price("VPN-LONDON", 2_501)
    assert await shop.closed(mina, wanted) == [("price_changed", None)]
    assert await shop.closed(mina, await shop.asked(VPN)) == []


async def test_a_price_that_changed_since_the_checkout_was_shown(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, VPN)
    await shop.staff.change_price("VPN-LONDON", 2_501)
    assert await shop.closed(mina, None) == [("price_changed", None)]
    shown = await shop.read(mina, None)
    assert shown.priced is not None
    assert shown.priced.totals.monthly == 2_501
    assert await shop.closed(mina, None) == []


async def test_an_address_confirmed_is_not_another(shop: Shop, mina: Session) -> None:
    elsewhere = await shop.asked(VPN, address=ELSEWHERE)
    assert await shop.closed(mina, elsewhere) == [("address_not_confirmed", None)]
    await shop.saved(mina, VPN)
    shop.world.records.update("account", mina.account, {"city": "Kyoto"}, "staff")
    assert await shop.closed(mina, None) == [("address_not_confirmed", None)]


@pytest.mark.parametrize(
    ("value", "status", "told"),
    [
        ("Home 1G", EligibilityStatus.ELIGIBLE, []),
        ("Mansion 1G", EligibilityStatus.ELIGIBLE, [("plan_not_offered", 0)]),
        ("Home 1G", EligibilityStatus.INELIGIBLE, [("not_eligible", 0)]),
    ],
)
async def test_internet_needs_the_right_answer(
    shop: Shop, mina: Session, value: str, status: EligibilityStatus, told: list[tuple[str, int]]
) -> None:
    await shop.eligible(mina, value, status)
    assert await shop.closed(mina, await shop.asked(INTERNET)) == told


async def test_eligibility_belongs_to_its_address(shop: Shop, mina: Session) -> None:
    await shop.eligible(mina, address=ELSEWHERE)
    assert await shop.closed(mina, await shop.asked(INTERNET)) == [("not_eligible", 0)]


async def test_a_second_internet_is_refused_while_the_first_is_open_or_runs(shop: Shop, mina: Session) -> None:
    [first] = (await shop.order(mina, INTERNET)).orders
    shop.clock.advance(timedelta(hours=1))
    other = CartService(INTERNET.plan, (Sku("INTERNET-INSTALL-12"),))
    assert await shop.closed(mina, await shop.asked(other), "k2") == [("internet_already", 0)]
    await shop.staff.approve_order(first.id)
    assert await shop.closed(mina, await shop.asked(other), "k3") == [("internet_already", 0)]
    await shop.staff.cancel_order(first.id, CancelCode.OTHER, "no line")
    assert await shop.closed(mina, await shop.asked(other), "k4") == []
    assert len(shop.made("order")) == 2


async def test_a_running_internet_service_closes_the_gate(shop: Shop, mina: Session) -> None:
    service = await shop.billing.add_service(mina.client, "SonixNet via NTT Optical Fiber")
    assert await shop.closed(mina, await shop.asked(INTERNET)) == [("internet_already", 0)]
    await shop.billing.terminate_service(ServiceId(service))
    assert await shop.closed(mina, await shop.asked(INTERNET)) == []


async def test_what_a_cart_does_not_need_is_not_asked_for(shop: Shop, mina: Session) -> None:
    wanted = await shop.asked(VPN)
    shop.world.calls.clear()
    await shop.place()(mina, key(), wanted)
    asked = {operation for _, operation in shop.world.calls}
    assert asked == {"catalog", "profile", "payment_methods", "ensure_order"}


@pytest.mark.parametrize(
    ("system", "operation"),
    [
        ("salesforce", "catalog"),
        ("salesforce", "profile"),
        ("salesforce", "standing"),
        ("salesforce", "of_account"),
        ("whmcs", "services"),
        ("whmcs", "payment_methods"),
    ],
)
async def test_a_gate_that_can_not_be_read_keeps_nothing(
    shop: Shop, mina: Session, system: str, operation: str
) -> None:
    await shop.saved(mina, INTERNET, SIM)
    wanted = await shop.asked(INTERNET, SIM)
    shop.world.faults.switch(system, operation, "unavailable")
    for each in (wanted, None):
        with pytest.raises(Unavailable):
            await shop.place()(mina, key(), each)
    shop.world.faults.clear()
    assert shop.made("order") == []
    assert await shop.closed(mina, None) == []


async def test_policy_may_let_a_submitted_id_order(migrated_file: Path, tmp_path: Path) -> None:
    async with a_shop(migrated_file, tmp_path, Policy(submitted_may_order=True)) as shop:
        mina = await shop.customer(ready=False)
        await shop.billing.add_payment_method(mina.client)
        wanted = await shop.asked(SIM)
        assert await shop.closed(mina, wanted) == [("id_not_verified", 0)]
        await shop.verified(mina, IdStatus.SUBMITTED)
        assert await shop.closed(mina, wanted) == []


async def test_a_sim_without_a_way_to_show_an_id_says_so(migrated_file: Path, tmp_path: Path) -> None:
    ended = MethodRule(ProductType.SIM, IdMethod.DOCUMENT_IMAGE, ends=date(2025, 12, 31))
    async with a_shop(migrated_file, tmp_path, Policy(id_methods=(ended,))) as shop:
        mina = await shop.customer()
        await shop.staff.correct_id(mina.account, IdStatus.REJECTED)
        await shop.saved(mina, SIM)
        assert await shop.closed(mina, await shop.asked(SIM)) == [("id_method_missing", 0)]
        progress = (await shop.read(mina, None)).progress or ()
        assert [step.reason for step in progress if step.step is CheckoutStep.IDENTITY] == ["id_method_missing"]
        await shop.staff.correct_id(mina.account, IdStatus.VERIFIED)
        assert await shop.closed(mina, await shop.asked(SIM)) == []


async def test_a_family_plan_needs_a_sim_that_runs(shop: Shop, mina: Session) -> None:
    wanted = await shop.asked(FAMILY)
    assert await shop.closed(mina, wanted) == [("family_needs_sim", 0)]
    await shop.billing.add_service(mina.client, "SIM", product=_billed_as(shop, "SIM-DATA-VOICE-5GB"))
    assert await shop.closed(mina, wanted) == []


def _billed_as(shop: Shop, sku: str) -> str:
    product = shop.world.records.one("product", sku=sku)
    assert product is not None
    return str(product["billing_product"])


# --- what is no cart -----------------------------------------------------------------------------------------------
async def test_a_cart_that_is_none_is_refused_by_name_before_anybody_is_asked(shop: Shop, mina: Session) -> None:
    asked = await shop.asked(VPN)
    ghost = msgspec.structs.replace(asked, cart=Cart((CartService(Sku("GHOST")),)))
    with pytest.raises(CartRefused) as refused:
        await shop.place()(mina, key(), ghost)
    assert [(f.field, f.code) for f in refused.value.faults] == [("cart.services[0].plan", "unknown_sku")]
    card = CartService(SIM.plan, sim=SimChoice(SimType.PHYSICAL, "8" * 32))
    past = Choices(activation=ActivationType.SCHEDULED, activate_at=shop.clock.now() - timedelta(days=1))
    with pytest.raises(Invalid) as invalid:
        await shop.place()(mina, key(), msgspec.structs.replace(asked, cart=Cart((card,)), choices=past))
    assert [(f.field, f.code) for f in invalid.value.faults] == [
        ("cart.services[0].sim.eid", "not_for_this_product"),
        ("activateAt", "in_the_past"),
    ]


async def test_there_must_be_a_checkout_to_submit_one(shop: Shop, mina: Session) -> None:
    with pytest.raises(CheckoutMissing):
        await shop.place()(mina, key(), None)
    await shop.saved(mina, VPN)
    shop.clock.advance(timedelta(days=30))
    with pytest.raises(CheckoutMissing):
        await shop.place()(mina, key(), None)


async def test_unified_checkout_can_be_switched_off_and_orders_still_placed(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, VPN)
    await shop.switch("unified_checkout", 0)
    with pytest.raises(SwitchedOff):
        await shop.place()(mina, key(), None)
    assert len((await shop.order(mina, VPN)).orders) == 1


# --- opportunities -------------------------------------------------------------------------------------------------
async def sale(shop: Shop, session: Session, name: str, product: ProductType) -> OpportunityId:
    return await shop.up.opportunities.ensure(
        NewOpportunity(
            key=request_key("sale", session.account, name),
            account=session.account,
            product_type=product,
            beginning=Beginning.ELIGIBILITY_REQUESTED,
            name=name,
            at=shop.clock.now(),
        )
    )


async def test_internet_and_sim_take_the_newest_open_one_vpn_a_new_one(shop: Shop, mina: Session) -> None:
    for product in (ProductType.INTERNET, ProductType.SIM, ProductType.VPN):
        await sale(shop, mina, f"old {product}", product)
    newest = [await sale(shop, mina, f"new {product}", product) for product in ("internet", "sim", "vpn")]
    await shop.order(mina, INTERNET, SIM, VPN)
    used = [row["opportunity"] for row in shop.made("order")]
    assert used[:2] == newest[:2]
    assert used[2] not in {row["id"] for row in shop.made("opportunity")[:6]}
    assert len(shop.made("opportunity")) == 7


async def test_a_given_one_is_used_for_its_type(shop: Shop, mina: Session) -> None:
    old = await sale(shop, mina, "old", ProductType.SIM)
    await sale(shop, mina, "new", ProductType.SIM)
    choices = msgspec.structs.replace(CONFIRMED, opportunity=old)
    await shop.place()(mina, key(), await shop.asked(VPN, SIM, choices=choices))
    assert shop.made("order")[1]["opportunity"] == old


@pytest.mark.parametrize("why", ["of another type", "with an order", "over", "another's", "unknown"])
async def test_a_given_one_that_can_not_be_used_is_refused(shop: Shop, mina: Session, why: str) -> None:
    given = await sale(shop, mina, "given", ProductType.INTERNET if why == "of another type" else ProductType.SIM)
    if why == "with an order":
        await shop.order(mina, SIM, key="before")
    elif why == "over":
        await shop.staff.move_opportunity(given, Stage.VOID)
    elif why == "another's":
        given = await sale(shop, await shop.customer(name="jun"), "theirs", ProductType.SIM)
    elif why == "unknown":
        given = OpportunityId("006000000000000AAA")
    before = len(shop.made("order"))
    wanted = await shop.asked(SIM, VPN, choices=msgspec.structs.replace(CONFIRMED, opportunity=given))
    with pytest.raises(OpportunityUnusable):
        await shop.place()(mina, key(), wanted)
    assert len(shop.made("order")) == before


# --- asked twice ---------------------------------------------------------------------------------------------------
async def test_a_saved_checkout_is_submitted_once(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, INTERNET, SIM)
    first = await shop.place()(mina, key("one"), None)
    again = await shop.place()(mina, key("two"), None)
    assert (again.request, again.work.result) == (first.request, first.work.result)
    assert len(shop.made("order")) == 2
    await shop.saved(mina, VPN)
    assert (await shop.place()(mina, key("three"), None)).request != first.request
    assert len(shop.made("order")) == 3


async def test_the_same_key_is_the_same_request_though_its_own_order_closed_a_gate(shop: Shop, mina: Session) -> None:
    wanted = await shop.asked(INTERNET)
    first = await shop.place()(mina, key("once"), wanted)
    shop.clock.advance(timedelta(days=2))
    again = await shop.place()(mina, key("once"), wanted)
    assert (again.request, again.work.result) == (first.request, first.work.result)
    assert len(shop.made("order")) == 1


async def test_the_same_wish_soon_after_is_the_same_order_and_later_another(shop: Shop, mina: Session) -> None:
    wanted = await shop.asked(VPN)
    first = await shop.place()(mina, key("one"), wanted)
    shop.clock.advance(shop.policy.same_intent_for - timedelta(seconds=5))
    assert (await shop.place()(mina, key("two"), wanted)).request == first.request
    shop.clock.advance(timedelta(seconds=10))
    assert (await shop.place()(mina, key("three"), wanted)).request != first.request
    # who got no answer under the second key asks under it again, however much later (T-2)
    assert (await shop.place()(mina, key("two"), wanted)).request == first.request
    assert len(shop.made("order")) == 2


async def test_a_key_whose_order_was_refused_is_not_used_up(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, VPN)
    shop.world.faults.switch("salesforce", "ensure_order", "refused")
    refused = await shop.place()(mina, key("one"), None)
    assert (refused.work.state, refused.work.code) == (WorkState.REFUSED, "order_refused")
    shop.world.faults.clear()
    await shop.saved(mina, SIM)
    again = await shop.place()(mina, key("one"), None)
    assert [each.product_type for each in placed(again).orders] == ["sim"]
    assert (await shop.place()(mina, key("one"), None)).request == again.request
    assert len(shop.made("order")) == 1


@pytest.mark.parametrize("at_once_", [True, False], ids=["at once", "one by one"])
async def test_a_saved_checkout_and_the_same_cart_from_another_tab_are_one_order(
    shop: Shop, mina: Session, at_once_: bool
) -> None:
    await shop.saved(mina, VPN)
    place, wanted = shop.place(), await shop.asked(VPN)
    if at_once_:
        tabs = (None, wanted, None, wanted)
        replies = await at_once(*(place(mina, key(f"k{n}"), wish) for n, wish in enumerate(tabs)))
    else:
        replies = [await place(mina, key("k0"), None), await place(mina, key("k1"), wanted)]
    assert {placed(reply).orders for reply in replies} == {placed(replies[0]).orders}
    assert len(shop.made("order")) == 1
    other = await shop.asked(SIM)
    assert (await place(mina, key("other"), other)).request != replies[0].request


@pytest.mark.parametrize("by", ["checkout", "body"])
async def test_what_an_operator_ended_may_be_wanted_again(shop: Shop, mina: Session, by: str) -> None:
    await shop.saved(mina, VPN)
    wanted = await shop.asked(VPN) if by == "body" else None
    shop.world.faults.switch("salesforce", "ensure_order", "unavailable")
    first = await shop.place(wait=0.01)(mina, key("one"), wanted)
    await shop.runner.park(first.work.key)
    assert await shop.runner.quiet(5)
    left_alone = await shop.runner.cancel(first.work.key)
    assert left_alone is not None
    assert left_alone.state is WorkState.WITH_STAFF
    assert (await shop.place(wait=0.01)(mina, key("two"), wanted)).request == first.request
    ended = await shop.runner.cancel(first.work.key, stopped=True)
    assert ended is not None
    assert ended.state is WorkState.CANCELLED
    shop.world.faults.clear()
    assert (await shop.place()(mina, key("three"), wanted)).request != first.request
    assert len(shop.made("order")) == 1


@pytest.mark.parametrize("address", [None, HOME], ids=["on file", "named"])
async def test_a_wish_that_is_still_being_done_stays_the_same_for_as_long_as_it_takes(
    shop: Shop, mina: Session, address: Address | None
) -> None:
    wanted = await shop.asked(VPN, address=address)
    shop.world.faults.switch("salesforce", "ensure_order", "unavailable")
    first = await shop.place(wait=0.01)(mina, key("one"), wanted)
    assert first.work.state is WorkState.IN_PROGRESS
    shop.clock.advance(timedelta(days=1))
    second = await shop.place(wait=0.01)(mina, key("two"), wanted)
    assert second.request == first.request
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    assert len(shop.made("order")) == 1
    # whoever was told "received" under a key asks under it again, however much later (T-2)
    shop.clock.advance(timedelta(days=7))
    assert (await shop.place()(mina, key("two"), wanted)).request == first.request
    (order,) = shop.made("order")
    await shop.withdraw()(mina, order["id"])
    assert await shop.runner.quiet(5)
    assert (await shop.place()(mina, key("two"), wanted)).request == first.request
    assert len(shop.made("order")) == 1
    assert (await shop.place()(mina, key("three"), wanted)).request != first.request


async def test_another_customer_s_key_is_another_s(shop: Shop, mina: Session) -> None:
    jun = await shop.customer(name="jun")
    wanted = await shop.asked(VPN)
    replies = [await shop.place()(each, key("same"), wanted) for each in (mina, jun)]
    assert replies[0].request != replies[1].request
    assert [row["account"] for row in shop.made("order")] == [mina.account, jun.account]


@pytest.mark.parametrize("keys", ["same", "different"])
@pytest.mark.parametrize("by", ["checkout", "body"])
@pytest.mark.parametrize("cart", [(INTERNET,), (VPN,), (SIM, SIM)], ids=["internet", "vpn", "two sims"])
async def test_twenty_submits_at_once_are_one(
    shop: Shop, mina: Session, keys: str, by: str, cart: tuple[CartService, ...]
) -> None:
    await shop.saved(mina, *cart)
    wanted = await shop.asked(*cart) if by == "body" else None
    place = shop.place()
    replies = await at_once(*(place(mina, key("k" if keys == "same" else f"k{n}"), wanted) for n in range(20)))
    assert {reply.request for reply in replies} == {replies[0].request}
    assert {len(placed(reply).orders) for reply in replies} == {len(cart)}
    assert len(shop.made("order")) == len(shop.made("opportunity")) == len(cart)


async def test_of_different_carts_at_once_one_is_the_first(shop: Shop, mina: Session) -> None:
    place, wishes = shop.place(), [await shop.asked(*cart) for cart in ((SIM,), (VPN,), (SIM, VPN))]
    shop.world.clock.advance(timedelta(hours=2))
    answers = [placed(reply) for reply in await at_once(*(place(mina, key(f"k{n}"), w) for n, w in enumerate(wishes)))]
    firsts = [answer.first_after for answer in answers if answer.first_after is not None]
    assert len(firsts) == 1
    assert 7200 <= firsts[0] < 7300
    assert len(shop.made("order")) == 4


async def test_the_first_order_is_the_first_that_was_placed_and_stays_it(shop: Shop, mina: Session) -> None:
    shop.world.faults.switch("salesforce", "ensure_order", "refused", times=1)
    refused = await shop.place()(mina, key("refused"), await shop.asked(VPN))
    assert refused.work.state is WorkState.REFUSED
    await shop.runner.quiet(5)
    first = await shop.order(mina, VPN, SIM, key="first")
    assert first.first_after is not None
    for order in first.orders:
        await shop.withdraw()(mina, order.id)
    assert (await shop.order(mina, VPN, SIM, key="second")).first_after is None


async def test_two_carts_with_internet_at_once_are_one_internet(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, INTERNET)
    other = CartService(INTERNET.plan, (Sku("INTERNET-INSTALL-24"),))
    wishes = [None, await shop.asked(other), await shop.asked(VPN, INTERNET), await shop.asked(INTERNET, SIM)]
    place = shop.place()
    results = await at_once(*(place(mina, key(f"k{n}"), wish) for n, wish in enumerate(wishes * 5)))
    refused = [each for each in results if isinstance(each, GatesClosed)]
    done = {each.request for each in results if not isinstance(each, BaseException)}
    assert len(done) == 1
    assert {failure.code for each in refused for failure in each.failures} == {"internet_already"}
    assert len(refused) + len([each for each in results if not isinstance(each, BaseException)]) == 20
    internet = [row for row in shop.made("opportunity") if row["commodity_type"] == "Personal SonixNet Home Internet"]
    assert len(internet) == 1


@pytest.mark.parametrize("by", ["checkout", "body"])
async def test_whoever_meets_the_order_of_their_own_wish_at_the_gate_is_answered_with_it(
    shop: Shop, mina: Session, by: str
) -> None:
    await shop.saved(mina, INTERNET)
    wanted = await shop.asked(INTERNET) if by == "body" else None
    shop.world.faults.switch("salesforce", "catalog", "slow", times=1, milliseconds=400)

    async def quick() -> Reply:
        await asyncio.sleep(0.1)
        return await shop.place()(mina, key("quick"), wanted)

    slow, quick_one = await at_once(shop.place()(mina, key("slow"), wanted), quick())
    assert slow.request == quick_one.request
    assert len(shop.made("order")) == 1


async def test_internet_on_its_way_is_internet_already(shop: Shop, mina: Session) -> None:
    shop.world.faults.switch("salesforce", "ensure_order", "unavailable")
    await shop.place(wait=0.0)(mina, key("one"), await shop.asked(INTERNET))
    shop.clock.advance(timedelta(hours=1))
    assert await shop.closed(mina, await shop.asked(VPN, INTERNET), "two") == [("internet_already", 1)]
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    assert len(shop.made("order")) == 1


async def test_a_price_read_before_the_outage_is_no_price_of_now(shop: Shop, mina: Session) -> None:
    shelf = CachedCatalogShelf(shop.up.catalog_shelf, shop.clock, shop.readings)
    wanted = await shop.asked(VPN)
    gates = dataclasses.replace(shop.gates, shelf=shelf)
    async with shop.store.reading() as shelves:
        user = await shelves.users.find(mina.user)
    assert user is not None
    await gates(mina, user, wanted, shop.clock.now())
    shop.world.faults.switch("salesforce", "catalog", "unavailable")
    shop.clock.advance(timedelta(minutes=6))
    assert (await shelf.catalog()).stale
    with pytest.raises(Unavailable):
        await gates(mina, user, wanted, shop.clock.now())


async def test_internet_may_be_wanted_again_once_its_order_is_over(shop: Shop, mina: Session) -> None:
    [first] = (await shop.order(mina, INTERNET, key="one")).orders
    held = await shop.held("internet_order", mina.account)
    assert held is not None, "the wish outlives its work"
    await shop.staff.reject_order(first.id, CancelCode.DETAILS_WRONG, "Please spell your name as on the card.")
    shop.clock.advance(timedelta(minutes=3))
    await shop.order(mina, INTERNET, key="two")
    assert await shop.held("internet_order", mina.account) != held
    assert len(shop.made("order")) == 2


async def test_internet_that_is_over_is_wanted_again_by_one_of_two_at_once(shop: Shop, mina: Session) -> None:
    [first] = (await shop.order(mina, INTERNET, key="one")).orders
    await shop.staff.reject_order(first.id, CancelCode.DETAILS_WRONG, "Please spell your name as on the card.")
    shop.clock.advance(timedelta(minutes=3))
    wishes = [await shop.asked(INTERNET), await shop.asked(INTERNET, SIM), await shop.asked(VPN, INTERNET)]
    results = await at_once(*(shop.place()(mina, key(f"k{n}"), wish) for n, wish in enumerate(wishes)))
    assert [type(each) for each in results if isinstance(each, BaseException)] == [GatesClosed] * 2


async def test_a_checkout_changed_between_the_gates_and_the_submit_is_not_submitted(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, VPN)
    shop.world.faults.switch("whmcs", "payment_methods", "slow", times=1, milliseconds=80)

    async def change() -> None:
        await shop.saved(mina, VPN, VPN)

    results = await at_once(shop.place()(mina, key(), None), change())
    assert isinstance(results[0], CheckoutChanged)
    assert shop.made("order") == []
    assert len(placed(await shop.place()(mina, key(), None)).orders) == 2


async def test_who_submitted_what_is_on_record(shop: Shop, mina: Session) -> None:
    reply = await shop.place()(mina, key(), await shop.asked(VPN))
    async with shop.store.reading() as shelves:
        [entry] = await shelves.audit.of_subject(reply.request, 10)
    assert (entry.actor, entry.deed) == (mina.user, "orders submitted")
