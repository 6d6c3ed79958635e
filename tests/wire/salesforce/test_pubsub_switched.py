"""What can go wrong with events, switched on by its word as `/sandbox/world/switch_wire_fault` does."""

from collections.abc import AsyncIterator

import grpc
import pytest

from adapters.eventbus import eventbus_pb2 as wire
from adapters.fakes.wire.salesforce.pubsub.refusals import PREFIX
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    ORDERS,
    PubSubHouse,
    RawClient,
    one_loop,  # noqa: F401 - fixture
    pubsub_house,
    raw_client,
)

BROKEN = (grpc.StatusCode.UNAVAILABLE, f"{PREFIX}service.unavailable")
CORRUPTED = (grpc.StatusCode.INVALID_ARGUMENT, f"{PREFIX}subscription.fetch.replayid.corrupted")


@pytest.fixture
async def house() -> AsyncIterator[PubSubHouse]:
    async with pubsub_house(Pace(keepalive=0.02)) as house:
        yield house


@pytest.fixture
async def client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with raw_client(house) as client:
        yield client


def switch(house: PubSubHouse, kind: str, after: int = 0) -> None:
    house.bus.switch_word(kind, "*", 1, 0, after)


async def test_a_replay_id_is_corrupted_once_the_stream_broke(house: PubSubHouse, client: RawClient) -> None:
    switch(house, "corrupted replay id", after=1)
    account = house.account()
    stream, others = await client.subscribe(ACCOUNTS), await client.subscribe(ORDERS)
    (first,) = await stream.events(1)
    house.change(account, phone="1")
    assert await stream.ending() == BROKEN
    resumed = {"replay_preset": wire.CUSTOM, "replay_id": first.replay_id}
    # from the oldest on it is heard all the same, and the place is refused still
    assert len(await (await client.subscribe(ACCOUNTS)).events(2)) == 2
    assert await (await client.subscribe(ACCOUNTS, **resumed)).ending() == CORRUPTED
    assert len(await (await client.subscribe(ACCOUNTS, **resumed)).events(1)) == 1
    assert not (await others.next()).events


async def test_the_schema_changes_from_an_event_on(house: PubSubHouse, client: RawClient) -> None:
    switch(house, "schema change", after=1)
    switch(house, "schema change", after=1)
    account = house.account()
    stream = await client.subscribe(ACCOUNTS)
    for phone in "123":
        house.change(account, phone=phone)
    created, first, second, third = await stream.events(4)
    schemas = [each.event.schema_id for each in (created, first, second, third)]
    assert len(set(schemas)) == 3
    assert schemas[1] == schemas[2]
    assert [(await client.read(each))["Phone"] for each in (first, second, third)] == ["1", "2", "3"]
    assert [name for name in await client.names(third) if name.startswith("Added_")] == ["Added_2__c", "Added_1__c"]


async def test_a_topic_falls_silent_until_its_subscriber_comes_again(house: PubSubHouse, client: RawClient) -> None:
    switch(house, "silence", after=1)
    account = house.account()
    stream, others = await client.subscribe(ACCOUNTS), await client.subscribe(ORDERS)
    (first,) = await stream.events(1)
    house.change(account, phone="1")
    with pytest.raises(TimeoutError):
        while True:
            assert not (await stream.next(0.2)).events
    assert not (await others.next()).events
    again = await client.subscribe(ACCOUNTS, replay_preset=wire.CUSTOM, replay_id=first.replay_id)
    (missed,) = await again.events(1)
    assert (await client.read(missed))["Phone"] == "1"
    assert not (await again.next()).events


async def test_what_was_switched_on_is_switched_off(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    stream = await client.subscribe(ACCOUNTS)
    (first,) = await stream.events(1)
    for kind in ("silence", "corrupted replay id"):
        switch(house, kind)
        house.change(account, phone=kind)
    house.bus.clear()
    resumed = await client.subscribe(ACCOUNTS, replay_preset=wire.CUSTOM, replay_id=first.replay_id)
    assert len(await resumed.events(2)) == 2
