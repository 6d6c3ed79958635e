"""A live WHMCS behind the ports, for the contract suite: each test's clients are its own there, and are ended.

`make live-whmcs` asks for it. The installation, one for trying things out, and the portal's credential come from the
portal's own settings (`GENKAN_WHMCS__URL`, …), and besides

- `LIVE_WHMCS_PRODUCTS`, which of its products are the suite's, `101=5,113=9,…`, see `NEEDED`;
- `LIVE_WHMCS_STAFF_IDENTIFIER` and `…_STAFF_SECRET`, a credential that may close clients.

Tests that look into the made-up WHMCS, act as its staff or move its clock are skipped.
"""

import inspect
import os
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec
import pytest

from adapters.fakes.sendings import FakeSendings
from adapters.system.clock import RealClock
from adapters.whmcs.bindings import WhmcsPorts, whmcs_ports
from adapters.whmcs.client import Client
from adapters.whmcs.settings import WhmcsSettings
from core.domain.catalog import ProductType
from core.domain.ids import ClientId
from genkan.settings import load
from ports.errors import Rejected, Unavailable
from tests.contracts.billing_fixtures import MARK
from tests.contracts.live import run
from tests.contracts.wired_whmcs import PORTS

ASKED: Final = "GENKAN_TEST_LIVE_WHMCS"
"""Set to run against the WHMCS that the settings name."""
WHY_NOT: Final = "looks into the made-up WHMCS, acts as its staff, or moves its clock"
NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "101": "a plan of Internet, by the month",
        "113": "what is paid once with it",
        "116": "an option, by the month",
        "117": "another option, by the month",
        "201": "a plan of SIM, by the month",
        "219": "what is paid once with that",
    }
)
"""The suite's products, and what has to stand in for each; none with a module that does anything."""
PLANS: Final = MappingProxyType({"101": ProductType.INTERNET, "201": ProductType.SIM})
_PRODUCTS: Final = "LIVE_WHMCS_PRODUCTS"
_STAFF: Final = ("LIVE_WHMCS_STAFF_IDENTIFIER", "LIVE_WHMCS_STAFF_SECRET")


class LiveWhmcs(msgspec.Struct, frozen=True, kw_only=True):
    """One installation: how the portal reaches it, how staff do, and its products by the suite's."""

    portal: WhmcsSettings
    staff: WhmcsSettings
    products: Mapping[str, str]


def is_asked() -> bool:
    """Whether a live WHMCS is to be run against."""
    return bool(os.environ.get(ASKED))


@cache
def named() -> LiveWhmcs:
    """The installation that the environment names, or as much of it as it does."""
    portal = load(os.environ, Path.cwd()).whmcs
    identifier, secret = (os.environ.get(name, "") for name in _STAFF)
    staff = msgspec.structs.replace(portal, identifier=identifier, secret=secret)
    pairs = (pair.partition("=") for pair in os.environ.get(_PRODUCTS, "").split(",") if pair)
    return LiveWhmcs(portal=portal, staff=staff, products={ours: theirs for ours, _, theirs in pairs})


def lacking() -> list[str]:
    """What is missing from what the environment names."""
    there = named()
    products = [f"{_PRODUCTS}: {ours} is {what}" for ours, what in NEEDED.items() if not there.products.get(ours)]
    return [*there.portal.faults(), *products, *(f"{name} is not set" for name in _STAFF if not os.environ.get(name))]


