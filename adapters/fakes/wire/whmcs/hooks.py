"""What a hook file does: it posts ids to the portal, signed and once, and never minds what becomes of it."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import httpx
import msgspec

from adapters.fakes.tables import Change
from adapters.fakes.wire.whmcs.hook_points import Happened, happened
from adapters.fakes.wire.whmcs.told import JAPAN
from adapters.fakes.world import World
from core.domain.facts import AnyFact

PATH: Final = "/api/hooks/whmcs"
PATIENCE: Final = 2.5
"""Seconds that a call may take."""


HEARD: Final = frozenset(
    {
        *("InvoiceCreated", "InvoicePaid", "InvoiceUnpaid", "InvoiceCancelled", "InvoiceRefunded"),
        *("AddInvoicePayment", "AddTransaction", "CCUpdate"),
        *("AcceptOrder", "CancelOrder", "PendingOrder", "FraudOrder", "DeleteOrder", "OrderPaid"),
        "AfterShoppingCartCheckout",
        *("AfterModuleCreate", "AfterModuleSuspend", "AfterModuleUnsuspend", "AfterModuleTerminate"),
        "AfterModuleChangePackage",
        *("ServiceEdit", "AdminServiceEdit", "ServiceDelete", "CancellationRequest"),
    }
)
"""The hook points at which the hook file of deploy/whmcs listens; what happens at others the portal is not told."""


class HookTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where the portal is, by its address without a path, and the secret that the calls are signed with."""

    url: str
    secret: str
    key_id: str = ""

    def __repr__(self) -> str:
        return f"HookTarget(url={self.url!r})"


def body_of(one: Happened, id: str, at: datetime) -> bytes:
    """What is posted of a hook: ids alone."""

    def known(value: str | None) -> int | None:
        return int(value) if value else None

    return msgspec.json.encode(
        {
            "event": one.event,
            "id": id,
            "at": at.astimezone(JAPAN).isoformat(timespec="seconds"),
            "clientId": int(one.client),
            "serviceId": known(one.service),
            "orderId": known(one.order),
            "invoiceId": known(one.invoice),
        }
    )


def headers_of(target: HookTarget, path: str, body: bytes, id: str, at: datetime) -> dict[str, str]:
    """What proves the call: a signature over all that is sent."""
    stamp, nonce = str(int(at.timestamp())), hashlib.sha256(id.encode()).hexdigest()[:32]
    lines = ("v1", "POST", path, stamp, nonce, id, hashlib.sha256(body).hexdigest())
    signed = hmac.new(target.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Timestamp": stamp,
        "X-Nonce": nonce,
        "Idempotency-Key": id,
        "X-Signature": f"v1={signed}",
    }
    return headers | ({"X-Key-Id": target.key_id} if target.key_id else {})


class Hooks:
    """Posts what happened in the world's WHMCS, in order, while it is served; what can't be told is lost."""

    def __init__(self, world: World, target: HookTarget) -> None:
        self._world = world
        self._target = target
        self._told: asyncio.Queue[tuple[Happened, datetime]] = asyncio.Queue()
        self._count = 0

    def hear(self, changes: Sequence[Change], _: Sequence[AnyFact]) -> None:
        """Take in what was committed."""
        for one in happened(self._world.records, changes):
            self.run_hook(one)

    def run_hook(self, one: Happened) -> None:
        """Take in one hook, if the hook file listens there."""
        if one.event in HEARD:
            self._told.put_nowait((one, self._world.clock.now()))

    async def settled(self) -> None:
        """Wait until all that happened was told, or lost."""
        await self._told.join()

    async def post(self) -> None:
        """Post one after the other until cancelled."""
        url = self._target.url.rstrip("/") + PATH
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
            while True:
                one, at = await self._told.get()
                try:
                    await self._post(http, url, one, at)
                except httpx.HTTPError:
                    pass  # neither kept nor tried again: the portal looks by itself as well
                finally:
                    self._told.task_done()

    async def _post(self, http: httpx.AsyncClient, url: str, one: Happened, at: datetime) -> None:
        self._count += 1
        id = str(uuid5(NAMESPACE_URL, f"{self._world.pair} {self._count} {at.isoformat()} {one}"))
        body = body_of(one, id, at)
        headers = headers_of(self._target, urlsplit(url).path, body, id, self._world.clock.now())
        await http.post(url, content=body, headers=headers)


@asynccontextmanager
async def telling(world: World, target: HookTarget | None) -> AsyncIterator[Hooks | None]:
    """Tell the portal while it lasts, if there is one to tell."""
    if target is None:
        yield None
        return
    hooks = Hooks(world, target)
    running: asyncio.Task[Any] = asyncio.create_task(hooks.post())
    world.listeners.append(hooks.hear)
    try:
        yield hooks
    finally:
        world.listeners.remove(hooks.hear)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
