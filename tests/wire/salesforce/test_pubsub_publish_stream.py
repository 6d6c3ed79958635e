"""How batches are published one after the other over one call."""

import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import fastavro
import grpc.aio
import pytest

from adapters.eventbus import eventbus_pb2 as wire
from adapters.fakes.wire.salesforce.pubsub.refusals import PREFIX
from tests.wire.salesforce.pubsub_house import ACCOUNTS, PubSubHouse, RawClient, pubsub_house, raw_client, say

UPDATE = "/event/Account_Internet_Eligibility_Update__e"


@pytest.fixture
async def house() -> AsyncIterator[PubSubHouse]:
    async with pubsub_house() as house:
        yield house


@pytest.fixture
async def client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with raw_client(house) as client:
        yield client


async def events_of(client: RawClient, *ids: str) -> list[wire.ProducerEvent]:
    topic = await client.stub.get_topic(wire.TopicRequest(topic_name=UPDATE), metadata=client.metadata)
    schema = fastavro.parse_schema(json.loads((await client.schema(topic.schema_id)).schema_json))
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, {"CreatedDate": 1, "CreatedById": "005", "AccountId__c": "x"})
    return [wire.ProducerEvent(id=id, schema_id=topic.schema_id, payload=out.getvalue()) for id in ids]


async def ending(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await call.read()
    return dict(ended.value.trailing_metadata())["error-code"].removeprefix(PREFIX)


async def test_each_batch_is_answered(client: RawClient) -> None:
    call = client.stub.publish_stream(metadata=client.metadata)
    told: list[wire.PublishResult] = []
    # the topic is said once
    for topic, ids in ((UPDATE, ("a", "b")), ("", ("c",))):
        await call.write(wire.PublishRequest(topic_name=topic, events=await events_of(client, *ids)))
        told += (await call.read()).results
    assert [result.correlation_key for result in told] == ["a", "b", "c"]
    heard = await (await client.subscribe(UPDATE)).events(3)
    assert [event.replay_id for event in heard] == [result.replay_id for result in told]
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF


@pytest.mark.parametrize(
    ("topic", "ids", "code"),
    [
        ("", ("a",), "publish.topic.validation.empty"),
        ("/event/Nothing__e", ("a",), "topic.not.found"),
        (ACCOUNTS, ("a",), "topic.meta.permission"),
        (UPDATE, (), "publish.event.count.invalid"),
    ],
)
async def test_what_can_not_be_published(client: RawClient, topic: str, ids: tuple[str, ...], code: str) -> None:
    call = client.stub.publish_stream(metadata=client.metadata)
    await say(call, wire.PublishRequest(topic_name=topic, events=await events_of(client, *ids)))
    assert await ending(call) == code


async def test_a_stream_is_of_one_topic(client: RawClient) -> None:
    call = client.stub.publish_stream(metadata=client.metadata)
    await call.write(wire.PublishRequest(topic_name=UPDATE, events=await events_of(client, "a")))
    assert len((await call.read()).results) == 1
    await say(call, wire.PublishRequest(topic_name=ACCOUNTS, events=await events_of(client, "a")))
    assert await ending(call) == "publish.topic.mismatch"


async def test_a_stream_ends_with_its_token(house: PubSubHouse, client: RawClient) -> None:
    call = client.stub.publish_stream(metadata=client.metadata)
    events = await events_of(client, "a")
    await call.write(wire.PublishRequest(topic_name=UPDATE, events=events))
    assert len((await call.read()).results) == 1
    house.good.clear()
    await say(call, wire.PublishRequest(topic_name=UPDATE, events=events))
    assert await ending(call) == "service.auth.error"
