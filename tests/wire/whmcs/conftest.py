"""The world's WHMCS at an address, and who calls it."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import phpserialize
import pytest

from adapters.fakes.wire.whmcs.server import Served, served
from adapters.fakes.world import World
from tests.worlds import a_world

PATH = "includes/api.php"
MINA = {
    "firstname": "Mina",
    "lastname": "Sato",
    "email": "mina@example.com",
    "address1": "神宮前1-2-3",
    "city": "渋谷区",
    "state": "東京都",
    "postcode": "150-0001",
    "country": "JP",
    "phonenumber": "+81.9012345678",
    "password2": "random and forgotten",
}
PLAN, FEE = "101", "113"


class Caller:
    """Somebody who calls the action API as the contract says: a form, whose arrays bear their indices."""

    def __init__(self, http: httpx.AsyncClient, identifier: str, secret: str) -> None:
        self.http = http
        self.credentials = {"identifier": identifier, "secret": secret}

    async def post(self, action: str, **fields: Any) -> httpx.Response:
        """The whole answer. The name of an array's place is written with its brackets."""
        form = self.credentials | {"action": action, "responsetype": "json"} | fields
        return await self.http.post(PATH, data={name: str(value) for name, value in form.items()})

    async def __call__(self, action: str, **fields: Any) -> dict[str, Any]:
        """The members of an answer that is one."""
        answer = await self.post(action, **fields)
        told: dict[str, Any] = answer.json()
        assert (answer.status_code, told["result"]) == (200, "success"), told
        return told

    async def refused(self, action: str, **fields: Any) -> str:
        """The text of a refusal of the business, which has a status of 200."""
        answer = await self.post(action, **fields)
        assert (answer.status_code, answer.json()["result"]) == (200, "error"), answer.text
        return str(answer.json()["message"])

    async def add_client(self, **changes: Any) -> str:
        return str((await self("AddClient", **(MINA | changes)))["clientid"])

    async def add_order(self, client: str, *pids: str, **more: Any) -> dict[str, Any]:
        fields: dict[str, Any] = {"clientid": client, "paymentmethod": "stripe"}
        for place, pid in enumerate(pids or (PLAN,)):
            fields |= {f"pid[{place}]": pid, f"billingcycle[{place}]": "onetime" if pid == FEE else "monthly"}
        return await self("AddOrder", **(fields | more))


def serialised(array: dict[Any, Any]) -> str:
    """An array as WHMCS wants custom fields."""
    return b64encode(phpserialize.dumps(array)).decode()


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
async def whmcs(world: World) -> AsyncIterator[Served]:
    async with served(world) as whmcs:
        yield whmcs


@pytest.fixture
async def http(whmcs: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=whmcs.url, timeout=10) as client:
        yield client


@pytest.fixture
def portal(whmcs: Served, http: httpx.AsyncClient) -> Caller:
    return Caller(http, whmcs.identifier, whmcs.secret)


@pytest.fixture
def staff(whmcs: Served, http: httpx.AsyncClient) -> Caller:
    return Caller(http, *whmcs.staff)
