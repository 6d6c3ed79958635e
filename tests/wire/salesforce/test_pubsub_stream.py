"""The sandbox's event streams as somebody finds them who has the protocol and nothing else (T-5)."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

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

ALL = "/data/ChangeEvents"
KEEPALIVE = Pace(keepalive=0.02)


@pytest.fixture
async def house() -> AsyncIterator[PubSubHouse]:
    async with pubsub_house() as house:
        yield house


@pytest.fixture
async def client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with raw_client(house) as client:
        yield client


async def headers(client: RawClient, events: list[wire.ConsumerEvent]) -> list[dict[str, Any]]:
    return [(await client.read(event))["ChangeEventHeader"] for event in events]


async def test_a_change_is_told_with_the_fields_that_changed(house: PubSubHouse, client: RawClient) -> None:
    account = house.account(city="Osaka", street="1-1")
    house.change(account, city="Kobe", street=None, phone="+81 6 0000 0000")
    _, event = await (await client.subscribe(ACCOUNTS)).events(2)
    told, names = await client.read(event), await client.names(event)
    header = told["ChangeEventHeader"]
    assert (header["entityName"], header["changeType"], header["recordIds"]) == ("Account", "UPDATE", [account])
    assert told["Phone"] == "+81 6 0000 0000"
    assert told["BillingAddress"] == dict.fromkeys(["Street", "State", "PostalCode", "Country"]) | {"City": "Kobe"}
    assert told["Name"] is told["CreatedDate"] is None
    phone, stamp, address = (names.index(name) for name in ("Phone", "LastModifiedDate", "BillingAddress"))
    assert header["changedFields"] == [f"0x{1 << phone | 1 << stamp:08X}", f"{address}-0x03"]
    assert header["nulledFields"] == [f"{address}-0x01"]
    assert header["diffFields"] == []
    assert len(event.replay_id) == 10
    assert len(event.event.schema_id) == 22


async def test_what_is_new_tells_all_of_itself_and_what_is_gone_nothing(house: PubSubHouse, client: RawClient) -> None:
    account = house.account(eligibility_status="Pending")
    house.world.records.delete("account", account, "staff")
    made, gone = [await client.read(event) for event in await (await client.subscribe(ACCOUNTS)).events(2)]
    assert made["ChangeEventHeader"]["changeType"] == "CREATE"
    assert (made["Name"], made["Internet_Eligibility_Status__c"], made["Phone"]) == ("Mori Mina", "Pending", None)
    assert gone["ChangeEventHeader"]["changeType"] == "DELETE"
    assert {name for name, value in gone.items() if value is not None} == {"ChangeEventHeader"}
    for header in (made["ChangeEventHeader"], gone["ChangeEventHeader"]):
        assert header["changedFields"] == header["nulledFields"] == header["diffFields"] == []


async def test_times_are_milliseconds_and_so_are_dates(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    at = datetime(2026, 1, 20, 3, 4, 5, 678_000, tzinfo=UTC)
    # of two writes in one millisecond the later would be dated a millisecond after the first
    house.world.clock.advance(timedelta(seconds=1))
    house.change(account, eligibility_requested_at=at)
    values = {"account": account, "last_name": "Mori", "birth_date": date(1990, 4, 1)}
    house.world.records.create("contact", values, "staff")
    _, changed = await (await client.subscribe(ACCOUNTS)).events(2)
    (contact,) = await (await client.subscribe("/data/ContactChangeEvent")).events(1)
    told = await client.read(changed)
    assert told["Internet_Eligibility_Request_Date_Time__c"] == 1_768_878_245_678
    assert told["LastModifiedDate"] == told["ChangeEventHeader"]["commitTimestamp"]
    person = await client.read(contact)
    assert person["Birthdate"] == 638_928_000_000
    assert person["Name"] == {"FirstName": None, "LastName": "Mori"}


async def test_a_long_text_is_told_as_its_difference(house: PubSubHouse, client: RawClient) -> None:
    account = house.account(eligibility_notes="\n".join(["line"] * 400))
    house.change(account, eligibility_notes="\n".join(["line"] * 400 + ["more"]))
    _, event = await (await client.subscribe(ACCOUNTS)).events(2)
    told, names = await client.read(event), await client.names(event)
    place = names.index("Internet_Eligibility_Notes__c")
    assert told["ChangeEventHeader"]["diffFields"] == [f"0x{1 << place:0{(place // 8 + 1) * 2}X}"]
    assert told["Internet_Eligibility_Notes__c"].endswith("+more")
    assert len(told["Internet_Eligibility_Notes__c"]) < 200


async def test_the_origin_tells_whose_change_it_was(house: PubSubHouse, client: RawClient) -> None:
    account = house.account()
    house.change(account, by="portal", phone="1")
    first, second = await headers(client, await (await client.subscribe(ACCOUNTS)).events(2))
    assert (first["changeOrigin"], second["changeOrigin"]) == ("", "com/salesforce/api/rest/62.0;client=genkan")
    assert first["commitUser"] != second["commitUser"]


async def test_a_transaction_has_one_key_and_its_changes_a_sequence(house: PubSubHouse, client: RawClient) -> None:
    with house.world.records.all_or_none():
        account = house.account()
        house.world.records.create("contact", {"account": account, "last_name": "Mori"}, "staff")
    house.change(account, phone="1")
    told = await headers(client, await (await client.subscribe(ALL)).events(3))
    assert [(header["entityName"], header["sequenceNumber"]) for header in told] == [
        ("Account", 1),
        ("Contact", 2),
        ("Account", 1),
    ]
    assert told[0]["transactionKey"] == told[1]["transactionKey"] != told[2]["transactionKey"]
    assert told[0]["commitNumber"] == told[1]["commitNumber"] < told[2]["commitNumber"]


async def test_no_more_comes_than_was_asked_for(house: PubSubHouse, client: RawClient) -> None:
    for _ in range(5):
        house.account()
    stream = await client.subscribe(ACCOUNTS, 2)
    first = await stream.next()
    assert (len(first.events), first.pending_num_requested) == (2, 0)
    await stream.ask(1)
    second = await stream.next()
    assert (len(second.events), second.pending_num_requested) == (1, 0)
    await stream.ask(10, ACCOUNTS)
    third = await stream.next()
    assert (len(third.events), third.pending_num_requested) == (2, 8)


async def test_no_more_than_a_hundred_are_owed_at_once(house: PubSubHouse, client: RawClient) -> None:
    for _ in range(101):
        house.account()
    stream = await client.subscribe(ACCOUNTS, 500)
    first = await stream.next()
    assert (len(first.events), first.pending_num_requested) == (100, 0)


async def test_a_stream_goes_on_behind_the_replay_id(house: PubSubHouse, client: RawClient) -> None:
    for _ in range(4):
        house.account()
    events = await (await client.subscribe(ACCOUNTS)).events(4)
    for place in (events[1].replay_id, events[1].replay_id[:8]):
        stream = await client.subscribe(ACCOUNTS, replay_preset=wire.CUSTOM, replay_id=place)
        assert await stream.events(2) == events[2:]


async def test_latest_tells_only_what_comes() -> None:
    async with pubsub_house(KEEPALIVE) as house, raw_client(house) as client:
        house.account()
        stream = await client.subscribe(ACCOUNTS, replay_preset=wire.LATEST)
        assert not (await stream.next()).events  # now it has begun
        account = house.account()
        (event,) = await stream.events(1)
        assert (await client.read(event))["ChangeEventHeader"]["recordIds"] == [account]


async def test_a_sign_of_life_comes_while_something_is_owed() -> None:
    async with pubsub_house(KEEPALIVE) as house, raw_client(house) as client:
        house.account()
        stream = await client.subscribe(ACCOUNTS)
        (event,) = await stream.events(1)
        for _ in range(2):
            quiet = await stream.next()
            assert (list(quiet.events), quiet.latest_replay_id) == ([], event.replay_id)
            assert quiet.pending_num_requested == 99


async def test_nothing_asked_for_and_nothing_owed_ends_the_stream() -> None:
    async with pubsub_house(Pace(unasked=0.05)) as house, raw_client(house) as client:
        house.account()
        stream = await client.subscribe(ACCOUNTS, 1)
        await stream.events(1)
        assert await stream.ending() == (grpc.StatusCode.OK, "")
        assert not house.server.open


async def test_events_are_kept_for_72_hours(house: PubSubHouse, client: RawClient) -> None:
    house.account()
    (first,) = await (await client.subscribe(ACCOUNTS)).events(1)
    house.account()
    house.world.clock.advance(timedelta(hours=71))
    late = house.account()
    again = {"replay_preset": wire.CUSTOM, "replay_id": first.replay_id}
    assert len(await (await client.subscribe(ACCOUNTS, **again)).events(2)) == 2
    house.world.clock.advance(timedelta(hours=2))
    refused = await client.subscribe(ACCOUNTS, **again)
    assert await refused.ending() == (
        grpc.StatusCode.INVALID_ARGUMENT,
        f"{PREFIX}subscription.fetch.replayid.corrupted",
    )
    (kept,) = await headers(client, await (await client.subscribe(ACCOUNTS)).events(1))
    assert kept["recordIds"] == [late]


async def test_each_object_has_its_topic_and_all_have_one(house: PubSubHouse, client: RawClient) -> None:
    records = house.world.records
    account = house.account()
    product = records.find("product")[0]["id"]
    entry = records.find("price_entry", product=product)[0]["id"]
    sale = {"account": account, "name": "Sale", "stage": "Introduction", "close_date": date(2026, 2, 1)}
    made = {
        "Account": account,
        "Contact": records.create("contact", {"account": account, "last_name": "Mori"}, "staff"),
        "Opportunity": records.create("opportunity", sale, "staff"),
        "Order": records.create(
            "order",
            {"account": account, "effective_date": date(2026, 2, 1), "status": "Pending Review"},
            "staff",
        ),
        "Product2": product,
        "PricebookEntry": entry,
    }
    records.update("product", product, {"description": "Other words"}, "staff")
    records.update("price_entry", entry, {"unit_price": 1}, "staff")
    told = await headers(client, await (await client.subscribe(ALL)).events(len(made)))
    assert [(header["entityName"], header["recordIds"]) for header in told] == [(n, [id]) for n, id in made.items()]
    for object in made:
        (header,) = await headers(client, await (await client.subscribe(f"/data/{object}ChangeEvent")).events(1))
        assert header["entityName"] == object


async def test_what_the_org_began_with_is_not_told(house: PubSubHouse) -> None:
    assert not any(topic.events for topic in house.bus.topics.values())


async def test_two_streams_ask_and_get_for_themselves(house: PubSubHouse, client: RawClient) -> None:
    accounts, orders = await client.subscribe(ACCOUNTS, 1), await client.subscribe(ORDERS, 1)
    account = house.account()
    await accounts.events(1)
    values = {"account": account, "effective_date": date(2026, 2, 1), "status": "Pending Review"}
    order = house.world.records.create("order", values, "staff")
    (event,) = await orders.events(1)
    assert (await client.read(event))["AccountId"] == account
    assert (await client.read(event))["ChangeEventHeader"]["recordIds"] == [order]
