"""What is posted to the portal of the world's changes: ids, signed, once, whatever becomes of it."""

import re
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from adapters.fakes.addresses import HOST, free_port
from adapters.fakes.desk_whmcs import BillingDesk
from adapters.fakes.process import serving
from adapters.fakes.wire.whmcs.hooks import HEARD, PATH, HookTarget
from adapters.fakes.wire.whmcs.server import Served, served
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from adapters.http.fulfilment import HookAsk
from adapters.http.signature import signature
from core.domain.ids import ClientId, InvoiceId, ServiceId
from tests.deploy.hook_listener import HOOKS
from tests.wire.whmcs.conftest import Caller

SECRET = "a-secret-of-the-two-of-them-0123456789"


class Portal:
    """Whoever is told, and what was said."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 202

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.calls.append((scope["path"], headers, body))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    @property
    def told(self) -> list[tuple[str, dict[str, int]]]:
        """The events with the ids that they bear."""
        news = [msgspec.json.decode(body) for _, _, body in self.calls]
        return [(one["event"], {k: v for k, v in one.items() if k.endswith("Id") and v is not None}) for one in news]


@asynccontextmanager
async def told(world: World, key_id: str = "") -> AsyncIterator[tuple[Served, Portal, Caller]]:
    portal, port = Portal(), free_port()
    target = HookTarget(url=f"http://{HOST}:{port}/", secret=SECRET, key_id=key_id)
    async with serving(portal, port), served(world, hooks=target) as whmcs, httpx.AsyncClient(timeout=10) as http:
        http.base_url = httpx.URL(whmcs.url)
        yield whmcs, portal, Caller(http, whmcs.identifier, whmcs.secret)


async def settled(whmcs: Served) -> None:
    assert whmcs.hooks is not None
    await whmcs.hooks.settled()


async def test_an_order_s_life_is_told(world: World) -> None:
    async with told(world) as (whmcs, portal, caller):
        client = await caller.add_client()
        added = await caller.add_order(client)
        await caller("AcceptOrder", orderid=added["orderid"], autosetup="1")
        desk = BillingDesk(world)
        await desk.add_payment_method(ClientId(client))
        await desk.pay_invoice(InvoiceId(str(added["invoiceid"])))
        await desk.suspend_service(ServiceId(added["serviceids"]))
        await desk.unsuspend_service(ServiceId(added["serviceids"]))
        await caller("ModuleTerminate", serviceid=added["serviceids"])
        await settled(whmcs)
    one = {"clientId": 1}
    assert portal.told == [
        ("AfterShoppingCartCheckout", one | {"orderId": 1, "invoiceId": 1}),
        ("InvoiceCreated", one | {"invoiceId": 1}),
        ("AcceptOrder", one | {"orderId": 1}),
        ("AfterModuleCreate", one | {"serviceId": 1}),
        ("CCUpdate", one),
        ("AddInvoicePayment", one | {"invoiceId": 1}),
        ("InvoicePaid", one | {"invoiceId": 1}),
        ("OrderPaid", one | {"orderId": 1, "invoiceId": 1}),
        ("AdminServiceEdit", one | {"serviceId": 1}),
        ("AfterModuleSuspend", one | {"serviceId": 1}),
        ("AfterModuleUnsuspend", one | {"serviceId": 1}),
        ("AfterModuleTerminate", one | {"serviceId": 1}),
    ]


async def test_an_order_s_end_is_told(world: World) -> None:
    async with told(world) as (whmcs, portal, caller):
        client = await caller.add_client()
        added = await caller.add_order(client)
        await settled(whmcs)
        portal.calls.clear()
        await caller("CancelOrder", orderid=added["orderid"])
        await caller("DeleteOrder", orderid=added["orderid"])
        await BillingDesk(world).close_client(ClientId(client))
        await settled(whmcs)
    assert [event for event, _ in portal.told] == [
        "CancelOrder", "AdminServiceEdit", "InvoiceCancelled", "DeleteOrder", "ServiceDelete",
    ]  # fmt: skip


@pytest.mark.parametrize("key_id", ["", "whmcs"])
async def test_each_call_is_signed_as_the_portal_wants_it_and_says_what_it_reads(world: World, key_id: str) -> None:
    async with told(world, key_id) as (whmcs, portal, caller):
        await BillingDesk(world).add_payment_method(ClientId(await caller.add_client()))
        await settled(whmcs)
    ((path, headers, body),) = portal.calls
    assert path == PATH
    key, at, nonce = headers["idempotency-key"], headers["x-timestamp"], headers["x-nonce"]
    assert headers["x-signature"] == f"v1={signature(SECRET.encode(), 'POST', path, at, nonce, key, body)}"
    assert headers.get("x-key-id", "") == key_id
    assert abs(int(at) - world.clock.now().timestamp()) < 60
    asked = msgspec.json.decode(body, type=HookAsk)
    assert (asked.event, asked.id, asked.client_id) == ("CCUpdate", key, 1)
    assert msgspec.json.decode(body)["at"].endswith("+09:00")
    assert b"mina" not in body.lower()


async def test_what_the_portal_does_not_take_is_lost(world: World) -> None:
    async with told(world) as (whmcs, portal, caller):
        portal.status, desk = 500, BillingDesk(world)
        await desk.add_payment_method(ClientId(await caller.add_client()))
        await settled(whmcs)
        assert len(portal.calls) == 1
    port = free_port()
    async with served(world, hooks=HookTarget(url=f"http://{HOST}:{port}", secret=SECRET)) as whmcs:
        await desk.add_payment_method(await desk.add_client("ken@example.com", "Ken", "Mori"))
        await settled(whmcs)
        late = Portal()
        async with serving(late, port):
            await desk.add_payment_method(await desk.add_client("yui@example.com", "Yui", "Abe"))
            await settled(whmcs)
        assert late.told == [("CCUpdate", {"clientId": 3})], "what nobody heard is not told again"
    assert world.listeners == []


async def test_what_was_there_before_is_not_told(world: World) -> None:
    async with told(world) as (whmcs, portal, _):
        fields = {"email": "mina@example.com", "user_email": "mina@example.com"}
        world.records.create("client", fields, by="seed")
        await settled(whmcs)
    assert portal.calls == []


def test_it_listens_where_the_hook_file_does() -> None:
    listed = (HOOKS / "genkan.php").read_text().partition("$hooks = [")[2].partition("\n    ];")[0]
    assert set(re.findall(r"^        '(\w+)' =>", listed, re.MULTILINE)) == HEARD


async def test_a_request_is_told_though_no_record_changed_and_a_module_that_failed_is_not(world: World) -> None:
    async with told(world) as (whmcs, portal, caller):
        added = await caller.add_order(await caller.add_client())
        await settled(whmcs)
        portal.calls.clear()
        await caller("AddCancelRequest", serviceid=added["serviceids"])
        whmcs.switches.switch(WireFault.MODULE_FAILS, "ModuleCreate", times=1)
        await caller.refused("ModuleCreate", serviceid=added["serviceids"])
        await settled(whmcs)
    assert portal.told == [("CancellationRequest", {"clientId": 1, "serviceId": 1})]
