"""The adapter and the made-up WHMCS, over a socket: what the contract of the ports does not ask."""

import logging
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import Any

import msgspec
import pytest
import structlog

from adapters.fakes.bindings import bind_world
from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.wire.whmcs.people import STAFF, Access, Caller
from adapters.fakes.wire.whmcs.quirks import Empty, Quirks
from adapters.fakes.wire.whmcs.server import Served, served
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from adapters.whmcs.bindings import WhmcsPorts
from adapters.whmcs.checking import NEEDED, Lack, check
from adapters.whmcs.client import Client
from adapters.whmcs.faults import ShutOut
from adapters.whmcs.settings import Termination
from core.domain.account import Person
from core.domain.billing import Page, ServiceStatus
from core.domain.ids import ClientId, request_key
from ports.billing import ClientRecord
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import (
    INSTALLATION,
    MARK,
    OTHER_MARK,
    PLAN,
    ROUTER,
    a_client,
    added,
    an_order,
    running,
)
from tests.contracts.wired_whmcs import QUICK, settings_of, wired
from tests.worlds import a_world

KEY = request_key(MARK, "billing")
QUIRKS = {
    "lists of one": Quirks(single_as_object=True),
    "nothing missing": Quirks(empty=Empty.MISSING),
    "nothing as text": Quirks(empty=Empty.TEXT),
    "plain": Quirks(
        numbers_as_text=False, empty=Empty.LIST, zero_dates=False, entities=False, escapes=False, duplicates=False
    ),
    "status for result": Quirks(status_for_result=True),
    "old refusals": Quirks(refusals_are_403=False),
}


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def it(world: World) -> AsyncIterator[tuple[WhmcsPorts, Served]]:
    async with wired(world) as wire:
        yield wire


@pytest.mark.parametrize("quirks", QUIRKS.values(), ids=QUIRKS)
async def test_a_customers_life_is_the_same_whatever_is_odd(world: World, quirks: Quirks) -> None:
    people = bind_world(world)
    async with wired(world, quirks=quirks) as (ports, _):
        with pytest.raises(Rejected, match="not_found"):
            await ports.client_book.save_details(ClientId("999"), None, None)
        client = await ports.client_book.ensure_client(KEY, a_client())
        assert await ports.client_book.find(client) == _undated(await people.client_book.find(client))
        assert not (await ports.payment_book.payment_methods(client)).present
        assert await ports.service_book.services(client) == await ports.invoice_book.invoices(client) == ()
        await people.billing_desk.add_payment_method(client)
        assert await ports.payment_book.payment_methods(client) == await people.payment_book.payment_methods(client)
        billed = await ports.provisioner.ensure_billed(KEY, an_order(client))
        await ports.provisioner.ensure_accepted(client, billed.order)
        assert await ports.service_book.services(client) == await people.service_book.services(client)
        for listed in await ports.invoice_book.invoices(client):
            assert await ports.invoice_book.invoice(client, listed.id) == await people.invoice_book.invoice(
                client, listed.id
            )
        assert (await ports.billing_door.link(client, Page.SERVICES)).url


def _undated(record: ClientRecord | None) -> ClientRecord | None:
    return record and msgspec.structs.replace(record, added_on=None)


async def test_names_with_html_in_them_come_back_as_they_were(it: tuple[WhmcsPorts, Served]) -> None:
    ports, _ = it
    named = Person(first_name="<b>O'Brien</b>", last_name="山田 & 𠮷野", company='"A&amp;B"')
    odd = msgspec.structs.replace(a_client(), person=named)
    record = await ports.client_book.find(await ports.client_book.ensure_client(KEY, odd))
    assert record is not None
    assert record.person == named


