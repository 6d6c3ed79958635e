"""What changed in WHMCS is found by looking, and told until whoever is told has kept it (T-5)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from adapters.fakes.bindings import WorldBindings, bind_world
from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from adapters.whmcs.bindings import WhmcsPorts
from adapters.whmcs.settings import Polling
from core.domain.facts import AnyFact, BillingOrderChanged, InvoiceChanged, PaymentMethodsChanged, ServiceChanged
from core.domain.ids import ClientId, request_key
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import OTHER_MARK, PLAN, added, an_order, running
from tests.contracts.wired_whmcs import wired
from tests.worlds import a_world


@dataclass
class Looking:
    """A world, a portal that looks at it, and how far it looked."""

    world: World
    ports: WhmcsPorts
    whmcs: Served
    at: str | None = None

    @property
    def people(self) -> WorldBindings:
        return bind_world(self.world)

    async def told(self, wait: float = 0) -> list[AnyFact]:
        batch = await self.ports.facts.after(self.at, wait)
        self.at = batch.position
        return list(batch.facts)


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def it(world: World) -> AsyncIterator[Looking]:
    async with wired(world, polling=Polling(every=0.02, least=0.0, page=2)) as (ports, whmcs):
        yield Looking(world, ports, whmcs)


@pytest.fixture
async def mina(it: Looking) -> ClientId:
    """A customer with a running plan, whom the portal has seen."""
    client = await added(it.people)
    await running(it.people, client, PLAN)
    await it.ports.facts.begin()
    return client


def kinds(facts: list[AnyFact]) -> set[type]:
    return {type(fact) for fact in facts}


async def test_nothing_is_told_of_what_was_there_before(it: Looking, mina: ClientId) -> None:
    assert await it.told() == []
    assert await it.told() == []


async def test_an_order_its_invoice_and_its_services_are_told(it: Looking, mina: ClientId) -> None:
    await it.told()
    ken = await added(it.people, "ken@example.com", "P1000002")
    billed = await running(it.people, ken, PLAN)
    facts = await it.told()
    assert [fact.order for fact in facts if isinstance(fact, BillingOrderChanged)] == [billed.order]
    assert {(fact.client, fact.invoice) for fact in facts if isinstance(fact, InvoiceChanged)} == {(ken, "2")}
    assert await it.told() == []


async def test_a_pending_order_is_told_again_when_it_is_accepted(it: Looking, mina: ClientId) -> None:
    order = it.people.provisioner
    billed = await order.ensure_billed(request_key("k"), an_order(mina, OTHER_MARK, (PLAN,)))
    assert BillingOrderChanged in kinds(await it.told())
    assert await it.told() == []
    await order.ensure_accepted(mina, billed.order)
    (fact,) = [fact for fact in await it.told() if isinstance(fact, BillingOrderChanged)]
    assert (fact.client, fact.order) == (mina, billed.order)


async def test_an_invoice_is_told_when_it_is_paid(it: Looking, mina: ClientId) -> None:
    (invoice,) = await it.people.invoice_book.invoices(mina)
    await it.people.billing_desk.pay_invoice(invoice.id)
    found = [fact for fact in await it.told() if isinstance(fact, InvoiceChanged)]
    assert [(fact.client, fact.invoice) for fact in found] == [(mina, invoice.id)]


async def test_every_invoice_is_found_on_the_way_round(it: Looking, mina: ClientId) -> None:
    made = [await it.people.billing_desk.make_invoice(mina, "A", 100, date(2026, 2, n)) for n in range(1, 8)]
    told = {fact.invoice for _ in range(6) for fact in await it.told() if isinstance(fact, InvoiceChanged)}
    assert told == set(made)
    for _ in range(6):
        await it.told()
    await it.people.billing_desk.pay_invoice(made[5])
    told = {fact.invoice for _ in range(6) for fact in await it.told() if isinstance(fact, InvoiceChanged)}
    assert made[5] in told


async def test_a_service_is_told_when_staff_suspend_it(it: Looking, mina: ClientId) -> None:
    (service,) = await it.people.service_book.services(mina)
    await it.people.billing_desk.suspend_service(service.id)
    (fact,) = await it.told()
    assert isinstance(fact, ServiceChanged)
    assert (fact.client, fact.service, fact.own) == (mina, service.id, False)


async def test_a_card_is_told_of_whom_the_portal_asked_about(it: Looking, mina: ClientId) -> None:
    ken = await added(it.people, "ken@example.com", "P1000002")
    assert not (await it.ports.payment_book.payment_methods(mina)).present
    await it.told()
    for client in (mina, ken):
        await it.people.billing_desk.add_payment_method(client)
    assert [(type(fact), getattr(fact, "client", "")) for fact in await it.told()] == [(PaymentMethodsChanged, mina)]
    assert await it.told() == []


async def test_what_was_not_kept_is_told_again_and_nothing_has_one_id_twice(it: Looking, mina: ClientId) -> None:
    await it.told()
    (service,) = await it.people.service_book.services(mina)
    await it.people.billing_desk.suspend_service(service.id)
    first = await it.ports.facts.after(it.at, 0)
    assert await it.ports.facts.after(it.at, 0) == first
    it.at = first.position
    await it.people.billing_desk.unsuspend_service(service.id)
    (again,) = await it.told()
    assert again.id != first.facts[0].id


async def test_what_was_found_before_a_fault_is_told_after_it(it: Looking, mina: ClientId) -> None:
    await it.told()
    (invoice,) = await it.people.invoice_book.invoices(mina)
    await it.people.billing_desk.pay_invoice(invoice.id)
    it.whmcs.switches.switch(WireFault.BAD_GATEWAY, "GetClientsProducts")
    with pytest.raises(Unavailable):
        await it.told()
    it.whmcs.switches.clear()
    assert InvoiceChanged in kinds(await it.told())


async def test_what_can_not_be_told_keeps_back_nothing_else(it: Looking, mina: ClientId) -> None:
    await it.told()
    (invoice,) = await it.people.invoice_book.invoices(mina)
    it.whmcs.switches.switch(WireFault.BAD_BYTES, "GetClientsProducts")
    it.whmcs.switches.switch(WireFault.BAD_BYTES, "GetOrders")
    await it.people.billing_desk.pay_invoice(invoice.id)
    assert kinds(await it.told()) == {InvoiceChanged}
    it.whmcs.switches.clear()
    (service,) = await it.people.service_book.services(mina)
    await it.people.billing_desk.suspend_service(service.id)
    assert ServiceChanged in {type(fact) for _ in range(3) for fact in await it.told()}


async def test_new_orders_and_invoices_are_found_that_came_while_nobody_looked(
    it: Looking, mina: ClientId, world: World
) -> None:
    await it.told()
    made = await it.people.billing_desk.make_invoice(mina, "A", 100, date(2026, 2, 1))
    async with wired(world) as (ports, _):
        await ports.facts.begin()
        facts = (await ports.facts.after(it.at, 0)).facts
    assert [fact.invoice for fact in facts if isinstance(fact, InvoiceChanged)] == [made]


async def test_whoever_waits_is_told_soon(it: Looking, mina: ClientId) -> None:
    await it.told()
    assert await it.told(wait=0.1) == []
    (service,) = await it.people.service_book.services(mina)
    await it.people.billing_desk.suspend_service(service.id)
    assert kinds(await it.told(wait=5)) == {ServiceChanged}


async def test_whoever_does_not_wait_is_not_kept_by_one_who_does(world: World) -> None:
    async with wired(world, polling=Polling(every=60.0, least=0.0)) as (ports, _):
        await ports.facts.begin()
        waiting = asyncio.ensure_future(ports.facts.after(None, 30))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(5):
            for _ in range(3):
                assert not (await ports.facts.after(None, 0)).facts
        assert not waiting.done()
        waiting.cancel()


async def test_looks_are_no_more_often_than_set(world: World) -> None:
    async with wired(world, polling=Polling(every=60, least=60)) as (ports, whmcs):
        await ports.facts.begin()
        asked = len(whmcs.usage.calls)
        for wait in (0, 0, 0.05):
            await ports.facts.after(None, wait)
        assert len(whmcs.usage.calls) == asked


async def test_a_place_of_another_kind_is_lost(it: Looking) -> None:
    with pytest.raises(Rejected, match="position_lost"):
        await it.ports.facts.after("world-0007", 0)
