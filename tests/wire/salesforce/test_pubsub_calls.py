"""How the sandbox's Pub/Sub API refuses, publishes and fails on switch."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import fastavro
import grpc
import grpc.aio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.eventbus import eventbus_pb2 as wire
from adapters.eventbus.service import PubSubStub
from adapters.fakes.wire.salesforce.people import ORG_ID, PORTAL_APP
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.fakes.wire.salesforce.pubsub.refusals import PREFIX
from adapters.fakes.wire.salesforce.pubsub.server import PubSubServer, TlsFiles, admitted_by, serving
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace
from adapters.fakes.wire.salesforce.sessions import Sessions
from tests.wire.salesforce.conftest import events
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    LOGGED_IN,
    PubSubHouse,
    RawClient,
    one_loop,  # noqa: F401 - fixture
    pubsub_house,
    raw_client,
    say,
)
from tests.worlds import a_world

UPDATE = "/event/Account_Internet_Eligibility_Update__e"
UNAUTHENTICATED = (grpc.StatusCode.UNAUTHENTICATED, f"{PREFIX}service.auth.error")
CORRUPTED = "subscription.fetch.replayid.corrupted"
INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
async def house() -> AsyncIterator[PubSubHouse]:
    async with pubsub_house(Pace(keepalive=0.02)) as house:
        yield house


@pytest.fixture
async def client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with raw_client(house) as client:
        yield client


def code_of(error: grpc.aio.AioRpcError) -> str:
    return dict(error.trailing_metadata() or ())["error-code"].removeprefix(PREFIX)


# --- refusals -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"topic_name": ""}, INVALID, "topic.validation.empty"),
        ({"topic_name": "/data/NoneChangeEvent"}, grpc.StatusCode.NOT_FOUND, "topic.not.found"),
        ({"num_requested": 0}, INVALID, "subscription.fetch.requested.events.invalid"),
        ({"replay_preset": wire.CUSTOM}, INVALID, "subscription.fetch.replayid.validation.failed"),
        ({"replay_preset": wire.CUSTOM, "replay_id": b"123"}, INVALID, CORRUPTED),
        ({"replay_preset": wire.CUSTOM, "replay_id": bytes(8)}, INVALID, CORRUPTED),
        ({"replay_preset": wire.CUSTOM, "replay_id": b"\x7f" * 8}, INVALID, CORRUPTED),
    ],
)
async def test_a_subscription_that_can_not_be(
    client: RawClient, request_: dict[str, Any], status: grpc.StatusCode, code: str
) -> None:
    call = client.stub.subscribe(metadata=client.metadata)
    await say(call, wire.FetchRequest(**({"topic_name": ACCOUNTS, "num_requested": 1} | request_)))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call.read()
    assert (refused.value.code(), code_of(refused.value)) == (status, code)
    assert "rpcId: " in (refused.value.details() or "")


async def test_another_topic_on_the_same_stream_is_refused(client: RawClient) -> None:
    stream = await client.subscribe(ACCOUNTS)
    await stream.ask(1, "/data/OrderChangeEvent")
    assert await stream.ending() == (INVALID, f"{PREFIX}subscription.fetch.topic.mismatch")


@pytest.mark.parametrize("lacking", ["accesstoken", "instanceurl", "tenantid"])
async def test_a_call_says_who_makes_it(client: RawClient, lacking: str) -> None:
    metadata = tuple((key, " " if key == lacking else value) for key, value in LOGGED_IN)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await client.stub.get_topic(wire.TopicRequest(topic_name=ACCOUNTS), metadata=metadata)
    assert code_of(refused.value) == "service.auth.headers.invalid"


async def test_a_token_that_expires_ends_the_stream(house: PubSubHouse, client: RawClient) -> None:
    house.account()
    stream = await client.subscribe(ACCOUNTS)
    await stream.events(1)
    house.good.clear()
    house.server.look()
    assert await stream.ending() == UNAUTHENTICATED
    assert await (await client.subscribe(ACCOUNTS)).ending() == UNAUTHENTICATED


async def test_sessions_of_the_org_are_good_here() -> None:
    world = a_world()
    sessions = Sessions(clock=world.clock)
    form = {"grant_type": "client_credentials", "client_id": PORTAL_APP.key, "client_secret": PORTAL_APP.secret or ""}
    token = sessions.log_in(form, None, "http://org.example")["access_token"]
    server = PubSubServer(EventBus(world, events()), admitted_by(sessions))
    async with serving(server) as served, grpc.aio.insecure_channel(served.address) as channel:

        async def asked(token: str, tenant: str) -> str:
            metadata = (("accesstoken", token), ("instanceurl", "http://org.example"), ("tenantid", tenant))
            try:
                await PubSubStub(channel).get_topic(wire.TopicRequest(topic_name=ACCOUNTS), metadata=metadata)
            except grpc.aio.AioRpcError as refused:
                return code_of(refused)
            return "good"

        assert await asked(token, ORG_ID) == "good"
        assert await asked(token, ORG_ID[:15]) == "good"
        assert await asked(token, "00D000000000000AAA") == "service.auth.error"
        sessions.revoke(token)
        assert await asked(token, ORG_ID) == "service.auth.error"


# --- topics, schemas and publishing ----------------------------------------------------------------------------------
async def test_a_topic_tells_its_schema_and_what_can_be_done(client: RawClient) -> None:
    changes = await client.stub.get_topic(wire.TopicRequest(topic_name=ACCOUNTS), metadata=client.metadata)
    update = await client.stub.get_topic(wire.TopicRequest(topic_name=UPDATE), metadata=client.metadata)
    assert (changes.can_subscribe, changes.can_publish) == (True, False)
    assert (update.can_subscribe, update.can_publish) == (True, True)
    schema = json.loads((await client.schema(changes.schema_id)).schema_json)
    assert (schema["name"], schema["namespace"], schema["uuid"]) == (
        "AccountChangeEvent",
        "com.sforce.eventbus",
        changes.schema_id,
    )
    assert schema["fields"][0]["name"] == "ChangeEventHeader"


@pytest.mark.parametrize(("id", "code"), [("", "schema.validation.failed"), ("x" * 22, "schema.not.found")])
async def test_a_schema_that_nobody_has(client: RawClient, id: str, code: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await client.schema(id)
    assert code_of(refused.value) == code


async def test_an_answer_is_published_as_the_flow_does(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    house.change(account, phone="1")
    house.change(account, eligibility_status="Eligible", eligibility_value="Home 1G")
    (event,) = await (await client.subscribe(UPDATE)).events(1)
    told = await client.read(event)
    assert (told["AccountId__c"], told["Internet_Eligibility_Status__c"]) == (account, "Eligible")
    assert told["Id_Verification_Status__c"] is None
    assert told["CreatedDate"] == round(house.last_commit.timestamp() * 1000)


async def test_who_publishes_is_told_of_each_event(house: PubSubHouse, client: RawClient) -> None:
    topic = await client.stub.get_topic(wire.TopicRequest(topic_name=UPDATE), metadata=client.metadata)
    schema = fastavro.parse_schema(json.loads((await client.schema(topic.schema_id)).schema_json))
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, {"CreatedDate": 1, "CreatedById": "005", "AccountId__c": "x"})
    good = wire.ProducerEvent(id="a", schema_id=topic.schema_id, payload=out.getvalue())
    bad = wire.ProducerEvent(id="b", schema_id=topic.schema_id, payload=b"\xff")
    request = wire.PublishRequest(topic_name=UPDATE, events=[good, bad])
    answer = await client.stub.publish(request, metadata=client.metadata)
    first, second = answer.results
    assert (first.correlation_key, first.HasField("error")) == ("a", False)
    assert (second.correlation_key, second.error.code, second.replay_id) == ("b", wire.PUBLISH, b"")
    (event,) = await (await client.subscribe(UPDATE)).events(1)
    assert (event.replay_id, event.event.payload) == (first.replay_id, good.payload)


@pytest.mark.parametrize(
    ("topic", "count", "code"),
    [
        (ACCOUNTS, 1, "topic.meta.permission"),
        (UPDATE, 0, "publish.event.count.invalid"),
        (UPDATE, 201, "publish.event.count.invalid"),
    ],
)
async def test_what_can_not_be_published(client: RawClient, topic: str, count: int, code: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        request = wire.PublishRequest(topic_name=topic, events=[wire.ProducerEvent()] * count)
        await client.stub.publish(request, metadata=client.metadata)
    assert code_of(refused.value) == code


# --- faults on switch ------------------------------------------------------------------------------------------------
async def test_gaps_and_overflows_have_a_header_alone(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    house.server.faults.events += [EventFault.GAP, EventFault.OVERFLOW]
    house.change(account, phone="1")
    house.change(account, phone="2")
    _, gap, overflow = [await client.read(event) for event in await (await client.subscribe(ACCOUNTS)).events(3)]
    for told, kind, ids in ((gap, "GAP_UPDATE", [account]), (overflow, "GAP_OVERFLOW", [])):
        assert {name for name, value in told.items() if value is not None} == {"ChangeEventHeader"}
        assert (told["ChangeEventHeader"]["changeType"], told["ChangeEventHeader"]["recordIds"]) == (kind, ids)


async def test_events_are_doubled_and_lost(house: PubSubHouse, client: RawClient) -> None:
    house.server.faults.events += [EventFault.DUPLICATE, EventFault.LOST]
    kept = [house.account(), house.account(), house.account()]
    events = await (await client.subscribe(ACCOUNTS)).events(3)
    ids = [(await client.read(event))["ChangeEventHeader"]["recordIds"][0] for event in events]
    assert ids == [kept[0], kept[0], kept[2]]
    assert len({event.replay_id for event in events}) == 3


async def test_what_the_worlds_faults_lose_and_double_is_so_here_too(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    house.world.faults.switch("salesforce", "AccountChanged", "lost_event", times=1)
    house.change(account, phone="1")
    house.world.faults.switch("salesforce", "*", "duplicate_event", times=1)
    house.change(account, phone="2")
    _, *events = await (await client.subscribe(ACCOUNTS)).events(3)
    assert [(await client.read(event))["Phone"] for event in events] == ["2", "2"]


async def test_an_event_nobody_can_read(house: PubSubHouse, client: RawClient) -> None:
    house.server.faults.events.append(EventFault.POISON)
    house.account()
    (event,) = await (await client.subscribe(ACCOUNTS)).events(1)
    with pytest.raises((EOFError, IndexError, ValueError)):
        await client.read(event)


async def test_the_schema_changes_in_the_middle_of_a_stream(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    stream = await client.subscribe(ACCOUNTS)
    (before,) = await stream.events(1)
    house.bus.drift("Account", "Loyalty__c")
    house.change(account, phone="1")
    (after,) = await stream.events(1)
    assert before.event.schema_id != after.event.schema_id
    told, names = await client.read(after), await client.names(after)
    assert (names[1], told["Phone"]) == ("Loyalty__c", "1")
    assert "Loyalty__c" not in await client.read(before)
    phone, stamp = names.index("Phone"), names.index("LastModifiedDate")
    assert int(told["ChangeEventHeader"]["changedFields"][0], 16) == 1 << phone | 1 << stamp


async def test_silence(house: PubSubHouse, client: RawClient) -> None:
    house.server.faults.silent = True
    house.account()
    stream = await client.subscribe(ACCOUNTS)
    with pytest.raises(TimeoutError):
        await stream.next(0.2)


async def test_the_latest_replay_id_can_lie_behind_the_last_event(house: PubSubHouse, client: RawClient) -> None:
    house.server.faults.ahead = True
    house.account()
    stream = await client.subscribe(ACCOUNTS)
    (event,) = await stream.events(1)
    quiet = await stream.next()
    assert quiet.latest_replay_id > event.replay_id
    again = await client.subscribe(ACCOUNTS, replay_preset=wire.CUSTOM, replay_id=quiet.latest_replay_id)
    assert not (await again.next()).events
    account = house.account()
    (event,) = await again.events(1)
    assert (await client.read(event))["ChangeEventHeader"]["recordIds"] == [account]


async def test_a_subscription_is_refused_or_cut_with_any_code(house: PubSubHouse, client: RawClient) -> None:
    house.server.faults.refusals.append("managed.subscription.already.active")
    refused = await client.subscribe(ACCOUNTS)
    assert await refused.ending() == (
        grpc.StatusCode.ALREADY_EXISTS,
        f"{PREFIX}managed.subscription.already.active",
    )
    stream = await client.subscribe(ACCOUNTS)
    await stream.next()
    house.server.cut("service.unavailable")
    assert await stream.ending() == (grpc.StatusCode.UNAVAILABLE, f"{PREFIX}service.unavailable")


# --- TLS -------------------------------------------------------------------------------------------------------------
async def test_it_speaks_tls_where_it_has_a_certificate() -> None:
    files = a_certificate()
    world = a_world()
    server = PubSubServer(EventBus(world, events()), lambda caller: True)
    trusted = grpc.ssl_channel_credentials(files.certificates)
    async with serving(server, tls=files) as served, grpc.aio.secure_channel(served.address, trusted) as channel:
        topic = wire.TopicRequest(topic_name=ACCOUNTS)
        info = await PubSubStub(channel).get_topic(topic, metadata=LOGGED_IN, timeout=5)
    assert info.topic_name == ACCOUNTS


def a_certificate() -> TlsFiles:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return TlsFiles(private, certificate.public_bytes(pem))
