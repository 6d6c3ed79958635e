"""What a real installation does to its callers at times, and what is done all the same."""

import asyncio
from datetime import timedelta
from time import perf_counter

import httpx
import pytest

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.striking import Faulty, Struck
from adapters.fakes.wire.whmcs.calls import OFFERED
from adapters.fakes.wire.whmcs.server import Served, served
from adapters.fakes.wire.whmcs.striking import STRIKES, writes
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from tests.wire.whmcs.conftest import MINA, PATH, PLAN, Caller

AFTER = {
    WireFault.SILENT_AFTER: "silence",
    WireFault.ERROR_AFTER: "200 error",
    WireFault.EMPTY_AFTER: "200 nothing",
    WireFault.NOISE: "200 no JSON",
    WireFault.BAD_GATEWAY_AFTER: "502 no JSON",
}
BEFORE = {
    WireFault.SILENT_BEFORE: "silence",
    WireFault.ERROR: "200 error",
    WireFault.REFUSED: "200 error",
    WireFault.EMPTY: "200 nothing",
    WireFault.BAD_GATEWAY: "502 no JSON",
    WireFault.UNAVAILABLE: "503 no JSON",
    WireFault.THROTTLED: "429 no JSON",
    WireFault.INVALID_IP: "403 error",
    WireFault.LOCKED_OUT: "403 error",
    WireFault.DUPLICATE_EMAIL: "200 error",
}


async def outcome(caller: Caller, action: str, **fields: str) -> str:
    """What a caller makes of the answer."""
    caller.http.timeout = httpx.Timeout(0.3)
    try:
        answer = await caller.post(action, **fields)
    except httpx.ReadTimeout:
        return "silence"
    try:
        return f"{answer.status_code} {answer.json()['result']}"
    except ValueError:
        return f"{answer.status_code} {'nothing' if not answer.content else 'no JSON'}"


@pytest.mark.parametrize("fault", AFTER)
async def test_the_effect_stands_though_its_answer_is_lost(
    portal: Caller, whmcs: Served, world: World, fault: WireFault
) -> None:
    whmcs.switches.switch(fault, "AddClient", times=1)
    assert await outcome(portal, "AddClient", **MINA) == AFTER[fault]
    assert len(world.records.find("client")) == 1
    assert await outcome(portal, "GetClients") == "200 success", "it strikes once"


@pytest.mark.parametrize("fault", BEFORE)
async def test_nothing_is_done_where_the_fault_comes_first(
    portal: Caller, whmcs: Served, world: World, fault: WireFault
) -> None:
    whmcs.switches.switch(fault, "AddClient", times=1)
    assert await outcome(portal, "AddClient", **MINA) == BEFORE[fault]
    assert world.records.find("client") == []


WRITING = {
    "AddClient": MINA | {"email": "ken@example.com"},
    "UpdateClient": {"clientid": "1", "city": "港区"},
    "AddOrder": {"clientid": "1", "paymentmethod": "stripe", "pid[0]": PLAN, "billingcycle[0]": "monthly"},
    "AcceptOrder": {"orderid": "1", "autosetup": "1"},
    "CancelOrder": {"orderid": "1"},
    "DeleteOrder": {"orderid": "2"},
    "PendingOrder": {"orderid": "2"},
    "FraudOrder": {"orderid": "1"},
    "UpdateClientProduct": {"serviceid": "1", "domain": "801A"},
    "ModuleCreate": {"serviceid": "1"},
    "ModuleSuspend": {"serviceid": "1"},
    "ModuleTerminate": {"serviceid": "1"},
    "UpdateInvoice": {"invoiceid": "1", "status": "Cancelled"},
    "CreateInvoice": {"userid": "1", "itemdescription1": "x", "itemamount1": "1"},
    "AddInvoicePayment": {"invoiceid": "1", "transid": "t", "gateway": "stripe"},
    "AddTransaction": {"invoiceid": "1", "transid": "t", "paymentmethod": "stripe"},
    "AddPayMethod": {"clientid": "1", "card_number": "4242424242424242", "card_expiry": "1230"},
    "CreateSsoToken": {"client_id": "1", "destination": "clientarea:invoices"},
    "CloseClient": {"clientid": "1"},
    "DeleteClient": {"clientid": "1"},
}


@pytest.mark.parametrize("action", WRITING)
async def test_every_write_can_lose_its_answer(
    portal: Caller, staff: Caller, whmcs: Served, world: World, action: str
) -> None:
    client = await portal.add_client()
    await portal.add_order(client)
    await portal.add_order(client)
    await portal("CancelOrder", orderid="2")
    before = sum(world.records.writes.values())
    whmcs.switches.switch(WireFault.SILENT_AFTER, action, times=1)
    assert await outcome(staff, action, **WRITING[action]) == "silence"
    assert sum(world.records.writes.values()) > before
    assert OFFERED[action.lower()].writes


