"""The world of another process: the same answers, errors and time, over its wire (OPS-1)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import get_type_hints

import httpx
import msgspec
import pytest

from adapters.fakes.addresses import free_port
from adapters.fakes.bindings import ROLES, WorldBindings, bind_world
from adapters.fakes.process import CONTENT_TYPE, WorldServer, serve_world
from adapters.fakes.remote import RemoteClock, bind_remote, remote_of
from adapters.fakes.signatures import Fault, signatures_of
from adapters.fakes.world import World
from core.domain.billing import Page
from core.domain.facts import PaymentMethodsChanged
from core.domain.ids import ClientId
from core.domain.refusals import MoveRefused
from ports.billing import ServiceBook
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import added

TOMORROW = datetime(2026, 1, 21, 9, 30, tzinfo=UTC)


async def test_both_bindings_see_one_world(world: World) -> None:
    here = bind_world(world)
    async with remote_of(world) as there, remote_of(world) as elsewhere:
        client = await added(there)
        await elsewhere.billing_desk.add_payment_method(client)
        assert (await here.payment_book.payment_methods(client)).present


@pytest.mark.parametrize("role", ROLES)
def test_every_method_of_every_role_can_cross_the_wire(role: str) -> None:
    signatures = signatures_of(ROLES[role])
    assert signatures, f"{role} has no methods"
    for signature in signatures.values():
        # building codecs proves that msgspec knows every type of the signature
        msgspec.msgpack.Decoder(signature.request)
        msgspec.msgpack.Decoder(signature.answer)


def test_every_role_of_the_world_is_served() -> None:
    assert set(get_type_hints(WorldBindings)) - set(ROLES) == {"clock", "close", "here"}


# --- time ----------------------------------------------------------------------------------------------------------
async def test_the_clock_is_the_worlds_from_the_first_moment(world: World) -> None:
    world.clock.set(TOMORROW)
    async with remote_of(world) as there:
        assert timedelta(0) <= there.clock.now() - TOMORROW < timedelta(seconds=5)


async def test_every_answer_tells_the_time(world: World) -> None:
    async with remote_of(world) as there:
        world.clock.advance(timedelta(days=2))
        await there.client_book.find_by_email("nobody@example.com")
        assert timedelta(0) <= world.clock.now() - there.clock.now() < timedelta(seconds=1)


async def test_the_clock_goes_on_between_answers(world: World) -> None:
    async with remote_of(world) as there:
        before = there.clock.now()
        await asyncio.sleep(0.03)  # the loop may wake a little early
        assert there.clock.now() >= before + timedelta(milliseconds=20)


async def test_moving_the_clock_wakes_who_waits_for_facts(world: World) -> None:
    async with remote_of(world) as waiting, remote_of(world) as moving:
        position = (await waiting.fact_stream.after(None, 0)).position
        poll = asyncio.ensure_future(waiting.fact_stream.after(position, 30))
        await asyncio.sleep(0.02)
        # a world of its own server each: the one that is told of the move is the one that is asked
        await moving.control.advance(timedelta(days=1))
        await waiting.control.advance(timedelta(days=1))
        batch = await asyncio.wait_for(poll, 5)
        assert batch.facts == () and batch.position == position
        assert waiting.clock.now() - TOMORROW > timedelta(hours=12)


def test_a_slow_answer_does_not_turn_the_clock_back_but_a_move_does() -> None:
    clock = RemoteClock()
    clock.heard(TOMORROW)
    before = clock.now()
    clock.heard(TOMORROW - timedelta(milliseconds=300))
    assert clock.now() >= before
    clock.heard(TOMORROW - timedelta(hours=1))
    assert clock.now() < before


def test_a_clock_that_heard_nothing_does_not_guess() -> None:
    with pytest.raises(Unavailable):
        RemoteClock().now()


@pytest.mark.parametrize("to", [datetime(2100, 1, 2, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
async def test_the_clock_goes_nowhere_where_there_are_no_days_behind(bound: WorldBindings, to: datetime) -> None:
    before = await bound.control.now()
    for move in (lambda: bound.control.move_clock(to), lambda: bound.control.advance(timedelta(days=999_999_999))):
        with pytest.raises(Rejected, match="validation"):
            await move()
    assert await bound.control.now() - before < timedelta(hours=1)


async def test_the_clock_does_not_go_back_before_what_happened(bound: WorldBindings) -> None:
    await added(bound)
    with pytest.raises(Rejected) as refused:
        await bound.control.move_clock(datetime(2025, 1, 1, tzinfo=UTC))
    assert refused.value.code == "validation"


# --- facts ---------------------------------------------------------------------------------------------------------
async def test_a_fact_reaches_the_one_who_waits(world: World) -> None:
    async with remote_of(world) as there:
        client = await added(there)
        position = (await there.fact_stream.after(None, 0)).position
        poll = asyncio.ensure_future(there.fact_stream.after(position, 30))
        await asyncio.sleep(0.02)
        await there.billing_desk.add_payment_method(client)
        batch = await asyncio.wait_for(poll, 5)
        assert [type(fact) for fact in batch.facts] == [PaymentMethodsChanged]


# --- errors --------------------------------------------------------------------------------------------------------
async def test_the_two_port_errors_arrive_as_they_were(world: World) -> None:
    async with remote_of(world) as there:
        with pytest.raises(Rejected) as refused:
            await there.billing_door.link(ClientId("9"), Page.SERVICES)
        assert (refused.value.code, refused.value.what) == ("not_found", "whmcs")
        for kind, unknown in (("unavailable", False), ("timeout_before", True), ("timeout_after", True)):
            world.faults.switch("whmcs", "services", kind, times=1)
            with pytest.raises(Unavailable) as down:
                await there.service_book.services(ClientId("1"))
            assert (down.value.what, down.value.outcome_unknown) == ("whmcs services", unknown)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("whmcs services", outcome_unknown=False, retry_after=2.5),
        Rejected("DUPLICATE_VALUE", "account", ("number",)),
        MoveRefused(machine="order", state="Completed", trigger="approved"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_crosses_the_wire_whole(error: Unavailable | Rejected | MoveRefused) -> None:
    wire = msgspec.msgpack.encode(Fault.of(error))
    back = msgspec.msgpack.decode(wire, type=Fault).error()
    assert type(back) is type(error)
    assert vars(back) == vars(error)


async def test_a_method_takes_what_its_signature_says(world: World) -> None:
    async with remote_of(world) as there:
        with pytest.raises(TypeError):
            await there.service_book.services()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            await there.service_book.services(ClientId("1"), ClientId("2"))  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            await there.service_book.services(ClientId("1"), client=ClientId("1"))  # type: ignore[misc]
    assert list(signatures_of(ServiceBook)) == ["ensure_terminated", "service", "services"]


async def test_where_no_world_is_served_nothing_was_done() -> None:
    with pytest.raises(Unavailable) as nobody:
        await bind_remote(f"http://127.0.0.1:{free_port()}")
    assert not nobody.value.outcome_unknown


# --- behind the stage ----------------------------------------------------------------------------------------------
async def test_faults_are_switched_shown_and_cleared(bound: WorldBindings) -> None:
    await bound.control.switch_fault("whmcs", "services", "unavailable", times=2)
    assert [(f.system, f.operation, f.kind, f.times) for f in await bound.control.faults()] == [
        ("whmcs", "services", "unavailable", 2)
    ]
    with pytest.raises(Rejected):
        await bound.control.switch_fault("whmcs", "services", "gremlins")
    await bound.control.clear_faults()
    assert await bound.control.faults() == ()
    await bound.service_book.services(ClientId("1"))


async def test_records_ledger_and_calls_are_shown(bound: WorldBindings) -> None:
    client = await added(bound)
    assert (await bound.control.tables())["client"] == 1
    (row,) = await bound.control.records("client")
    assert row["email"] == "mina@example.com"
    assert await bound.control.record("client", client) == row
    assert await bound.control.record("client", "9") is None
    with pytest.raises(Rejected):
        await bound.control.records("secrets")
    (entry,) = await bound.control.ledger()
    assert (entry.deed, entry.id, entry.by, entry.key) == ("create client", client, "portal", "P1000001")
    assert await bound.control.ledger(after=1) == ()
    assert (await bound.control.calls())["whmcs.ensure_client"] == 1


# --- the door of the process ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/call/control/now", {"content-type": "application/json"}, 403),
        ("POST", "/call/control/now", {"content-type": CONTENT_TYPE, "host": "evil.example"}, 403),
        ("GET", "/call/control/now", {"content-type": CONTENT_TYPE}, 404),
        ("POST", "/call/control/_check", {"content-type": CONTENT_TYPE}, 404),
        ("POST", "/call/clock/set", {"content-type": CONTENT_TYPE}, 404),
        ("POST", "/elsewhere", {"content-type": CONTENT_TYPE}, 404),
        ("POST", "/call/control/record", {"content-type": CONTENT_TYPE}, 400),
    ],
)
async def test_only_calls_of_its_own_kind_are_answered(
    world: World, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    transport = httpx.ASGITransport(WorldServer(bind_world(world)))
    async with httpx.AsyncClient(base_url="http://world", transport=transport) as http:
        answer = await http.request(method, path, content=msgspec.msgpack.encode({}), headers=headers)
        assert answer.status_code == status


async def test_a_world_is_served_on_the_loopback_address(world: World) -> None:
    port, listening = free_port(), asyncio.Event()
    serving = asyncio.ensure_future(serve_world(bind_world(world), port, listening.set))
    try:
        await asyncio.wait_for(listening.wait(), 10)
        here, there = [await bind_remote(f"http://127.0.0.1:{port}") for _ in range(2)]
        with pytest.raises(OSError, match="in use"):
            await serve_world(bind_world(world), port)
        made = await asyncio.gather(*(added(portal) for portal in (here, there) for _ in range(10)))
        assert len(set(made)) == 1
        position = (await there.fact_stream.after(None, 0)).position
        poll = asyncio.ensure_future(there.fact_stream.after(position, 20))
        await asyncio.sleep(0.05)
        moved = await here.control.move_clock(datetime(2026, 2, 1, tzinfo=UTC))
        await asyncio.wait_for(poll, 5)
        assert there.clock.now().date() == here.clock.now().date() == moved.date() == date(2026, 2, 1)
        await here.close()
        await there.close()
    finally:
        serving.cancel()
        await asyncio.wait({serving}, timeout=10)
    with pytest.raises(Unavailable):
        await bind_remote(f"http://127.0.0.1:{port}")
