"""What a real org does to its callers at times."""

import asyncio

import httpx
import pytest

from adapters.fakes.faults import FaultKind
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from tests.wire.salesforce.conftest import ROOT, code, logged_in, schema

ACCOUNT = {"Name": "Kenji"}
NEW = "/sobjects/Account"


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        (WireFault.EXPIRED, 401, "INVALID_SESSION_ID"),
        (WireFault.LOCK_ROW, 400, "UNABLE_TO_LOCK_ROW"),
        (WireFault.DUPLICATES, 400, "DUPLICATES_DETECTED"),
        (WireFault.BLOCKED, 400, "DUPLICATES_DETECTED"),
        (WireFault.RULE, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        (WireFault.INTERNAL, 500, "UNKNOWN_EXCEPTION"),
        (WireFault.LIMIT, 403, "REQUEST_LIMIT_EXCEEDED"),
        (WireFault.BUSY, 403, "REQUEST_LIMIT_EXCEEDED"),
    ],
)
async def test_a_fault_strikes_as_often_as_it_is_told(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, world: World, fault: WireFault, status: int, error: str
) -> None:
    salesforce.switches.switch(fault, "create Account", times=1)
    assert (await portal.get(f"{NEW}/describe")).status_code == 200
    struck = await portal.post(NEW, json=ACCOUNT)
    assert (struck.status_code, code(struck)) == (status, error)
    assert world.records.one("account", name="Kenji") is None
    if fault is not WireFault.EXPIRED:
        assert (await portal.post(NEW, json=ACCOUNT)).status_code == 201


async def test_an_expired_token_stays_dead(portal: httpx.AsyncClient, salesforce: SalesforceServer) -> None:
    salesforce.switches.switch(WireFault.EXPIRED, times=1)
    assert (await portal.get(NEW)).status_code == 401
    assert code(await portal.get(NEW)) == "INVALID_SESSION_ID"


async def test_maintenance_answers_a_page(portal: httpx.AsyncClient, salesforce: SalesforceServer) -> None:
    salesforce.switches.switch(WireFault.UNAVAILABLE)
    for _ in range(2):
        struck = await portal.get(NEW)
        assert struck.status_code == 503
        assert struck.headers["content-type"].startswith("text/html")
    salesforce.switches.clear()
    assert (await portal.get(NEW)).status_code == 200


@pytest.mark.parametrize(("fault", "done"), [(WireFault.SILENT_BEFORE, False), (WireFault.SILENT_AFTER, True)])
async def test_no_answer_comes_and_the_effect_happens_or_not(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, world: World, fault: WireFault, done: bool
) -> None:
    salesforce.switches.switch(fault, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await portal.post(NEW, json=ACCOUNT, timeout=0.3)
    assert (world.records.one("account", name="Kenji") is not None) == done
    assert (await portal.get(NEW)).status_code == 200


async def test_a_slow_answer_takes_as_long_as_it_is_told(
    portal: httpx.AsyncClient, salesforce: SalesforceServer
) -> None:
    salesforce.switches.switch(WireFault.SLOW, "about *", milliseconds=400)
    with pytest.raises(httpx.ReadTimeout):
        await portal.get(NEW, timeout=0.2)
    assert (await portal.get(NEW, timeout=5)).status_code == 200


async def test_a_caller_may_save_what_a_duplicate_rule_only_warns_of(
    portal: httpx.AsyncClient, salesforce: SalesforceServer
) -> None:
    salesforce.switches.switch(WireFault.DUPLICATES, "create *")
    allowed = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert (await portal.post(NEW, json=ACCOUNT, headers=allowed)).status_code == 201
    assert code(await portal.post(NEW, json=ACCOUNT)) == "DUPLICATES_DETECTED"
    part = {"method": "POST", "url": f"{ROOT}{NEW}", "referenceId": "account", "body": ACCOUNT}
    for headers, status in ((allowed, 201), ({}, 400)):
        body = {"allOrNone": True, "compositeRequest": [{**part, "httpHeaders": headers}]}
        told = (await portal.post("/composite", json=body, headers=allowed)).json()["compositeResponse"]
        assert [one["httpStatusCode"] for one in told] == [status]
    salesforce.switches.switch(WireFault.BLOCKED, "create *")
    assert code(await portal.post(NEW, json=ACCOUNT, headers=allowed)) == "DUPLICATES_DETECTED"


async def test_a_locked_row_fails_its_part_of_a_composite(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, world: World
) -> None:
    salesforce.switches.switch(WireFault.LOCK_ROW, "create Contact", times=1)
    subs = [
        {"method": "POST", "url": f"{ROOT}{NEW}", "referenceId": "account", "body": ACCOUNT},
        {"method": "POST", "url": f"{ROOT}/sobjects/Contact", "referenceId": "contact", "body": {"LastName": "K"}},
    ]
    body = {"allOrNone": True, "compositeRequest": subs}
    told = (await portal.post("/composite", json=body)).json()["compositeResponse"]
    assert [one["body"][0]["errorCode"] for one in told] == ["PROCESSING_HALTED", "UNABLE_TO_LOCK_ROW"]
    told = (await portal.post("/composite", json=body)).json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in told] == [201, 201]


@pytest.mark.parametrize(
    ("kind", "status"),
    [(FaultKind.UNAVAILABLE, 503), (FaultKind.REFUSED, 400), (FaultKind.DUPLICATES, 400)],
)
async def test_the_worlds_own_faults_strike_as_well(
    portal: httpx.AsyncClient, world: World, kind: FaultKind, status: int
) -> None:
    world.faults.switch("salesforce", "*", kind, times=1)
    assert (await portal.post(NEW, json=ACCOUNT)).status_code == status
    assert (await portal.post(NEW, json=ACCOUNT)).status_code == 201


async def test_the_worlds_time_out_is_no_answer(portal: httpx.AsyncClient, world: World) -> None:
    world.faults.switch("salesforce", "create Account", FaultKind.TIMEOUT_AFTER, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await portal.post(NEW, json=ACCOUNT, timeout=0.3)
    assert world.records.one("account", name="Kenji") is not None


async def test_the_end_of_the_org_waits_for_nobody(world: World) -> None:
    async with served(world, schema()) as salesforce, logged_in(salesforce, PORTAL_APP) as client:
        salesforce.switches.switch(WireFault.SILENT_BEFORE, "about *")
        salesforce.switches.switch(WireFault.SLOW, "limits", milliseconds=60_000)
        waiting = [asyncio.ensure_future(client.get(path)) for path in (NEW, "/limits")]
        await asyncio.sleep(0.2)
        assert not any(one.done() for one in waiting)
        began = asyncio.get_running_loop().time()
        salesforce.close()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert asyncio.get_running_loop().time() - began < 5
