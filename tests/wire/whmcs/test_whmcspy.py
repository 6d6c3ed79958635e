"""whmcspy from PyPI, as it is, against the made-up WHMCS."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from whmcspy import WHMCS, exceptions  # type: ignore[import-untyped]

from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.wire.whmcs.switches import WireFault
from tests.wire.whmcs.conftest import MINA, PATH, PLAN, serialised


@pytest.fixture
def client(whmcs: Served) -> WHMCS:
    return WHMCS(whmcs.url + PATH, whmcs.identifier, whmcs.secret)


@pytest.fixture
def staff(whmcs: Served) -> WHMCS:
    return WHMCS(whmcs.url + PATH, *whmcs.staff)


async def done(call: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """The client blocks, and the server needs the loop."""
    answer = await asyncio.to_thread(call, *args, **named)
    return await asyncio.to_thread(list, answer) if isinstance(answer, Iterator) else answer


async def test_a_client_is_added_and_found(client: WHMCS, whmcs: Served) -> None:
    marks = serialised({whmcs.fields.customer_number: "P1000001"})
    added = await done(client.add_client, **MINA, customfields=marks)
    told = await done(client.call, "GetClientsDetails", clientid=added)
    assert told["client"]["customfields"][0]["value"] == "P1000001"
    with pytest.raises(exceptions.Error, match="A user already exists with that email address"):
        await done(client.add_client, **MINA)


async def test_an_order_goes_its_way(client: WHMCS, whmcs: Served) -> None:
    added = await done(client.add_client, **MINA)
    products = [{"id": PLAN, "domain": "801A"}, {"id": "117", "domain": "801A"}]
    order = await done(client.add_order, added, paymentmethod="stripe", products=products)
    assert len(order["serviceids"].split(",")) == 2
    await done(client.accept_order, order["orderid"], autosetup=1)
    (told,) = await done(client.get_orders, userid=added)
    assert (told["status"], len(told["lineitems"]["lineitem"])) == ("Active", 2)
    services = await done(client.get_clients_products, active=True, clientid=added)
    assert [service["domain"] for service in services] == ["801A", "801A"]
    invoice = await done(client.get_invoice, order["invoiceid"])
    assert invoice["balance"] == "5830.00"
    await done(client.update_client_product, services[0]["id"], status="Completed", nextduedate=date(2026, 3, 1))
    assert len(await done(client.get_clients_products, active=False, clientid=added)) == 1
    await done(client.pending_order, order["orderid"])
    await done(client.cancel_order, order["orderid"])
    await done(client.delete_order, order["orderid"])
    assert await done(client.get_orders, userid=added) == []


async def test_it_reads_page_after_page(client: WHMCS, whmcs: Served) -> None:
    added = await done(client.add_client, **MINA)
    for _ in range(6):
        fields = {"pid": [PLAN] * 10, "billingcycle": ["monthly"] * 10}
        await done(client.call, "AddOrder", clientid=added, paymentmethod="stripe", **fields)
    whmcs.usage.clear()
    assert len(await done(client.get_clients_products, clientid=added)) == 60
    assert whmcs.usage.counted["GetClientsProducts"] == 4


async def test_refusals_reach_it_as_its_own_errors(client: WHMCS, staff: WHMCS, whmcs: Served) -> None:
    with pytest.raises(exceptions.Error, match="Client Not Found"):
        await done(client.call, "GetClientsDetails", clientid=999)
    with pytest.raises(exceptions.MissingPermission, match='API action "closeclient" is not allowed'):
        await done(client.call, "CloseClient", clientid=1)
    stranger = WHMCS(whmcs.url + PATH, "nobody", "nothing")
    with pytest.raises(exceptions.MissingPermission, match="Authentication Failed"):
        await done(stranger.call, "GetClients")
    whmcs.switches.switch(WireFault.INVALID_IP, times=1)
    with pytest.raises(exceptions.MissingPermission, match="Invalid IP"):
        await done(client.call, "GetClients")
    added = await done(staff.add_client, **MINA)
    await done(staff.add_transaction, "stripe", userid=added, transid="t-1")
    await done(staff.send_email, id=added, messagename="Client Signup Email")
    order = await done(staff.add_order, added, paymentmethod="stripe", products=[{"id": PLAN, "domain": ""}])
    await done(staff.module_create, int(order["serviceids"]))
