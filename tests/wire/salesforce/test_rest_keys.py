"""Records by their external keys."""

from urllib.parse import quote

import httpx
import pytest

from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code

pytestmark = pytest.mark.usefixtures("org")
KEYED = "/sobjects/Account/Portal_Request_Key__c"


async def test_the_first_upsert_makes_and_the_next_changes(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient, world: World
) -> None:
    key = quote("sign-up/1:山田", safe="")
    made = await portal.patch(f"{KEYED}/{key}", json={"Name": "Mina"})
    assert (made.status_code, made.json()["created"]) == (201, True)
    id = made.json()["id"]
    assert made.headers["location"] == f"{ROOT}/sobjects/Account/{id}"
    again = await portal.patch(f"{KEYED}/{key}", json={"Name": "Kenji"})
    assert (again.status_code, again.json()) == (200, {"id": id, "success": True, "errors": [], "created": False})
    row = world.records.one("account", key="sign-up/1:山田")
    assert row is not None
    assert (row["id"], row["name"]) == (id, "Kenji")
    assert (await portal.get(f"{KEYED}/{key}")).json()["Id"] == id
    assert (await staff.delete(f"{KEYED}/{key}")).status_code == 204
    assert (await portal.get(f"{KEYED}/{key}")).status_code == 404


async def test_an_update_alone_makes_nothing(portal: httpx.AsyncClient, world: World) -> None:
    before = len(world.records.find("account"))
    answer = await portal.patch(f"{KEYED}/new?updateOnly=true", json={"Name": "Mina"})
    assert (answer.status_code, code(answer)) == (404, "NOT_FOUND")
    assert len(world.records.find("account")) == before


async def test_the_key_stands_in_the_path_alone(portal: httpx.AsyncClient) -> None:
    answer = await portal.patch(f"{KEYED}/new", json={"Name": "Mina", "Portal_Request_Key__c": "new"})
    assert (answer.status_code, code(answer)) == (400, "INVALID_FIELD")


@pytest.mark.parametrize("field", ["Name", "Colour__c", "CreatedById"])
async def test_another_field_is_no_key(portal: httpx.AsyncClient, field: str) -> None:
    answer = await portal.patch(f"/sobjects/Account/{field}/Mina", json={"Phone": "1"})
    assert (answer.status_code, code(answer)) == (404, "NOT_FOUND")
    assert answer.json()[0]["message"].endswith(f": {field}")


async def test_the_id_as_key_makes_one(portal: httpx.AsyncClient) -> None:
    assert (await portal.post("/sobjects/Account/Id", json={"Name": "Mina"})).status_code == 201
    assert (await portal.post("/sobjects/Account/Name", json={"Name": "Mina"})).status_code == 405


async def test_a_key_of_any_case_is_one(portal: httpx.AsyncClient, org: Org) -> None:
    assert (await portal.get("/sobjects/Account/SF_Account_No__c/p1000001")).json()["Id"] == org.account