async def test_a_slow_answer_comes_late(portal: Caller, whmcs: Served) -> None:
    whmcs.switches.switch(WireFault.SLOW, "GetClients", milliseconds=60)
    begun = perf_counter()
    await portal("GetClients")
    assert perf_counter() - begun >= 0.06
    assert whmcs.usage.calls[0].ended is not None
    assert whmcs.usage.calls[0].ended - whmcs.usage.calls[0].begun >= 0.06
    whmcs.switches.clear()


async def test_the_texts_of_faults_are_whmcs_s(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    whmcs.switches.switch(WireFault.DUPLICATE_EMAIL, times=2)
    assert await portal.refused("AddClient", **(MINA | {"email": "ken@example.com"})) == (
        "A user already exists with that email address"
    )
    assert await portal.refused("UpdateClient", clientid=client, email="x@example.com") == "Duplicate Email Address"
    whmcs.switches.switch(WireFault.INVALID_IP, times=1)
    assert (await portal.post("GetClients")).json()["message"] == "Invalid IP 127.0.0.1"
    whmcs.switches.switch(WireFault.LOCKED_OUT, times=1)
    assert (await portal.post("GetClients")).json()["message"] == "Authentication Failed"
    whmcs.switches.switch(WireFault.BAD_BYTES, "GetClientsProducts", times=1)
    assert (await portal.refused("GetClientsProducts")).startswith("Error generating JSON encoded response")


async def test_the_world_s_own_faults_strike_by_the_action(portal: Caller, world: World) -> None:
    for kind, seen in (
        (FaultKind.UNAVAILABLE, "503 no JSON"),
        (FaultKind.TIMEOUT_BEFORE, "silence"),
        (FaultKind.TIMEOUT_AFTER, "silence"),
        (FaultKind.REFUSED, "200 error"),
    ):
        world.faults.switch("whmcs", "GetClients", kind, times=1)
        assert await outcome(portal, "GetClients") == seen
        assert await outcome(portal, "GetClients") == "200 success"


async def test_it_is_served_no_longer_than_it_lasts(world: World) -> None:
    async with served(world) as whmcs, httpx.AsyncClient(base_url=whmcs.url) as http:
        world.clock.set(world.clock.now() + timedelta(days=1))
        assert (await http.get("nowhere.php")).status_code == 403
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(whmcs.url)


class Port:
    """A port that makes one call."""

    def __init__(self, whmcs: Served, http: httpx.AsyncClient) -> None:
        self.caller = Caller(http, whmcs.identifier, whmcs.secret)

    async def add(self) -> str:
        return (await self.caller.post("AddClient", **MINA)).text

    async def read(self) -> str:
        return (await self.caller.post("GetClients")).text


async def test_faults_of_a_port_s_method_strike_its_calls(whmcs: Served, world: World) -> None:
    way = Struck(STRIKES)
    async with httpx.AsyncClient(base_url=whmcs.url, transport=way) as http:
        port = Faulty(world, Port(whmcs, http), "whmcs", STRIKES)
        world.faults.switch("whmcs", "add", FaultKind.UNAVAILABLE, times=1)
        with pytest.raises(httpx.ConnectError):
            await port.add()
        world.faults.switch("whmcs", "add", FaultKind.TIMEOUT_BEFORE, times=1)
        with pytest.raises(httpx.ReadTimeout):
            await port.add()
        world.faults.switch("whmcs", "add", FaultKind.REFUSED, times=1)
        assert "Stopped by a hook" in await port.add()
        world.faults.switch("whmcs", "read", FaultKind.REFUSED, times=1)
        assert "success" in await port.read(), "what only reads writes nothing that a rule is against"
        assert world.records.find("client") == []
        world.faults.switch("whmcs", "read", FaultKind.TIMEOUT_AFTER, times=1)
        assert "success" in await port.read(), "what only reads has no effect to lose"
        world.faults.switch("whmcs", "add", FaultKind.TIMEOUT_AFTER, times=1)
        with pytest.raises(httpx.ReadTimeout):
            await port.add()
        assert len(world.records.find("client")) == 1
        assert world.calls["whmcs", "add"] == 4
        assert not await writes(http.build_request("POST", PATH, data={"action": "NoSuchThing"}))


async def test_an_effect_may_come_after_its_caller_went_away(portal: Caller, whmcs: Served, world: World) -> None:
    whmcs.switches.switch(WireFault.SLOW, "AddClient", times=1, milliseconds=600)
    assert await outcome(portal, "AddClient", **MINA) == "silence"
    assert world.records.find("client") == []
    for _ in range(100):
        await asyncio.sleep(0.05)
        if world.records.find("client"):
            break
    assert len(world.records.find("client")) == 1
