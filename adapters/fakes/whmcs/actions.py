"""WHMCS as a whole: every action it offers, and how a role of the portal reaches it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.whmcs.acting import Acting
from adapters.fakes.whmcs.client_actions import ClientActions
from adapters.fakes.whmcs.invoice_actions import InvoiceActions
from adapters.fakes.whmcs.invoicing import run_cron
from adapters.fakes.whmcs.order_actions import OrderActions
from adapters.fakes.whmcs.service_actions import ServiceActions
from adapters.fakes.world import World


class WhmcsActions(ClientActions, OrderActions, ServiceActions, InvoiceActions, Acting):
    """All actions, each named as in WHMCS, in lower case with underscores."""


ACTIONS: Final[MappingProxyType[str, Callable[..., Any]]] = MappingProxyType(
    {
        method.__dict__["action"]: method
        for name in dir(WhmcsActions)
        if "action" in getattr(method := getattr(WhmcsActions, name), "__dict__", {})
    }
)
"""Each action by WHMCS's name for it ("AddOrder"), as a function of a `WhmcsActions` and its parameters."""


@asynccontextmanager
async def asking_whmcs(world: World, operation: str) -> AsyncIterator[WhmcsActions]:
    """The actions within one call of the portal: the day's invoices are made, faults strike, refusals are Rejected."""
    async with world.touch("whmcs", operation):
        run_cron(world)
        yield WhmcsActions(world)
