"""Many records in one call."""

from typing import Any

import httpx
import pytest

from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import code

pytestmark = pytest.mark.usefixtures("org")
ALL = "/composite/sobjects/"


def account(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, **values}


async def test_records_are_made_changed_read_and_deleted(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient, world: World, org: Org
) -> None:
    contact = {"attributes": {"type": "Contact"}, "LastName": "K"}
    made = await portal.post(ALL, json={"records": [account(Name="A"), contact, account()]})
    assert made.status_code == 200
    one, other, bad = made.json()
    assert (one["success"], other["success"]) == (True, True)
    assert bad == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }
    change = [account(id=one["id"], Name="B"), account(Name="C")]
    changed = (await portal.patch(ALL, json={"records": change})).json()
    assert changed[0] == {"id": one["id"], "success": True, "errors": []}
    assert changed[1]["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    wished = {"ids": [one["id"], "001Q8K000000001AAA", org.account], "fields": ["Name"]}
    read = (await portal.post(f"{ALL}Account", json=wished)).json()
    assert [row and row["Name"] for row in read] == ["B", None, "Mina"]
    by_get = (await portal.get(f"{ALL}Account", params={"ids": one["id"][:15], "fields": "Name,Phone"})).json()
    assert by_get[0]["Name"] == "B"
    gone = (await staff.delete(ALL, params={"ids": f"{one['id']},{other['id']}"})).json()
    assert [each["success"] for each in gone] == [True, True]
    assert world.records.get("account", one["id"]) is None
    again = (await staff.delete(ALL, params={"ids": one["id"]})).json()
    assert again[0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


async def test_all_or_none_undoes_the_innocent(portal: httpx.AsyncClient, world: World) -> None:
    records = [account(Name="A"), account(), account(Name="B")]
    told = (await portal.post(ALL, json={"allOrNone": True, "records": records})).json()
    undone = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert [one["errors"][0]["statusCode"] for one in told] == [undone, "REQUIRED_FIELD_MISSING", undone]
    assert world.records.one("account", name="A") is None


async def test_upserts_go_by_the_key_in_each_record(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    path = f"{ALL}Account/SF_Account_No__c"
    records = [account(SF_Account_No__c="P1000001", Name="Changed"), account(SF_Account_No__c="P9", Name="New")]
    told = (await portal.patch(path, json={"records": [*records, account(Name="None")]})).json()
    assert [one.get("created") for one in told] == [False, True, None]
    assert told[0]["id"] == org.account
    assert world.records.one("account", number="P9")["name"] == "New"  # type: ignore[index]


@pytest.mark.parametrize(
    "records",
    [
        [],
        [account(Name="A")] * 201,
        [{"Name": "A"}],
        [account(Name="A"), {"attributes": {"type": "Lead"}}] * 6,
    ],
)
async def test_what_is_no_collection_is_refused_whole(portal: httpx.AsyncClient, records: list[Any]) -> None:
    answer = await portal.post(ALL, json={"records": records})
    assert answer.status_code == 400
    assert code(answer) in {"INVALID_INPUT", "EXCEEDED_ID_LIMIT"}


async def test_a_type_that_is_none_is_told_of_its_record(portal: httpx.AsyncClient) -> None:
    told = (await portal.post(ALL, json={"records": [{"attributes": {"type": "Nothing"}}]})).json()
    assert told[0]["errors"][0]["statusCode"] == "INVALID_TYPE"


async def test_a_tree_is_made_whole_or_not_at_all(portal: httpx.AsyncClient, world: World) -> None:
    def tree(last_name: str | None) -> dict[str, Any]:
        child = {"attributes": {"type": "Contact", "referenceId": "child"}, "LastName": last_name}
        root = {"attributes": {"type": "Account", "referenceId": "root"}, "Name": "Root"}
        return {"records": [root | {"Contacts": {"records": [child]}}]}

    failed = await portal.post("/composite/tree/Account", json=tree(None))
    assert failed.status_code == 400
    assert failed.json()["results"][0]["referenceId"] == "child"
    assert failed.json()["results"][0]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert world.records.one("account", name="Root") is None
    made = await portal.post("/composite/tree/Account/", json=tree("K"))
    assert made.status_code == 201
    ids = {one["referenceId"]: one["id"] for one in made.json()["results"]}
    assert world.records.get("contact", ids["child"])["account"] == ids["root"]  # type: ignore[index]