# --- calls -----------------------------------------------------------------------------------------------------------
async def test_a_clean_sign_up_and_provisioning_ask_as_little_as_can_be(it: tuple[WhmcsPorts, Served]) -> None:
    ports, whmcs = it
    client = await ports.client_book.ensure_client(KEY, a_client())
    assert whmcs.usage.actions == ["GetClientsDetails", "AddClient"]
    await running_over(ports, client, PLAN)
    whmcs.usage.clear()
    order = an_order(client, type(MARK)("801Q8K000007Km7AAE"), (PLAN,))
    billed = await ports.provisioner.ensure_billed(request_key("b"), order)
    await ports.provisioner.ensure_accepted(client, billed.order)
    assert await ports.provisioner.find_billed(client, order.mark) is not None
    assert whmcs.usage.actions == ["GetClientsProducts", "AddOrder", "AcceptOrder", "GetClientsProducts"]


async def test_who_has_just_read_the_services_is_not_made_to_again(it: tuple[WhmcsPorts, Served], world: World) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    await running_over(ports, client, PLAN, INSTALLATION)
    seen = await ports.service_book.services(client)
    whmcs.usage.clear()
    order = an_order(client, OTHER_MARK, (PLAN, INSTALLATION))
    billed = await ports.provisioner.ensure_billed(request_key("b"), order, seen)
    await ports.provisioner.ensure_accepted(client, billed.order)
    assert whmcs.usage.actions == ["AddOrder", "AcceptOrder"]
    again = await ports.provisioner.ensure_billed(request_key("b"), order, await ports.service_book.services(client))
    assert (again.order, again.accepted) == (billed.order, True)


async def test_what_was_seen_says_nothing_after_a_lost_answer(it: tuple[WhmcsPorts, Served], world: World) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(WireFault.EMPTY_AFTER, "AddOrder", times=1)
    whmcs.switches.switch(WireFault.BAD_GATEWAY, "GetClientsProducts", times=20)
    with pytest.raises(Unavailable):
        await ports.provisioner.ensure_billed(KEY, an_order(client), ())
    whmcs.switches.clear()
    await ports.provisioner.ensure_billed(KEY, an_order(client), ())
    assert len(world.records.find("billing_order")) == 1


async def running_over(ports: WhmcsPorts, client: ClientId, *lines: Any) -> Any:
    billed = await ports.provisioner.ensure_billed(KEY, an_order(client, lines=lines))
    await ports.provisioner.ensure_accepted(client, billed.order)
    return billed


# --- orders ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("action", ["AddOrder", "AcceptOrder"])
@pytest.mark.parametrize(
    "fault", [WireFault.EMPTY_AFTER, WireFault.NOISE, WireFault.BAD_GATEWAY_AFTER, WireFault.ERROR_AFTER]
)
async def test_an_answer_that_is_none_is_looked_for(
    it: tuple[WhmcsPorts, Served], world: World, action: str, fault: WireFault
) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(fault, action, times=1)
    billed = await running_over(ports, client, PLAN, INSTALLATION)
    found = await ports.provisioner.find_billed(client, MARK)
    assert found is not None and (found.order, found.accepted) == (billed.order, True)
    assert len(world.records.find("billing_order")) == 1
    assert {row["status"] for row in world.records.find("service")} == {"Active"}
    shown = [service.status for service in await ports.service_book.services(client)]
    assert shown == [ServiceStatus.COMPLETED, ServiceStatus.ACTIVE]
    assert whmcs.usage.counted[action] == 1


async def test_what_is_refused_adds_nothing_and_is_not_asked_again(it: tuple[WhmcsPorts, Served], world: World) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(WireFault.REFUSED, "AddOrder")
    with pytest.raises(Rejected, match="other"):
        await ports.provisioner.ensure_billed(KEY, an_order(client))
    assert whmcs.usage.counted["AddOrder"] == 1


async def test_a_look_up_that_fails_adds_nothing(it: tuple[WhmcsPorts, Served], world: World) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(WireFault.BAD_GATEWAY, "GetClientsProducts")
    with pytest.raises(Unavailable):
        await ports.provisioner.ensure_billed(KEY, an_order(client))
    assert "AddOrder" not in whmcs.usage.counted


