"""Change events of person accounts: whatever changes of one is told of its account and of its contact (T-5)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from adapters.fakes.salesforce.setup import PERSON_RECORD_TYPE, record_type
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.pubsub.deployed import read_events
from adapters.fakes.wire.salesforce.server import served
from tests.wire.salesforce.conftest import FOLDER, PERSONS, events, logged_in, of_persons
from tests.wire.salesforce.pubsub_house import (
    ACCOUNTS,
    PubSubHouse,
    RawClient,
    one_loop,  # noqa: F401 - fixture
    pubsub_house,
    raw_client,
)

ALL = "/data/ChangeEvents"
STAMP = "LastModifiedDate"
NEW = "/sobjects/Account"


@pytest.fixture
async def house() -> AsyncIterator[PubSubHouse]:
    async with pubsub_house(org=events(PERSONS)) as house:
        yield house


@pytest.fixture
async def client(house: PubSubHouse) -> AsyncIterator[RawClient]:
    async with raw_client(house) as client:
        yield client


@pytest.fixture
async def rest(house: PubSubHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with served(house.world, of_persons()) as salesforce, logged_in(salesforce, PORTAL_APP) as client:
        yield client


@pytest.fixture
async def mina(house: PubSubHouse, rest: httpx.AsyncClient) -> str:
    body = {
        "RecordTypeId": record_type(house.world.records, "Account", PERSON_RECORD_TYPE),
        "FirstName": "Mina",
        "LastName": "Mori",
        "PersonEmail": "mina@example.jp",
        "PersonMailingCity": "Kobe",
        "Gender__pc": "Female",
        "BillingCity": "Osaka",
    }
    return str((await rest.post(NEW, json=body)).json()["id"])


async def told(client: RawClient, behind: int, count: int = 2) -> dict[str, dict[str, Any]]:
    """The events of one transaction by their object, once so many came before them; fields without a value left out."""
    found = [
        await client.read(event) for event in (await (await client.subscribe(ALL)).events(behind + count))[behind:]
    ]
    assert len({event["ChangeEventHeader"]["transactionKey"] for event in found}) == 1
    return {
        event["ChangeEventHeader"]["entityName"]: {name: value for name, value in event.items() if value is not None}
        for event in found
    }


async def changed(client: RawClient, topic: str) -> set[str]:
    """The fields that the latest event of a topic says have changed, those within another one behind its name."""
    stream = await client.subscribe(topic)
    event = (await stream.next()).events[-1]
    fields = json.loads((await client.schema(event.event.schema_id)).schema_json)["fields"]
    records = {
        each["name"]: each for field in fields for each in field["type"] if isinstance(each, dict) and "fields" in each
    }
    names = set()
    for bitmap in (await client.read(event))["ChangeEventHeader"]["changedFields"]:
        place, _, bits = bitmap.rpartition("-")
        set_bits = [bit for bit in range(200) if int(bits, 16) >> bit & 1]
        if not place:
            names |= {fields[bit]["name"] for bit in set_bits}
            continue
        field = fields[int(place)]
        (record,) = (each for each in field["type"] if each not in ("null", "string"))
        parts = (record if isinstance(record, dict) else records[record])["fields"]
        names |= {f"{field['name']}.{parts[bit]['name']}" for bit in set_bits}
    return names


@pytest.mark.usefixtures("mina")
async def test_a_new_person_is_told_of_both(house: PubSubHouse, client: RawClient) -> None:
    both = await told(client, 0)
    account, contact = both["Account"], both["Contact"]
    assert {event["ChangeEventHeader"]["changeType"] for event in both.values()} == {"CREATE"}
    assert account["PersonContactId"] == contact["ChangeEventHeader"]["recordIds"][0]
    assert contact["AccountId"] == account["ChangeEventHeader"]["recordIds"][0]
    assert account["Name"] == contact["Name"] == {"FirstName": "Mina", "LastName": "Mori"}
    assert account["PersonEmail"] == contact["Email"] == "mina@example.jp"
    assert account["Gender__pc"] == contact["Gender__c"] == "Female"
    assert account["PersonMailingAddress"]["City"] == contact["MailingAddress"]["City"] == "Kobe"
    assert account["BillingAddress"]["City"] == "Osaka"
    assert not {"Email", "Gender__c", "FirstName", "PersonMailingCity"} & account.keys()
    assert not {"PersonEmail", "PersonContactId", "BillingAddress"} & contact.keys()


async def test_what_the_account_alone_has_is_in_its_event_alone(
    client: RawClient, rest: httpx.AsyncClient, mina: str
) -> None:
    await rest.patch(f"{NEW}/{mina}", json={"SF_Account_No__c": "P7"})
    both = await told(client, 2)
    assert both["Account"].keys() == {"ChangeEventHeader", "SF_Account_No__c", STAMP}
    assert both["Contact"].keys() == {"ChangeEventHeader", STAMP}
    assert both["Account"][STAMP] == both["Contact"][STAMP]
    assert await changed(client, ACCOUNTS) == {"SF_Account_No__c", STAMP}
    assert await changed(client, "/data/ContactChangeEvent") == {STAMP}


@pytest.mark.parametrize(
    ("body", "of_account", "of_contact"),
    [
        ({"PersonEmail": "new@example.jp"}, "PersonEmail", "Email"),
        ({"Nationality__pc": "JP"}, "Nationality__pc", "Nationality__c"),
        ({"LastName": "Sato"}, "Name.LastName", "Name.LastName"),
        ({"FirstName": None}, "Name.FirstName", "Name.FirstName"),
        ({"PersonMailingStreet": "1-1"}, "PersonMailingAddress.Street", "MailingAddress.Street"),
    ],
)
async def test_what_is_the_persons_is_in_both(
    client: RawClient,
    rest: httpx.AsyncClient,
    mina: str,
    body: dict[str, str | None],
    of_account: str,
    of_contact: str,
) -> None:
    assert (await rest.patch(f"{NEW}/{mina}", json=body)).status_code == 204
    both = await told(client, 2)
    ((_, value),) = body.items()
    for object, field in (("Account", of_account), ("Contact", of_contact)):
        name, _, part = field.partition(".")
        assert both[object].keys() == {"ChangeEventHeader", STAMP, name}
        assert (both[object][name][part] if part else both[object][name]) == value
    assert await changed(client, ACCOUNTS) == {of_account, STAMP}
    assert await changed(client, "/data/ContactChangeEvent") == {of_contact, STAMP}
    for event in both.values():
        assert bool(event["ChangeEventHeader"]["nulledFields"]) is (value is None)


async def test_what_is_written_to_the_contact_is_told_of_the_account_too(house: PubSubHouse, client: RawClient) -> None:
    _, contact = house.person(email="mina@example.jp")
    house.world.records.update("contact", contact, {"email": "new@example.jp"}, "staff")
    both = await told(client, 2)
    assert both["Account"].keys() == {"ChangeEventHeader", "PersonEmail", STAMP}
    assert both["Account"]["PersonEmail"] == both["Contact"]["Email"] == "new@example.jp"


async def test_a_person_who_is_gone_is_told_of_both(client: RawClient, rest: httpx.AsyncClient, mina: str) -> None:
    assert (await rest.delete(f"{NEW}/{mina}")).status_code == 204
    both = await told(client, 2)
    assert both.keys() == {"Account", "Contact"}
    for event in both.values():
        assert event.keys() == {"ChangeEventHeader"}
        assert event["ChangeEventHeader"]["changeType"] == "DELETE"
        assert event["ChangeEventHeader"]["changedFields"] == []


async def test_a_business_of_that_org_is_told_as_any(
    house: PubSubHouse, client: RawClient, rest: httpx.AsyncClient
) -> None:
    account = house.account()
    contact = house.world.records.create("contact", {"account": account, "last_name": "Mori"}, "staff")
    house.world.records.update("contact", contact, {"email": "new@example.jp"}, "staff")
    await rest.patch(f"{NEW}/{account}", json={"Name": "Mori KK"})
    *_, email, name = [await client.read(event) for event in await (await client.subscribe(ALL)).events(4)]
    assert (email["ChangeEventHeader"]["entityName"], email["Email"]) == ("Contact", "new@example.jp")
    assert (name["ChangeEventHeader"]["entityName"], name["Name"]) == ("Account", "Mori KK")
    assert await changed(client, ACCOUNTS) == {"Name", STAMP}


async def test_an_account_that_becomes_a_person_has_its_name_in_parts(
    house: PubSubHouse, client: RawClient, rest: httpx.AsyncClient
) -> None:
    account = house.account()
    kind = record_type(house.world.records, "Account", PERSON_RECORD_TYPE)
    body = {"RecordTypeId": kind, "LastName": "Mori", "FirstName": "Mina"}
    assert (await rest.patch(f"{NEW}/{account}", json=body)).status_code == 204
    both = await told(client, 1)
    assert both["Account"]["Name"] == both["Contact"]["Name"] == {"FirstName": "Mina", "LastName": "Mori"}
    assert both["Contact"]["ChangeEventHeader"]["changeType"] == "CREATE"


async def test_where_contacts_are_not_selected_an_account_tells_of_its_person_as_it_is_made_alone() -> None:
    async with pubsub_house(org=read_events(FOLDER, PERSONS)) as house, raw_client(house) as client:
        _, contact = house.person(email="mina@example.jp")
        house.world.records.update("contact", contact, {"email": "new@example.jp"}, "staff")
        created, updated = [await client.read(event) for event in await (await client.subscribe(ALL)).events(2)]
        assert created["PersonEmail"] == "mina@example.jp"
        assert {name for name, value in updated.items() if value is not None} == {"ChangeEventHeader", STAMP}
        assert await changed(client, ACCOUNTS) == {STAMP}


async def test_an_account_is_named_by_a_text_or_by_a_record(client: RawClient, house: PubSubHouse) -> None:
    house.account()
    (event,) = await (await client.subscribe(ACCOUNTS)).events(1)
    fields = json.loads((await client.schema(event.event.schema_id)).schema_json)["fields"]
    types = {field["name"]: field["type"] for field in fields}
    nothing, text, record = types["Name"]
    assert (nothing, text, record["name"]) == ("null", "string", "Switchable_PersonName")
    assert [part["name"] for part in record["fields"]] == ["FirstName", "LastName"]
    # a record is defined once, and meant by its name from then on
    assert types["BillingAddress"][1]["name"] == "Address"
    assert types["PersonMailingAddress"] == ["null", "Address"]


def test_where_customers_are_businesses_no_event_tells_of_persons() -> None:
    assert not read_events(FOLDER).has_persons
    assert read_events(FOLDER, PERSONS).has_persons
