"""The world's WHMCS at an address, and who calls it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from adapters.fakes.wire.whmcs.server import Served, served
from adapters.fakes.world import World
from tests.worlds import a_world

Calls = Callable[..., Awaitable[dict[str, Any]]]


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
