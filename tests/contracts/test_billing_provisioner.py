"""Orders become services once, although WHMCS adds one for every call (FUL-2, FUL-3, FUL-4)."""

import asyncio

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.world import World
from core.domain.billing import InvoiceStatus, ServiceStatus
from core.domain.catalog import BillingCycle
from core.domain.ids import BillingOrderId, ClientId, request_key
from core.domain.money import Yen
from core.domain.provisioning import BillingLine
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import (
    INSTALLATION,
    MARK,
    NOBODY,
    OTHER_MARK,
    PLAN,
    ROUTER,
    a_client,
    added,
    an_order,
    running,
)
from tests.worlds import a_world

KEY = request_key(MARK, "billing")


def duplicate(world: World, client: ClientId) -> str:
    """The same order once more, as a call whose answer was lost would have left it."""
    added_order = WhmcsActions(world).add_order(
        client,
        paymentmethod="stripe",
        pid=[PLAN.billing_product, INSTALLATION.billing_product],
        billingcycle=["monthly", "onetime"],
        customfields=[{"crm_order": MARK}, {"crm_order": MARK}],
    )
    return added_order.orderid


async def test_every_line_becomes_a_pending_service_in_its_place(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    order = an_order(client, lines=(PLAN, INSTALLATION, ROUTER))
    billed = await bound.provisioner.ensure_billed(KEY, order)
    assert not billed.accepted
    services = [await bound.service_book.service(client, service) for service in billed.services]
    found = [(s.billing_product, s.price, s.status, s.mark, s.billing_order) for s in services if s is not None]
    pending = ServiceStatus.PENDING
    assert found == [(line.billing_product, line.price, pending, MARK, billed.order) for line in order.lines]
    assert [row["domain"] for row in world.records.find("service")] == [MARK] * 3


async def test_the_snapshot_price_stands_above_the_list_price(bound: WorldBindings) -> None:
    client = await added(bound)
    reduced = BillingLine("101", BillingCycle.MONTHLY, Yen(4_990))
    billed = await running(bound, client, reduced)
    service = await bound.service_book.service(client, billed.services[0])
    assert service is not None and service.price == 4_990
    invoices = await bound.invoice_book.invoices(client)
    assert [invoice.total for invoice in invoices] == [4_990]


async def test_asking_again_finds_the_order(bound: WorldBindings) -> None:
    client = await added(bound)
    first = await bound.provisioner.ensure_billed(KEY, an_order(client))
    again = await bound.provisioner.ensure_billed(request_key("another"), an_order(client))
    assert first == again == await bound.provisioner.find_billed(client, MARK)
    assert len(await bound.service_book.services(client)) == len(an_order(client).lines)


async def test_what_the_caller_has_just_seen_is_the_look(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    first = await bound.provisioner.ensure_billed(KEY, an_order(client), await bound.service_book.services(client))
    assert not first.accepted
    again = await bound.provisioner.ensure_billed(KEY, an_order(client), await bound.service_book.services(client))
    assert first == again == await bound.provisioner.find_billed(client, MARK)
    other = an_order(client, OTHER_MARK)
    await bound.provisioner.ensure_billed(KEY, other, await bound.service_book.services(client))
    assert [row["domain"] for row in world.records.find("service")] == [MARK] * 2 + [OTHER_MARK] * 2


async def test_another_mark_is_another_order(bound: WorldBindings) -> None:
    client = await added(bound)
    first = await running(bound, client)
    second = await running(bound, client, mark=OTHER_MARK)
    assert first.order != second.order
    assert len(await bound.service_book.services(client)) == 4


async def test_the_mark_of_another_client_is_not_found(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    await running(bound, mina)
    assert await bound.provisioner.find_billed(ken, MARK) is None


async def test_a_lost_answer_to_the_order_leaves_one(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    world.faults.switch("whmcs", "ensure_billed", "timeout_after", times=1)
    with pytest.raises(Unavailable):
        await bound.provisioner.ensure_billed(KEY, an_order(client))
    billed = await bound.provisioner.ensure_billed(KEY, an_order(client))
    assert len(world.records.find("billing_order")) == 1
    assert len(billed.services) == len(world.records.find("service")) == 2


async def test_a_lost_answer_to_accepting_leaves_it_accepted(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    billed = await bound.provisioner.ensure_billed(KEY, an_order(client))
    world.faults.switch("whmcs", "ensure_accepted", "timeout_after", times=1)
    with pytest.raises(Unavailable):
        await bound.provisioner.ensure_accepted(client, billed.order)
    await bound.provisioner.ensure_accepted(client, billed.order)
    plan = await bound.service_book.service(client, billed.services[0])
    assert plan is not None and plan.status is ServiceStatus.ACTIVE
    moves = [entry.moves.get("status") for entry in world.ledger.of("update billing order")]
    assert moves.count(("Pending", "Active")) == 1


async def test_accepting_starts_what_recurs_and_completes_what_is_paid_once(bound: WorldBindings) -> None:
    client = await added(bound)
    await running(bound, client)
    status = {service.billing_product: service.status for service in await bound.service_book.services(client)}
    assert status == {"101": ServiceStatus.ACTIVE, "113": ServiceStatus.COMPLETED}
    found = await bound.provisioner.find_billed(client, MARK)
    assert found is not None and found.accepted


async def test_a_younger_pending_duplicate_is_removed(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    first = await bound.provisioner.ensure_billed(KEY, an_order(client))
    duplicate(world, client)
    assert await bound.provisioner.ensure_billed(KEY, an_order(client)) == first
    assert [row["id"] for row in world.records.find("billing_order")] == [first.order]
    assert len(world.records.find("service")) == 2
    assert len(world.records.find("invoice")) == 1
    assert len(world.records.find("invoice_line")) == 2


async def test_an_accepted_duplicate_is_kept_before_an_older_pending_one(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    older = duplicate(world, client)
    younger = duplicate(world, client)
    WhmcsActions(world).accept_order(younger)
    billed = await bound.provisioner.ensure_billed(KEY, an_order(client))
    assert (billed.order, billed.accepted) == (younger, True)
    assert world.records.get("billing_order", older) is None


async def test_an_order_that_staff_cancelled_is_added_anew(bound: WorldBindings) -> None:
    client = await added(bound)
    first = await bound.provisioner.ensure_billed(KEY, an_order(client))
    await bound.billing_desk.cancel_order(first.order)
    assert await bound.provisioner.find_billed(client, MARK) is None
    second = await bound.provisioner.ensure_billed(KEY, an_order(client))
    assert second.order != first.order


async def test_a_marked_order_of_other_lines_is_for_a_person(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.provisioner.ensure_billed(KEY, an_order(client, lines=(PLAN,)))
    with pytest.raises(Rejected) as refused:
        await bound.provisioner.ensure_billed(KEY, an_order(client))
    assert refused.value.code == "conflict"


async def test_twenty_at_once_make_one_order(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    world.faults.switch("whmcs", "ensure_billed", "slow", times=10, milliseconds=5)
    made = await asyncio.gather(*(bound.provisioner.ensure_billed(KEY, an_order(client)) for _ in range(20)))
    assert len({billed.order for billed in made}) == 1
    assert len(world.ledger.of("create billing order")) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (BillingLine("999", BillingCycle.MONTHLY, Yen(1)), "validation"),
        (BillingLine("101", BillingCycle.ONE_TIME, Yen(1)), "validation"),
    ],
)
async def test_a_line_that_billing_does_not_sell_leaves_nothing(
    bound: WorldBindings, world: World, line: BillingLine, code: str
) -> None:
    client = await added(bound)
    with pytest.raises(Rejected) as refused:
        await bound.provisioner.ensure_billed(KEY, an_order(client, lines=(PLAN, line)))
    assert refused.value.code == code
    assert world.records.find("billing_order") == []


async def test_a_closed_client_takes_no_order(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.billing_desk.close_client(client)
    with pytest.raises(Rejected) as refused:
        await bound.provisioner.ensure_billed(KEY, an_order(client))
    assert refused.value.code == "wrong_state"


async def test_a_client_that_is_not_there_takes_no_order(bound: WorldBindings) -> None:
    with pytest.raises(Rejected) as refused:
        await bound.provisioner.ensure_billed(KEY, an_order(NOBODY))
    assert refused.value.code == "not_found"


async def test_only_ones_own_pending_order_can_be_accepted(bound: WorldBindings) -> None:
    mina, ken = await added(bound), await added(bound, "ken@example.com", "P1000002")
    billed = await bound.provisioner.ensure_billed(KEY, an_order(mina))
    for client, order in ((ken, billed.order), (mina, BillingOrderId("999"))):
        with pytest.raises(Rejected) as refused:
            await bound.provisioner.ensure_accepted(client, order)
        assert refused.value.code == "not_found"
    await bound.billing_desk.cancel_order(billed.order)
    with pytest.raises(Rejected) as refused:
        await bound.provisioner.ensure_accepted(mina, billed.order)
    assert refused.value.code == "wrong_state"


async def test_what_is_pending_is_dropped_and_what_runs_is_not(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    await bound.provisioner.ensure_billed(KEY, an_order(client))
    kept = await running(bound, client, mark=OTHER_MARK)
    for _ in range(2):
        await bound.provisioner.ensure_dropped(client, MARK)
        await bound.provisioner.ensure_dropped(client, OTHER_MARK)
    assert await bound.provisioner.find_billed(client, MARK) is None
    assert [row["id"] for row in world.records.find("billing_order")] == [kept.order]
    assert {row["order"] for row in world.records.find("service")} == {kept.order}


async def test_what_is_pending_is_dropped_with_all_that_it_has(bound: WorldBindings) -> None:
    client = await added(bound)
    await bound.provisioner.ensure_billed(KEY, an_order(client))
    for _ in range(2):
        await bound.provisioner.ensure_dropped(client, MARK)
    assert await bound.provisioner.find_billed(client, MARK) is None
    assert await bound.service_book.services(client) == await bound.invoice_book.invoices(client) == ()


async def test_an_unpaid_invoice_is_written_off(bound: WorldBindings) -> None:
    client = await added(bound)
    await running(bound, client)
    for _ in range(2):
        await bound.provisioner.ensure_written_off(client, MARK)
    assert [invoice.status for invoice in await bound.invoice_book.invoices(client)] == [InvoiceStatus.CANCELLED]


async def test_what_is_written_off_is_the_unpaid_invoice_of_that_order_alone(
    bound: WorldBindings, world: World
) -> None:
    client = await added(bound)
    for mark in (MARK, OTHER_MARK):
        await running(bound, client, mark=mark)
    await bound.provisioner.ensure_written_off(client, OTHER_MARK)
    await bound.provisioner.ensure_written_off(client, OTHER_MARK)
    assert [row["status"] for row in world.records.find("invoice")] == ["Unpaid", "Cancelled"]
    first = world.records.find("invoice")[0]["id"]
    await bound.billing_desk.pay_invoice(first)
    await bound.provisioner.ensure_written_off(client, MARK)
    assert [row["status"] for row in world.records.find("invoice")] == ["Paid", "Cancelled"]


async def test_dropping_goes_on_where_it_stopped_between_its_two_steps(bound: WorldBindings, world: World) -> None:
    client = await added(bound)
    billed = await bound.provisioner.ensure_billed(KEY, an_order(client))
    WhmcsActions(world).cancel_order(billed.order)
    await bound.provisioner.ensure_dropped(client, MARK)
    assert world.records.find("billing_order") == world.records.find("invoice") == []


STEP = st.sampled_from(["bill", "accept", "find", "duplicate"])
FAULT = st.sampled_from([None, None, "unavailable", "timeout_before", "timeout_after"])


@settings(max_examples=200)
@given(script=st.lists(st.tuples(STEP, FAULT), max_size=12))
def test_whatever_is_lost_and_repeated_there_is_one_order_and_a_service_a_line(
    script: list[tuple[str, str | None]],
) -> None:
    uvloop.run(_played(script))


async def _played(script: list[tuple[str, str | None]]) -> None:
    world = a_world()
    bound = bind_world(world)
    client = await bound.client_book.ensure_client(request_key("c"), a_client())
    for step, fault in script:
        if fault is not None:
            world.faults.switch("whmcs", "*", fault, times=1)
        try:
            await _step(bound, world, client, step)
        except Unavailable:
            continue
    world.faults.clear()
    billed = await bound.provisioner.ensure_billed(KEY, an_order(client))
    await bound.provisioner.ensure_accepted(client, billed.order)
    assert [row["status"] for row in world.records.find("billing_order")] == ["Active"]
    services = await bound.service_book.services(client)
    assert sorted(s.billing_product for s in services) == ["101", "113"]
    assert tuple(sorted(s.id for s in services)) == billed.services
    assert len(world.records.find("invoice")) == 1


async def _step(bound: WorldBindings, world: World, client: ClientId, step: str) -> None:
    if step == "bill":
        await bound.provisioner.ensure_billed(KEY, an_order(client))
    elif step == "duplicate":
        duplicate(world, client)
    else:
        found = await bound.provisioner.find_billed(client, MARK)
        if step == "accept" and found is not None:
            await bound.provisioner.ensure_accepted(client, found.order)