async def test_an_order_that_lost_its_mark_with_its_answer_is_for_a_person(
    it: tuple[WhmcsPorts, Served], world: World
) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(WireFault.BAD_GATEWAY, "AddOrder", times=1)

    with pytest.raises(Unavailable):
        await ports.provisioner.ensure_billed(KEY, an_order(client))
    WhmcsActions(world).add_order(client, paymentmethod="stripe", pid=["101"], billingcycle=["monthly"])
    for _ in range(2):
        with pytest.raises(Unavailable, match="without a mark"):
            await ports.provisioner.ensure_billed(KEY, an_order(client))
    assert len(world.records.find("billing_order")) == 1


async def test_a_module_that_fails_while_accepting_is_asked_once_more(
    it: tuple[WhmcsPorts, Served], world: World
) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(WireFault.MODULE_FAILS, "AcceptOrder", times=1)
    await running_over(ports, client, PLAN)
    assert whmcs.usage.counted["ModuleCreate"] == 1
    assert [row["status"] for row in world.records.find("service")] == ["Active"]


async def test_a_module_that_does_not_answer_is_not_asked_beside_itself(world: World) -> None:
    client = await added(bind_world(world))
    async with wired(world, patience=msgspec.structs.replace(QUICK, settle=0.3)) as (ports, whmcs):
        whmcs.switches.switch(WireFault.MODULE_FAILS, "AcceptOrder", times=1)
        whmcs.switches.switch(WireFault.EMPTY_AFTER, "ModuleCreate", times=1)
        begun = monotonic()
        await running_over(ports, client, PLAN)
        assert (whmcs.usage.counted["ModuleCreate"], monotonic() - begun >= 0.3) == (1, True)


async def test_a_module_that_did_nothing_is_asked_by_who_asks_again(world: World) -> None:
    client = await added(bind_world(world))
    async with wired(world) as (ports, whmcs):
        whmcs.switches.switch(WireFault.MODULE_FAILS, "AcceptOrder", times=1)
        whmcs.switches.switch(WireFault.EMPTY, "ModuleCreate", times=1)
        with pytest.raises(Unavailable):
            await running_over(ports, client, PLAN)
        await running_over(ports, client, PLAN)
    assert [row["status"] for row in world.records.find("service")] == ["Active"]


async def test_a_module_that_fails_for_good_is_for_a_person(it: tuple[WhmcsPorts, Served], world: World) -> None:
    ports, whmcs = it
    client = await added(bind_world(world))
    whmcs.switches.switch(WireFault.MODULE_FAILS)
    with pytest.raises(Rejected, match="upstream"):
        await running_over(ports, client, PLAN)
    found = await ports.provisioner.find_billed(client, MARK)
    assert found is not None and not found.accepted


# --- clients ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", [WireFault.EMPTY_AFTER, WireFault.SILENT_AFTER, WireFault.BAD_GATEWAY_AFTER])
async def test_a_client_whose_answer_is_lost_is_found(world: World, fault: WireFault) -> None:

    async with wired(world, patience=msgspec.structs.replace(QUICK, write_answer=0.2)) as (ports, whmcs):
        whmcs.switches.switch(fault, "AddClient", times=1)
        client = await ports.client_book.ensure_client(KEY, a_client())
    assert [row["id"] for row in world.records.find("client")] == [client]


async def test_an_update_changes_what_it_names_and_nothing_else(it: tuple[WhmcsPorts, Served], world: World) -> None:
    ports, _ = it
    client = await added(bind_world(world))
    before = dict(world.records.get("client", client) or {})
    await ports.client_book.save_details(client, None, None, marketing_consent=False)
    after = dict(world.records.get("client", client) or {})
    assert {name for name in after if after[name] != before[name]} <= {"marketingoptin", "changed_at"}
    assert after["marketingoptin"] is False


# --- ending ----------------------------------------------------------------------------------------------------------
async def test_a_service_ends_by_its_record_where_it_is_set_so(world: World) -> None:
    people = bind_world(world)
    client = await added(people)
    billed = await running(people, client, PLAN, ROUTER)
    async with wired(world, termination=Termination.RECORD) as (ports, whmcs):
        await ports.service_book.ensure_terminated(client, billed.services[0])
        assert "ModuleTerminate" not in whmcs.usage.counted
    assert {s.status for s in await people.service_book.services(client)} == {ServiceStatus.TERMINATED}


