"""An org whose customers are person accounts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.fakes.salesforce.setup import PERSON_RECORD_TYPE, record_type
from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.server import served
from adapters.fakes.world import World
from core.domain.facts import EligibilityChanged
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import code, logged_in, of_persons

NEW, CONTACT = "/sobjects/Account", "/sobjects/Contact"


@pytest.fixture
async def portal(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with served(world, of_persons()) as salesforce, logged_in(salesforce, PORTAL_APP) as client:
        yield client


@pytest.fixture
def mina(world: World) -> dict[str, Any]:
    return {
        "RecordTypeId": record_type(world.records, "Account", PERSON_RECORD_TYPE),
        "FirstName": "Mina",
        "LastName": "山田",
        "PersonEmail": "mina@example.jp",
        "PersonBirthdate": "1990-02-03",
        "PersonMailingCity": "港区",
        "Gender__pc": "Female",
        "Phone": "+81 9012345678",
        "Portal_Request_Key__c": "k",
    }


async def made(client: httpx.AsyncClient, body: dict[str, Any]) -> str:
    answer = await client.post(NEW, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_person_is_an_account_and_its_contact(
    portal: httpx.AsyncClient, world: World, mina: dict[str, Any]
) -> None:
    id = await made(portal, mina)
    contact = world.records.one("contact", account=id)
    assert contact is not None
    assert (contact["email"], contact["gender"], contact["phone"], contact["key"]) == (
        "mina@example.jp",
        "Female",
        "+81 9012345678",
        "k",
    )
    told = (await portal.get(f"{NEW}/{id}")).json()
    assert mina.items() <= told.items()
    assert (told["Name"], told["IsPersonAccount"], told["PersonContactId"]) == ("Mina 山田", True, contact["id"])
    query = f"SELECT Name, PersonContact.Email FROM Account WHERE PersonEmail = 'MINA@example.jp' AND Id = '{id}'"
    (found,) = (await portal.get("/query", params={"q": query})).json()["records"]
    assert found["PersonContact"]["Email"] == "mina@example.jp"


async def test_a_change_reaches_both(portal: httpx.AsyncClient, world: World, mina: dict[str, Any]) -> None:
    id = await made(portal, mina)
    body = {"LastName": "佐藤", "Phone": "1", "SF_Account_No__c": "P7", "Nationality__pc": "JP"}
    assert (await portal.patch(f"{NEW}/{id}", json=body)).status_code == 204
    account, contact = world.records.get("account", id), world.records.one("contact", account=id)
    assert account is not None
    assert contact is not None
    assert (account["name"], account["number"], account["phone"]) == ("Mina 佐藤", "P7", "1")
    assert (contact["last_name"], contact["nationality"], contact["phone"]) == ("佐藤", "JP", "1")
    wrong = await portal.patch(f"{NEW}/{id}", json={"Phone": "2", "PersonEmail": "nobody"})
    assert (code(wrong), wrong.json()[0]["fields"]) == ("INVALID_EMAIL_ADDRESS", ["PersonEmail"])
    assert world.records.get("account", id)["phone"] == "1"  # type: ignore[index]


@pytest.mark.parametrize(
    ("changed", "error", "fields"),
    [
        ({"Name": "Mina"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ({"RecordTypeId": None, "Name": "Mina"}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"IsPersonAccount": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsPersonAccount"]),
        ({"Gender__pc": "?"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Gender__pc"]),
        ({"Gender__c": "Female"}, "INVALID_FIELD", None),
    ],
)
async def test_a_wrong_person_is_refused(
    portal: httpx.AsyncClient,
    world: World,
    mina: dict[str, Any],
    changed: dict[str, Any],
    error: str,
    fields: list[str] | None,
) -> None:
    refused = await portal.post(NEW, json=mina | changed)
    assert code(refused) == error
    assert fields is None or refused.json()[0]["fields"] == fields
    assert world.records.one("account", key="k") is None


async def test_other_accounts_are_nobodys(portal: httpx.AsyncClient, org: Org) -> None:
    told = (await portal.get(f"{NEW}/{org.account}")).json()
    assert (told["Name"], told["IsPersonAccount"], told["PersonContactId"], told["LastName"]) == (
        "Mina",
        False,
        None,
        None,
    )
    assert (await portal.patch(f"{NEW}/{org.account}", json={"Name": "Kenji"})).status_code == 204


async def test_nobody_else_stands_on_a_persons_account(
    portal: httpx.AsyncClient, world: World, org: Org, mina: dict[str, Any]
) -> None:
    id = await made(portal, mina | {"Portal_Request_Key__c": "another"})
    refused = await portal.post("/sobjects/Contact", json={"LastName": "K", "AccountId": id})
    assert code(refused) == "FIELD_INTEGRITY_EXCEPTION"
    assert (await portal.post("/sobjects/Contact", json={"LastName": "K", "AccountId": org.account})).status_code == 201
    assert (await portal.delete(f"{NEW}/{id}")).status_code == 204
    assert world.records.one("contact", account=id) is None


@pytest.mark.parametrize("body", [{"PersonEmail": "new@example.jp"}, {"SF_Account_No__c": "P7"}, {"LastName": "佐藤"}])
async def test_a_change_of_either_dates_both(
    portal: httpx.AsyncClient, world: World, mina: dict[str, Any], body: dict[str, str]
) -> None:
    id = await made(portal, mina)
    person = (await portal.get(f"{NEW}/{id}")).json()["PersonContactId"]
    before = [(await portal.get(path)).json()["LastModifiedDate"] for path in (f"{NEW}/{id}", f"{CONTACT}/{person}")]
    world.clock.advance(timedelta(seconds=1))
    entries = len(world.ledger.entries)
    assert (await portal.patch(f"{NEW}/{id}", json=body)).status_code == 204
    for object, record, was in (("Account", id, before[0]), ("Contact", person, before[1])):
        since = f"SELECT Id FROM {object} WHERE LastModifiedDate > {was.replace('+0000', 'Z')}"
        assert [row["Id"] for row in (await portal.get("/query", params={"q": since})).json()["records"]] == [record]
    # that the other was dated is no deed of anybody's
    assert all(entry.fields for entry in world.ledger.entries[entries:])


async def test_what_is_done_by_hand_dates_both_too(
    portal: httpx.AsyncClient, world: World, mina: dict[str, Any]
) -> None:
    id = await made(portal, mina)
    contact = world.records.one("contact", account=id)
    assert contact is not None
    told, was = world.stream.last, contact["changed_at"]
    world.records.update("account", id, {"eligibility_status": "Eligible"}, "staff")
    account, contact = world.records.get("account", id), world.records.one("contact", account=id)
    assert account is not None
    assert contact is not None
    assert account["changed_at"] == contact["changed_at"] > was
    assert [type(fact) for fact in world.stream.facts[-1:]] == [EligibilityChanged]
    assert world.stream.last == told + 1


async def test_a_business_dates_nobody(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    was = world.records.get("account", org.account)["changed_at"]  # type: ignore[index]
    assert (await portal.patch(f"{CONTACT}/{org.contact}", json={"Email": "new@example.jp"})).status_code == 204
    assert world.records.get("account", org.account)["changed_at"] == was  # type: ignore[index]


async def test_what_is_undone_dates_nobody(portal: httpx.AsyncClient, world: World, mina: dict[str, Any]) -> None:
    id = await made(portal, mina)
    was = [world.records.get("account", id), world.records.one("contact", account=id)]
    wrong = {"SF_Account_No__c": "P7", "PersonEmail": "nobody"}
    assert code(await portal.patch(f"{NEW}/{id}", json=wrong)) == "INVALID_EMAIL_ADDRESS"
    assert [world.records.get("account", id), world.records.one("contact", account=id)] == was
