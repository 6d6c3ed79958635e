"""An order that was sent and not seen: what a restart makes of it, and what is never added again (FUL-3)."""

import asyncio
from typing import Any, Final

import pytest
from msgspec.structs import replace

from adapters.db.unit_of_work import SqlStore
from adapters.fakes.bindings import bind_world
from adapters.fakes.sendings import FakeSendings
from adapters.fakes.wire.whmcs.quirks import Quirks
from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from adapters.system.sendings import StoredSendings
from core.domain.ids import ServiceId, request_key
from core.domain.provisioning import BillingOrder
from ports.errors import Rejected, Unavailable
from ports.sendings import Sendings, Sent
from tests.contracts.billing_fixtures import MARK, PLAN, added, an_order
from tests.contracts.wired_whmcs import QUICK, wired
from tests.worlds import a_world

KEY: Final = request_key(MARK, "billing")
IN_FLIGHT: Final = 0.4
SETTLE: Final = 0.3
"""Two of them are longer than anything is in flight."""
PATIENCE: Final = replace(QUICK, settle=SETTLE)
UNMARKED: Final[dict[str, Any]] = {"quirks": Quirks(custom_fields_by_admins=False), "marks_domain": False}


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture(params=["memory", "database"])
def sendings(request: pytest.FixtureRequest, store: SqlStore) -> Sendings:
    return FakeSendings() if request.param == "memory" else StoredSendings(lambda: store)


@pytest.fixture
async def order(world: World) -> BillingOrder:
    return an_order(await added(bind_world(world)), lines=(PLAN,))


async def _sent(whmcs: Served) -> None:
    while "AddOrder" not in whmcs.usage.counted:  # noqa: ASYNC110 - it is another system's
        await asyncio.sleep(0.01)


def orders(world: World) -> list[str]:
    return [row["status"] for row in world.records.find("billing_order")]


async def test_who_died_while_it_was_sent_finds_it(world: World, sendings: Sendings, order: BillingOrder) -> None:
    async with wired(world, sendings=sendings, patience=PATIENCE) as (ports, whmcs):
        whmcs.switches.switch(WireFault.SLOW, "AddOrder", times=1, milliseconds=int(IN_FLIGHT * 1000))
        dying = asyncio.create_task(ports.provisioner.ensure_billed(KEY, order))
        await asyncio.wait_for(_sent(whmcs), 5)
        assert orders(world) == [], "it is on its way"
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        # as another process does, which knows nothing but what was kept
        async with wired(world, sendings=sendings, patience=PATIENCE) as (again, _):
            billed = await again.provisioner.ensure_billed(KEY, order)
            await again.provisioner.ensure_accepted(order.client, billed.order)
            assert await again.provisioner.find_billed(order.client, MARK) is not None
        await asyncio.sleep(IN_FLIGHT)
    assert orders(world) == ["Active"]
    assert await sendings.find(MARK) is None


async def test_what_never_arrived_is_sent_again(world: World, sendings: Sendings, order: BillingOrder) -> None:
    await sendings.keep(Sent(mark=MARK))
    async with wired(world, sendings=sendings) as (ports, _):
        with pytest.raises(Unavailable):
            await ports.provisioner.ensure_billed(KEY, order)
        assert orders(world) == []
        await ports.provisioner.ensure_billed(KEY, order)
    assert orders(world) == ["Pending"]


async def test_what_came_late_is_found_whatever_was_seen(world: World, sendings: Sendings, order: BillingOrder) -> None:
    async with wired(world, sendings=sendings) as (ports, _):
        await ports.provisioner.ensure_billed(KEY, order)
        await sendings.keep(Sent(mark=MARK, is_over=True))
        await ports.provisioner.ensure_billed(KEY, order, ())
    assert orders(world) == ["Pending"]


async def test_what_was_refused_is_not_waited_for(world: World, sendings: Sendings, order: BillingOrder) -> None:
    async with wired(world, sendings=sendings, patience=PATIENCE) as (ports, whmcs):
        whmcs.switches.switch(WireFault.UNAVAILABLE, "AddOrder", times=1)
        with pytest.raises(Unavailable):
            await ports.provisioner.ensure_billed(KEY, order)
        async with asyncio.timeout(SETTLE):
            await ports.provisioner.ensure_billed(KEY, order)
    assert orders(world) == ["Pending"]


async def test_what_bears_no_mark_is_added_once(world: World, sendings: Sendings, order: BillingOrder) -> None:
    for _ in range(3):
        async with wired(world, sendings=sendings, **UNMARKED) as (ports, _):
            try:
                billed = await ports.provisioner.ensure_billed(KEY, order)
                await ports.provisioner.ensure_accepted(order.client, billed.order)
                assert await ports.provisioner.find_billed(order.client, MARK) is None
            except Rejected as refused:
                assert (refused.code, refused.fields) == ("conflict", ("mark",))
    assert orders(world) == ["Active"]


async def test_what_staff_took_away_is_added_anew(world: World, sendings: Sendings, order: BillingOrder) -> None:
    async with wired(world, sendings=sendings, **UNMARKED) as (ports, _):
        billed = await ports.provisioner.ensure_billed(KEY, order)
        world.records.update("billing_order", billed.order, {"status": "Cancelled"})
        await ports.provisioner.ensure_billed(KEY, order)
    assert orders(world) == ["Cancelled", "Pending"]


async def test_what_came_without_a_mark_is_for_a_person(world: World, sendings: Sendings, order: BillingOrder) -> None:
    async with wired(world, sendings=sendings, **UNMARKED) as (ports, whmcs):
        whmcs.switches.switch(WireFault.EMPTY_AFTER, "AddOrder", times=1)
        with pytest.raises(Unavailable):
            await ports.provisioner.ensure_billed(KEY, order)
    async with wired(world, sendings=sendings, **UNMARKED) as (ports, _):
        with pytest.raises(Unavailable, match="without a mark"):
            await ports.provisioner.ensure_billed(KEY, order)
    assert orders(world) == ["Pending"]


async def test_what_could_not_be_found_again_is_not_sent(world: World, order: BillingOrder) -> None:
    async with wired(world, order_field="Misspelt", marks_domain=False) as (ports, _):
        with pytest.raises(Rejected, match="validation"):
            await ports.provisioner.ensure_billed(KEY, order)
    assert orders(world) == []


async def test_what_is_kept_of_it_is_kept_whole(sendings: Sendings) -> None:
    sent = Sent(mark=MARK, waiting=frozenset({ServiceId("7")}), is_over=True)
    await sendings.keep(Sent(mark=MARK))
    await sendings.keep(sent)
    assert await sendings.find(MARK) == sent
    await sendings.forget(MARK)
    await sendings.forget(MARK)
    assert await sendings.find(MARK) is None