async def test_a_wish_to_end_is_said_once_where_it_is_set_so(world: World) -> None:
    people = bind_world(world)
    client = await added(people)
    billed = await running(people, client, PLAN)
    async with wired(world, termination=Termination.REQUEST) as (ports, whmcs):
        for _ in range(2):
            await ports.service_book.ensure_terminated(client, billed.services[0])
        assert len(whmcs.office.cancel_requests) == 1


# --- who calls -------------------------------------------------------------------------------------------------------
async def test_an_access_key_stands_for_an_address(world: World) -> None:
    async with served(world, access=Access(addresses=set())) as whmcs:
        async with Client(settings_of(whmcs)) as client:
            with pytest.raises(ShutOut):
                await client.read("WhmcsDetails")
        async with Client(settings_of(whmcs, access_key=whmcs.access_key)) as client:
            assert await client.read("WhmcsDetails")


async def test_nothing_secret_is_logged_by_a_real_socket(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    structlog.reset_defaults()
    # what other tests left there writes to streams that are closed, and complains with lines of this very file
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    people = bind_world(world)
    client = await added(people)
    await people.billing_desk.add_payment_method(client, "1881")
    async with wired(world) as (ports, whmcs):
        link = await ports.billing_door.link(client, Page.SERVICES)
        await ports.payment_book.payment_methods(client)
        whmcs.switches.switch(WireFault.LOCKED_OUT)
        with pytest.raises(ShutOut):
            await ports.client_book.find_by_email("mina@example.com")
        told = caplog.text + "".join(capsys.readouterr())
        token = link.url.rpartition("=")[2]
        assert "api.php" in told, "the loggers tell what is called"
        secrets = (whmcs.identifier, whmcs.secret, token, "1881", "mina@example.com")
        assert not [secret for secret in secrets if secret in told]


# --- the check -------------------------------------------------------------------------------------------------------
async def test_the_check_finds_nothing_where_all_is_there(world: World) -> None:
    client_id = await added(bind_world(world))
    assert client_id
    before = len(world.ledger.entries)
    async with served(world) as whmcs, Client(settings_of(whmcs)) as client:
        assert await check(client, {"101": "monthly", "113": "onetime"}) == ()
    assert len(world.ledger.entries) == before


@pytest.mark.parametrize("action", [action for action, (_, breaks) in NEEDED.items() if breaks])
async def test_the_check_finds_an_action_that_is_not_allowed(world: World, action: str) -> None:
    await added(bind_world(world))
    role = frozenset(NEEDED) - {action}
    caller = Caller(identifier="i" * 20, secret="s" * 20, username="u", password="p", roles=(role,))
    async with served(world, access=Access(callers=(caller, STAFF))) as whmcs:
        settings = settings_of(whmcs, identifier=caller.identifier, secret=caller.secret)
        async with Client(settings) as client:
            found = await check(client, {"101": "monthly"})
    assert [(each.place, each.trouble) for each in found] == [(action, Lack.NOT_ALLOWED)]
    assert found[0].rules


@pytest.mark.parametrize(("changed", "sold", "trouble"), [
    ({"currency": "USD"}, {}, Lack.NO_CURRENCY),
    ({"gateway": "paypal"}, {}, Lack.NO_GATEWAY),
    ({"number_field": 99}, {}, Lack.NO_NUMBER),
    ({"order_field": "Another"}, {"101": "monthly"}, Lack.NO_FIELD),
    ({}, {"999": "monthly"}, Lack.NO_PRODUCT),
    ({}, {"113": "monthly"}, Lack.NO_CYCLE),
    ({}, {"101": "onetime"}, Lack.NO_CYCLE),
])  # fmt: skip
async def test_the_check_finds_what_is_missing(
    world: World, changed: dict[str, Any], sold: dict[str, str], trouble: Lack
) -> None:
    await added(bind_world(world))
    async with served(world) as whmcs, Client(settings_of(whmcs, **changed)) as client:
        assert {each.trouble for each in await check(client, sold)} == {trouble}
