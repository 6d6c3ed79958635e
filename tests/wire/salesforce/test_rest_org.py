"""What the org tells of itself, and how its calls are counted."""

import httpx
import pytest

from adapters.fakes.wire.salesforce.people import ORG_ID, PORTAL, PORTAL_APP
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code, everything, logged_in


async def test_versions_need_no_token(salesforce: SalesforceServer) -> None:
    async with httpx.AsyncClient(base_url=salesforce.base) as stranger:
        versions = (await stranger.get("/services/data/")).json()
    assert {"label": "Winter '25", "url": "/services/data/v62.0", "version": "62.0"} in versions
    assert versions[-1]["label"] == "Summer '26"


@pytest.mark.parametrize(("version", "status"), [("v62.0", 200), ("v99.0", 404), ("v20.0", 410), ("62.0", 404)])
async def test_a_version_is_spoken_or_not(portal: httpx.AsyncClient, version: str, status: int) -> None:
    assert (
        await portal.get(f"{portal.base_url.scheme}://{portal.base_url.netloc.decode()}/services/data/{version}")
    ).status_code == status


async def test_resources_tell_who_asks(portal: httpx.AsyncClient, salesforce: SalesforceServer) -> None:
    told = (await portal.get("/")).json()
    assert told["identity"] == f"{salesforce.base}/id/{ORG_ID}/{PORTAL.id}"
    assert told["query"] == f"{ROOT}/query"


@pytest.mark.parametrize("path", ["/limits", "/sobjects", "/sobjects/Account", "/sobjects/Account/describe"])
async def test_paths_end_with_a_slash_or_without(portal: httpx.AsyncClient, path: str) -> None:
    plain, slashed = await portal.get(path), await portal.get(f"{path}/")
    assert (plain.status_code, slashed.status_code) == (200, 200)


async def test_an_object_is_described_as_its_user_may_use_it(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient
) -> None:
    told = (await portal.get("/sobjects/account/describe")).json()
    assert (told["name"], told["keyPrefix"], told["createable"]) == ("Account", "001", True)
    assert [kind["developerName"] for kind in told["recordTypeInfos"]] == ["Portal_Customer"]
    fields = {field["name"]: field for field in told["fields"]}
    number = fields["SF_Account_No__c"]
    assert (number["type"], number["externalId"], number["unique"]) == ("string", True, True)
    assert fields["Portal_Status__c"]["restrictedPicklist"]
    assert [word["value"] for word in fields["Portal_Status__c"]["picklistValues"]] == ["Active", "Inactive"]
    reviewed = "Id_Verification_Verified_Date_Time__c"
    assert not fields[reviewed]["updateable"]
    staffs = (await staff.get("/sobjects/Account/describe")).json()["fields"]
    assert next(field for field in staffs if field["name"] == reviewed)["updateable"]
    assert {"childSObject": "Contact", "field": "AccountId", "relationshipName": "Contacts"} in (
        told["childRelationships"]
    )


async def test_all_objects_are_told(portal: httpx.AsyncClient) -> None:
    told = (await portal.get("/sobjects")).json()
    assert (told["encoding"], told["maxBatchSize"]) == ("UTF-8", 200)
    assert {"Account", "Order", "ContentVersion"} <= {each["name"] for each in told["sobjects"]}


async def test_each_answer_tells_what_is_used(portal: httpx.AsyncClient, salesforce: SalesforceServer) -> None:
    one = await portal.get("/sobjects/Account")
    other = await portal.get("/sobjects/Nothing")
    assert one.headers["sforce-limit-info"] == "api-usage=1/1000000"
    assert other.headers["sforce-limit-info"] == "api-usage=2/1000000"
    told = (await portal.get("/limits")).json()
    assert told["DailyApiRequests"] == {"Max": 1_000_000, "Remaining": 999_997}
    assert salesforce.usage.calls == {"about": 2, "limits": 1}


async def test_beyond_the_limit_nothing_is_done(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, world: World, org: Org
) -> None:
    salesforce.usage.most = 1
    assert (await portal.get("/sobjects/Account")).status_code == 200
    refused = await portal.post("/sobjects/Account", json={"Name": "Kenji"})
    assert (refused.status_code, code(refused)) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.headers["sforce-limit-info"] == "api-usage=1/1"
    assert world.records.one("account", name="Kenji") is None


async def test_what_is_staffs_is_told_to_the_portal_as_such_by_any_schema(world: World) -> None:
    async with served(world, everything()) as salesforce, logged_in(salesforce, PORTAL_APP) as portal:
        fields = (await portal.get("/sobjects/Order/describe")).json()["fields"]
    flags = {field["name"]: (field["createable"], field["updateable"]) for field in fields}
    assert flags["SIM_Shipped_At__c"] == (False, False)
    assert flags["EID__c"] == (True, True)
