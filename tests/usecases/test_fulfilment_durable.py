"""Provisioning through crashes and lost answers: one service, one eSIM, whatever happens (FUL-2, FUL-3, T-1)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.fakes.world import World
from core.domain.cart import CartService
from core.domain.facts import OrderChanged, learning
from core.domain.ids import OrderId
from core.domain.notice import NoticeType
from core.domain.opportunity import Stage
from core.domain.order import ActivationStatus, CancelCode, OrderStatus
from core.domain.policy import Policy
from core.domain.work import WorkKind
from ports.durable import DurableWork
from tests.usecases.killing import kill_at_every_point
from tests.usecases.service_house import (
    CARD,
    IMPATIENT,
    PRODUCTS,
    ServiceHouse,
    clock,
    handlers,
    kept,
    on_end,
    reopened,
)
from tests.usecases.shop import SIM, VPN


class Scene:
    """A house with an approved order that nobody has heard of, for one run."""

    def __init__(self, house: ServiceHouse, order: OrderId) -> None:
        self.house, self.order = house, order


Make = Callable[[], AbstractAsyncContextManager[Scene]]
Fault = tuple[str, str]

LOST: tuple[Fault, ...] = (
    ("esim", "ensure_profile"),
    ("whmcs", "ensure_billed"),
    ("whmcs", "ensure_accepted"),
    ("whmcs", "find_billed"),
    ("salesforce", "ensure_activation"),
    ("salesforce", "ensure_completed"),
)
"""Where an answer is lost once, after the effect."""


@pytest.fixture
async def make(migrated_file: Path, tmp_path: Path) -> Callable[..., Make]:
    async def reviewed(house: ServiceHouse, wish: CartService, days: int | None) -> OrderId:
        order = await house.ordered(await house.customer(), wish)
        if days is not None:
            await house.staff.reschedule(order, house.clock.now() + timedelta(days=days))
        if wish is CARD:
            await house.staff.ship_sim(order)
        return order

    async def of(wish: CartService, *faults: Fault, policy: Policy | None = None, days: int | None = None) -> Make:
        house_kept, order = await kept(migrated_file, tmp_path, lambda house: reviewed(house, wish, days))

        @asynccontextmanager
        async def fresh() -> AsyncIterator[Scene]:
            async with reopened(house_kept, tmp_path, policy) as house:
                await house.staff.approve_order(order)
                for system, operation in faults:
                    house.fail(system, operation, "timeout_after", times=1)
                yield Scene(house, order)

        return fresh

    return of


def world(scene: Scene) -> World:
    """Where the calls are that the portal dies at."""
    return scene.house.world


async def call(scene: Scene, work: DurableWork) -> None:
    """The signed call, repeated by whoever got no answer."""
    await scene.house.start(work)(scene.order)


async def hear(scene: Scene, work: DurableWork) -> None:
    """What a portal does: it takes in what was told, and keeps its place afterwards."""
    await scene.house.hear(work)


async def running_once(scene: Scene) -> None:
    house = scene.house
    order, sale = await house.order_of(scene.order), await house.sale_of(scene.order)
    assert (order.status, order.activation) == (OrderStatus.COMPLETED, ActivationStatus.ACTIVATED)
    assert order.plan is not None
    assert (sale.stage, sale.service) == (Stage.ACTIVE, order.plan.service)
    assert len(house.made("billing_order")) == 1
    assert len(house.world.ledger.of("create billing order")) == 1, "one that was taken away again counts too"
    assert len(house.made("service")) == len(order.lines)
    is_esim = order.sim is not None and order.sim.eid is not None
    assert len(house.made("esim")) == (1 if is_esim else 0)
    assert {row["status"] for row in house.rows("service")} <= {"Active", "Completed"}
    async with house.store.reading() as shelves:
        esim = await shelves.things.esim_of_order(scene.order)
    assert (esim.service if esim is not None else None) == (order.plan.service if is_esim else None)
    assert len(house.told_of(NoticeType.ORDER_ACTIVATED)) == 1
    assert house.told_of(NoticeType.ORDER_FAILED) == []


@pytest.mark.parametrize("wish", PRODUCTS.values(), ids=PRODUCTS)
async def test_it_runs_once_wherever_the_portal_dies(make: Callable[..., Make], wish: CartService) -> None:
    steps = {"check standing", "check billing", "activating", "bill", "complete"}
    points = await kill_at_every_point(
        await make(wish), handlers, call, running_once, clock=clock, on_end=on_end, calls_of=world,
        reaching={WorkKind.PROVISION: steps | ({"esim"} if wish is SIM else set())},
    )  # fmt: skip
    assert points >= (45 if wish is SIM else 40)


async def test_it_runs_once_although_answers_are_lost_and_the_portal_dies(make: Callable[..., Make]) -> None:
    lost = await make(SIM, *LOST)
    reaching = {
        OrderChanged: {"echo", "order", "forget", "note approved", "tell approved", "go on", "ring", "learned"},
    }
    points = await kill_at_every_point(
        lost, handlers, hear, running_once, clock=clock, on_end=on_end, reaching=reaching,
    )  # fmt: skip
    assert points >= 70


async def test_it_runs_once_when_the_portal_dies_twice(make: Callable[..., Make]) -> None:
    lost = await make(VPN, *LOST[1:])
    await kill_at_every_point(lost, handlers, call, running_once, clock=clock, on_end=on_end, kills=2)


async def test_it_runs_once_on_its_date_wherever_the_portal_dies(make: Callable[..., Make]) -> None:
    async def wait_for_its_date(scene: Scene, work: DurableWork) -> None:
        house = scene.house
        due = (await house.order_of(scene.order)).activate_at
        assert due is not None
        await house.hear(work)
        await work.quiet(5)
        if house.clock.now() < due:
            assert house.rows("billing_order") == []
            house.clock.set(due)
        await work.release_due(house.clock.now())

    dated = await make(VPN, days=5)
    points = await kill_at_every_point(dated, handlers, wait_for_its_date, running_once, clock=clock, on_end=on_end)
    assert points >= 60


@pytest.mark.parametrize("fault", LOST, ids=[operation for _, operation in LOST])
async def test_one_lost_answer_is_looked_up(make: Callable[..., Make], fault: Fault) -> None:
    async with (await make(SIM, fault))() as scene:
        await call(scene, scene.house.runner)
        await scene.house.settle()
        await running_once(scene)


async def test_a_failed_order_is_cleared_away_wherever_the_portal_dies(make: Callable[..., Make]) -> None:
    async def fail_and_cancel(scene: Scene, work: DurableWork) -> None:
        house = scene.house
        for row in house.rows("billing_product"):
            house.world.records.delete("billing_product", row["id"], by="staff")
        if (await house.order_of(scene.order)).status is OrderStatus.APPROVED:
            await house.start(work)(scene.order)
            await work.quiet(5)
        order = await house.order_of(scene.order)
        if order.status is OrderStatus.APPROVED and house.told_of(NoticeType.ORDER_FAILED):
            await house.staff.cancel_order(scene.order, CancelCode.OTHER, "Sorry.")
        if (await house.order_of(scene.order)).status is OrderStatus.CANCELLED:
            told = OrderChanged(id="told", at=house.clock.now(), order=order.id, account=order.account)
            await work.start(learning(told))

    async def cleared(scene: Scene) -> None:
        house = scene.house
        assert [row["status"] for row in house.rows("esim")] == ["ended"]
        assert house.rows("billing_order") == []
        assert (await house.sale_of(scene.order)).stage is Stage.VOID
        assert len(house.told_of(NoticeType.ORDER_CANCELLED)) == len(house.told_of(NoticeType.ORDER_FAILED)) == 1

    failing = await make(SIM, policy=IMPATIENT)
    points = await kill_at_every_point(
        failing, handlers, fail_and_cancel, cleared, clock=clock, on_end=on_end,
        reaching={OrderChanged: {"order", "forget", "clear", "tell cancelled", "ring", "learned"}},
    )  # fmt: skip
    assert points >= 80


async def test_what_was_called_failed_is_called_activating_before_it_runs(make: Callable[..., Make]) -> None:
    """A try that died after it had said Failed goes on, and billing may be well by then."""
    begun: list[Scene] = []

    async def fail_at_first(scene: Scene, work: DurableWork) -> None:
        house = scene.house
        if scene in begun:
            house.world.faults.clear()
        else:
            begun.append(scene)
            house.fail("whmcs", "ensure_billed")
        if (await house.order_of(scene.order)).status is OrderStatus.APPROVED:
            await house.start(work)(scene.order)

    async def step_by_step(scene: Scene) -> None:
        entries = [each for each in scene.house.world.ledger.entries if each.id == scene.order]
        moves = [each.moves["activation"] for each in entries if "activation" in each.moves]
        assert (ActivationStatus.FAILED.value, ActivationStatus.ACTIVATED.value) not in moves
        assert (ActivationStatus.NOT_STARTED.value, ActivationStatus.ACTIVATING.value) in moves

    points = await kill_at_every_point(
        await make(VPN, policy=IMPATIENT), handlers, fail_at_first, step_by_step, clock=clock, on_end=on_end
    )
    assert points >= 20
