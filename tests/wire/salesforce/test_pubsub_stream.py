"""The sandbox's Pub/Sub API as somebody finds it who has the protocol and nothing else."""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import fastavro
import pytest

from adapters.eventbus import eventbus_pb2 as wire
from tests.wire.salesforce.pubsub_house import ACCOUNTS, PubSubHouse, RawClient, pubsub_house, raw_client


@pytest.fixture
async def house() -> AsyncIterator[PubSubHouse]:
    async with pubsub_house() as house:
        yield house


@pytest.fixture
async def client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with raw_client(house) as client:
        yield client


async def read(client: RawClient, event: wire.ConsumerEvent) -> dict[str, Any]:
    schema = json.loads((await client.schema(event.event.schema_id)).schema_json)
    record = fastavro.schemaless_reader(BytesIO(event.event.payload), fastavro.parse_schema(schema), None)
    assert isinstance(record, dict)
    return record


async def test_a_change_is_told_with_the_fields_that_changed(house: PubSubHouse, client: RawClient) -> None:
    account = house.account(city="Osaka")
    stream = await client.subscribe(ACCOUNTS)
    house.change(account, city="Kobe", eligibility_notes=None, phone="+81 6 0000 0000")
    _, event = await stream.events(2)
    told = await read(client, event)
    header = told["ChangeEventHeader"]
    assert (header["entityName"], header["changeType"], header["recordIds"]) == ("Account", "UPDATE", [account])
    assert told["Phone"] == "+81 6 0000 0000"
    assert told["BillingAddress"]["City"] == "Kobe"
    assert told["Name"] is None
    assert header["nulledFields"] == []
    assert any("-0x02" in bitmap for bitmap in header["changedFields"])
    assert len(event.replay_id) == 10
