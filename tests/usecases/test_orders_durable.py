"""Orders through crashes, lost answers and outages: each placed or withdrawn once (T-1, T-3, ORD-5)."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from adapters.durable.doing import Handler
from adapters.fakes.world import World
from core.domain.catalog import ProductType
from core.domain.checkout import Checkout
from core.domain.ids import OpportunityId, OrderId, RequestKey, request_key
from core.domain.opportunity import Beginning, NewOpportunity, Stage
from core.domain.placing import INTERNET_ORDER, Asked
from core.domain.refusals import CartRefused
from core.domain.session import Session
from core.domain.work import Reply, WorkKind, WorkState
from core.usecases.work.close_intents import CloseIntents
from ports.clock import Clock
from ports.durable import DurableWork
from tests.usecases.killing import kill_at_every_point
from tests.usecases.shop import CONFIRMED, INTERNET, SIM, VPN, Shop, a_shop, at_once, placed

CART = (INTERNET, SIM, VPN)


class Scene:
    """A shop with a customer in it, for one run."""

    def __init__(self, shop: Shop, session: Session, order: OrderId | None = None) -> None:
        self.shop, self.session, self.order = shop, session, order


def handlers(scene: Scene, _: DurableWork) -> Mapping[WorkKind, Handler]:
    return scene.shop.handlers()


def on_end(scene: Scene) -> CloseIntents:
    return CloseIntents(scene.shop.store, scene.shop.clock)


Make = Callable[[], AbstractAsyncContextManager[Scene]]


@pytest.fixture
def make(migrated_file: Path, tmp_path: Path) -> Make:
    @asynccontextmanager
    async def fresh() -> AsyncIterator[Scene]:
        async with a_shop(migrated_file, tmp_path) as shop:
            session = await shop.customer()
            await shop.saved(session, *CART)
            yield Scene(shop, session)

    return fresh


async def submit(scene: Scene, durable: DurableWork) -> None:
    # whoever got no answer asks again, as a page does; a second life finds the work accepted or not
    await scene.shop.place(durable, wait=2.0)(scene.session, RequestKey("k"), None)


async def all_three_once(scene: Scene) -> None:
    shop = scene.shop
    assert len(shop.made("order")) == len(shop.made("opportunity")) == 3
    assert len(shop.made("order_line")) == 5
    assert {row["status"] for row in shop.made("order")} == {"Pending Review"}
    assert {row["stage"] for row in shop.made("opportunity")} == {"Post Processing"}
    reply = await shop.place(wait=0.0)(scene.session, RequestKey("another"), None)
    assert (await checkout(scene)).request == reply.request


def world(scene: Scene) -> World:
    return scene.shop.world


def clock_of(scene: Scene) -> Clock:
    return scene.shop.clock


async def checkout(scene: Scene) -> Checkout:
    async with scene.shop.store.reading() as shelves:
        kept = await shelves.checkouts.of_user(scene.session.user, scene.shop.clock.now())
    assert kept is not None
    return kept


@pytest.mark.parametrize("kills", [1, 2])
async def test_three_orders_are_placed_once_wherever_the_portal_dies(make: Make, kills: int) -> None:
    points = await kill_at_every_point(
        make, handlers, submit, all_three_once, clock=clock_of, on_end=on_end, kills=kills, calls_of=world,
        reaching={WorkKind.PLACE_ORDERS: {"place 0", "place 1", "place 2"}},
    )  # fmt: skip
    assert points >= 20


async def test_what_is_refused_is_taken_back_wherever_the_portal_dies(make: Make) -> None:
    async def submit_what_is_refused(scene: Scene, durable: DurableWork) -> None:
        with suppress(CartRefused):  # a second life meets at the gate what refused the first one's work
            await accepted_while_nobody_answers(scene.shop, scene.session, None, durable)
        await scene.shop.staff.deactivate_product("VPN-LONDON")
        scene.shop.world.faults.clear()

    async def nothing_stays(scene: Scene) -> None:
        shop = scene.shop
        assert [row["status"] for row in shop.made("order")] == ["Cancelled", "Cancelled"]
        assert [row["stage"] for row in shop.made("opportunity")] == ["Void", "Void"]
        kept = await checkout(scene)
        assert (kept.submitted_at, kept.request) == (None, None)
        assert await shop.held(INTERNET_ORDER, scene.session.account) is None

    points = await kill_at_every_point(
        make, handlers, submit_what_is_refused, nothing_stays, clock=clock_of, on_end=on_end,
        reaching={WorkKind.PLACE_ORDERS: {"take back 0", "take back 1", "reopen"}},
    )  # fmt: skip
    assert points >= 20


async def test_a_withdrawal_is_done_and_told_once_wherever_the_portal_dies(make: Make) -> None:
    @asynccontextmanager
    async def with_an_order() -> AsyncIterator[Scene]:
        async with make() as scene:
            placing = await scene.shop.order(scene.session, INTERNET)
            scene.order = placing.orders[0].id
            yield scene

    async def withdraw(scene: Scene, durable: DurableWork) -> None:
        assert scene.order is not None
        await scene.shop.withdraw(durable, wait=2.0)(scene.session, scene.order)

    async def withdrawn_once(scene: Scene) -> None:
        [order], [sale] = scene.shop.made("order"), scene.shop.made("opportunity")
        assert (order["status"], order["cancel_code"], sale["stage"]) == ("Cancelled", "CUSTOMER_WITHDREW", "Void")
        cancelled = [e for e in scene.shop.world.ledger.of("update order") if "status" in e.moves]
        assert len(cancelled) == 1
        assert [kind for _, kind, _, _ in scene.shop.told.notices] == ["order_cancelled"]

    points = await kill_at_every_point(
        with_an_order, handlers, withdraw, withdrawn_once, clock=clock_of, on_end=on_end,
        reaching={WorkKind.WITHDRAW_ORDER: {"cancel", "let go", "forget", "tell"}},
    )  # fmt: skip
    assert points >= 12


async def accepted_while_nobody_answers(
    shop: Shop, session: Session, wanted: Asked | None, durable: DurableWork | None = None, key: str = "k"
) -> Reply:
    """Submit and be accepted, while Salesforce takes no order; that stays so until faults are cleared."""
    shop.world.faults.switch("salesforce", "ensure_order", "unavailable")
    return await shop.place(durable, wait=0.0)(session, RequestKey(key), wanted)


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "unavailable"])
async def test_no_answer_is_no_second_order(shop: Shop, mina: Session, kind: str) -> None:
    shop.world.faults.switch("salesforce", "ensure_order", kind, times=3)
    assert len((await shop.order(mina, *CART)).orders) == 3
    assert len(shop.made("order")) == 3


async def test_what_was_accepted_is_placed_when_salesforce_is_back(shop: Shop, mina: Session) -> None:
    reply = await accepted_while_nobody_answers(shop, mina, await shop.asked(VPN))
    assert reply.work.state in (WorkState.RECEIVED, WorkState.IN_PROGRESS)
    assert shop.made("order") == []
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    again = await shop.place()(mina, RequestKey("k"), await shop.asked(VPN))
    assert again.request == reply.request
    assert [row["id"] for row in shop.made("order")] == [each.id for each in placed(again).orders]


async def test_a_refused_order_frees_what_it_held_and_can_be_tried_again(shop: Shop, mina: Session) -> None:
    wanted = await shop.asked(INTERNET, VPN)
    reply = await accepted_while_nobody_answers(shop, mina, wanted)
    await shop.staff.deactivate_product("VPN-LONDON")
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    work = await shop.runner.outcome(reply.work.key, 0)
    assert work is not None
    assert (work.state, work.code, work.result) == (
        WorkState.REFUSED,
        "order_refused",
        {"reason": "FIELD_INTEGRITY_EXCEPTION"},
    )
    [order] = shop.made("order")
    assert (order["status"], order["cancel_code"]) == ("Cancelled", "NOT_PLACED")
    assert await shop.held(INTERNET_ORDER, mina.account) is None
    assert len((await shop.order(mina, INTERNET, key="again")).orders) == 1


async def sale(shop: Shop, session: Session) -> OpportunityId:
    return await shop.up.opportunities.ensure(
        NewOpportunity(
            key=request_key("sale", session.account),
            account=session.account,
            product_type=ProductType.SIM,
            beginning=Beginning.SIM_CHECKOUT,
            name="SIM",
            at=shop.clock.now(),
        )
    )


async def open_sale(shop: Shop, session: Session) -> OpportunityId:
    one = await sale(shop, session)
    await shop.staff.move_opportunity(one, Stage.READY)
    return one


async def test_an_opportunity_taken_meanwhile_is_replaced_by_a_new_one(shop: Shop, mina: Session) -> None:
    one = await open_sale(shop, mina)
    await accepted_while_nobody_answers(shop, mina, await shop.asked(SIM), key="first")
    await accepted_while_nobody_answers(shop, mina, await shop.asked(SIM, SIM), key="second")
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    used = [row["opportunity"] for row in shop.made("order")]
    assert len(set(used)) == 3
    assert used.count(one) == 1


async def test_a_given_opportunity_taken_meanwhile_refuses_the_order(shop: Shop, mina: Session) -> None:
    one = await open_sale(shop, mina)
    wanted = await shop.asked(SIM, choices=msgspec.structs.replace(CONFIRMED, opportunity=one))
    reply = await accepted_while_nobody_answers(shop, mina, wanted)
    await shop.staff.move_opportunity(one, Stage.VOID)
    shop.world.faults.clear()
    assert await shop.runner.quiet(5)
    work = await shop.runner.outcome(reply.work.key, 0)
    assert work is not None
    assert (work.state, work.code) == (WorkState.REFUSED, "opportunity_unusable")
    assert shop.made("order") == []


async def test_two_accounts_do_not_wait_for_each_other(shop: Shop, mina: Session) -> None:
    jun = await shop.customer(name="jun")
    wanted = await shop.asked(SIM)
    replies = await at_once(*(shop.place()(each, RequestKey("k"), wanted) for each in (mina, jun)))
    assert len({placed(reply).orders[0].id for reply in replies}) == 2
