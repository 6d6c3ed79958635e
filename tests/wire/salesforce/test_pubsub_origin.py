"""What a change event says of the call that brought the change about."""

from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.world import World
from tests.wire.salesforce.conftest import events
from tests.wire.salesforce.pubsub_house import ACCOUNTS


@pytest.fixture
async def bus(world: World) -> AsyncIterator[EventBus]:
    bus = EventBus(world, events())
    yield bus
    bus.close()


def origins(bus: EventBus) -> list[str]:
    shape = bus.captured["Account"].shape
    return [shape.decode(event.payload)["ChangeEventHeader"]["changeOrigin"] for event in bus.topics[ACCOUNTS].events]


@pytest.mark.parametrize(
    ("options", "origin"),
    [
        ("client=peer", "com/salesforce/api/rest/62.0;client=peer"),
        ("defaultNamespace=ns, Client=peer", "com/salesforce/api/rest/62.0;client=peer"),
        ("defaultNamespace=client", "com/salesforce/api/rest/62.0"),
        ("", "com/salesforce/api/rest/62.0"),
    ],
)
async def test_the_origin_names_the_client_of_the_call(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient, bus: EventBus, options: str, origin: str
) -> None:
    for client in (portal, staff):
        await client.post("/sobjects/Account", json={"Name": "Mina"}, headers={"Sforce-Call-Options": options})
    assert origins(bus) == [origin, origin]


async def test_a_composite_comes_by_one_call(portal: httpx.AsyncClient, bus: EventBus) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("A", "B")]
    await portal.post("/composite/sobjects", json={"records": records}, headers={"Sforce-Call-Options": "client=peer"})
    assert origins(bus) == ["com/salesforce/api/rest/62.0;client=peer"] * 2


async def test_what_staff_do_by_hand_comes_by_no_call(portal: httpx.AsyncClient, world: World, bus: EventBus) -> None:
    await portal.post("/sobjects/Account", json={"Name": "Mina"})
    world.records.create("account", {"name": "Kenji"}, "staff")
    assert origins(bus) == ["com/salesforce/api/rest/62.0", ""]