class Names:
    """What the tests know by fixed names, as it is called over there: unlike in any other test, or another run."""

    def __init__(self, products: Mapping[str, str]) -> None:
        self._run = secrets.token_hex(4)
        self._first = secrets.randbelow(9_000_000)
        ours = {theirs: ours for ours, theirs in products.items()}
        self._there: dict[str, Callable[[str], str]] = {
            "email": lambda email: f"{self._mark}{email}",
            "number": lambda number: f"P{(int(number[1:]) + self._first) % 10_000_000:07d}",
            "mark": lambda mark: f"{mark[:3]}{self._run}{mark[11:]}",
            "billing_product": lambda product: products.get(product, product),
        }
        self._here: dict[str, Callable[[str], str]] = {
            "email": lambda email: email.removeprefix(self._mark),
            "number": lambda number: f"P{(int(number[1:]) - self._first) % 10_000_000:07d}",
            "mark": lambda mark: f"{mark[:3]}{MARK[3:11]}{mark[11:]}",
            "billing_product": lambda product: ours.get(product, product),
        }

    @property
    def _mark(self) -> str:
        return f"genkan-live-{self._run}-"

    def there(self, name: str, value: Any) -> Any:
        """The value of that name as it is sent."""
        return _renamed(name, value, self._there)

    def here(self, value: Any) -> Any:
        """An answer as the tests know it."""
        return _renamed("", value, self._here)


def _renamed(name: str, value: Any, changes: Mapping[str, Callable[[str], str]]) -> Any:
    if isinstance(value, str):
        return changes[name](value) if name in changes else value
    if isinstance(value, tuple):
        return tuple(_renamed("", each, changes) for each in value)
    if isinstance(value, msgspec.Struct):
        is_of_client = "email" in value.__struct_fields__  # a telephone and an invoice have numbers as well
        fields = {field: getattr(value, field) for field in value.__struct_fields__}
        renamed = {
            field: _renamed(field, each, changes) for field, each in fields.items() if is_of_client or field != "number"
        }
        return msgspec.structs.replace(value, **renamed)
    return value


class _Renaming:
    """A port of which the tests ask in their own names; who was added is noted."""

    def __init__(self, port: Any, names: Names, added: list[ClientId]) -> None:
        self._port = port
        self._names = names
        self._added = added

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        signature = inspect.signature(method)

        async def called(*given: Any, **named: Any) -> Any:
            asked = signature.bind(*given, **named)
            asked.arguments = {each: self._names.there(each, value) for each, value in asked.arguments.items()}
            answer = await method(*asked.args, **asked.kwargs)
            if name == "ensure_client":
                self._added.append(answer)
            return self._names.here(answer)

        return called


class LiveBilling:
    """The ports of the installation; whoever asks for what only the made-up one has is skipped."""

    clock = RealClock()

    def __init__(self, ports: WhmcsPorts, names: Names, added: list[ClientId]) -> None:
        self._ports = {name: _Renaming(getattr(ports, name), names, added) for name in PORTS}

    def __getattr__(self, name: str) -> Any:
        if name not in self._ports:
            pytest.skip(WHY_NOT)
        return self._ports[name]


@asynccontextmanager
async def live(there: LiveWhmcs) -> AsyncIterator[LiveBilling]:
    """The ports of the live WHMCS; what its clients have is ended in the end, and they are closed."""
    added: list[ClientId] = []

    async def plans(_: Collection[str]) -> Mapping[str, ProductType]:
        return {there.products[ours]: line for ours, line in PLANS.items()}

    async with Client(there.portal) as client, Client(there.staff) as staff:
        ports = whmcs_ports(client, plans, RealClock(), lambda: secrets.token_urlsafe(32), FakeSendings())
        try:
            yield LiveBilling(ports, Names(there.products), added)
        finally:
            left = [each for each in {*added} if not await _ended(ports, staff, each)]
            assert not left, f"left behind in WHMCS: clients {left}"


async def _ended(ports: WhmcsPorts, staff: Client, client: ClientId) -> bool:
    try:
        for service in await ports.service_book.services(client):
            if service.mark is not None:
                await ports.provisioner.ensure_dropped(client, service.mark)
                await ports.provisioner.ensure_written_off(client, service.mark)
            if await ports.service_book.service(client, service.id) is not None:
                await ports.service_book.ensure_terminated(client, service.id)
        await staff.write("CloseClient", {"clientid": client})
    except (Rejected, Unavailable):
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(run("billing", ASKED, lacking()))
