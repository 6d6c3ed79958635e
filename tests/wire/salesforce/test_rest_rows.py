"""Records over the wire, one at a time."""

import httpx
import pytest

from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code

pytestmark = pytest.mark.usefixtures("org")


async def test_a_record_is_made_and_read(portal: httpx.AsyncClient, world: World) -> None:
    made = await portal.post("/sobjects/Account/", json={"Name": " 山田 花子 ", "Phone": ""})
    assert made.status_code == 201
    id = made.json()["id"]
    assert made.json() == {"id": id, "success": True, "errors": []}
    assert made.headers["location"] == f"{ROOT}/sobjects/Account/{id}"
    read = (await portal.get(f"/sobjects/Account/{id[:15]}")).json()
    assert read["attributes"] == {"type": "Account", "url": f"{ROOT}/sobjects/Account/{id}"}
    assert (read["Id"], read["Name"], read["Phone"]) == (id, "山田 花子", None)
    assert world.records.get("account", id)["created_by"] == "portal"  # type: ignore[index]
    assert world.ledger.last.deed == "create account"  # type: ignore[union-attr]


async def test_values_have_salesforces_shapes(portal: httpx.AsyncClient, org: Org) -> None:
    instant = {"Portal_Last_SignIn__c": "2026-01-31T15:04:05.123456+09:00"}
    assert (await portal.patch(f"/sobjects/Account/{org.account}", json=instant)).status_code == 204
    read = await portal.get(f"/sobjects/Account/{org.account}?fields=Portal_Last_SignIn__c")
    assert read.json()["Portal_Last_SignIn__c"] == "2026-01-31T06:04:05.123+0000"
    line = (await portal.get(f"/sobjects/OrderItem/{org.line}", params={"fields": "unitprice,Quantity"})).text
    assert '"UnitPrice":100.0' in line
    assert '"Quantity":1.0' in line
    order = (await portal.get(f"/sobjects/Order/{org.order}")).json()
    assert order["EffectiveDate"] == "2026-01-20"
    assert (order["StatusCode"], order["TotalAmount"]) == ("Draft", 100.0)
    assert order["attributes"]["type"] == "Order"


async def test_only_the_fields_that_are_asked_for_are_told(portal: httpx.AsyncClient, org: Org) -> None:
    read = await portal.get(f"/sobjects/Account/{org.account}?fields=Name,Phone")
    assert read.json().keys() == {"attributes", "Name", "Phone", "Id"}
    wrong = await portal.get(f"/sobjects/Account/{org.account}?fields=Name,Colour__c")
    assert (wrong.status_code, code(wrong)) == (400, "INVALID_FIELD")


async def test_a_change_is_the_worlds_own(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    changed = await portal.patch(f"/sobjects/Account/{org.account}", json={"Name": "Kenji"})
    assert (changed.status_code, changed.content) == (204, b"")
    assert world.records.get("account", org.account)["name"] == "Kenji"  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "status", "error", "fields"),
    [
        ({"Colour__c": "red"}, 400, "INVALID_FIELD", None),
        ({"Name": 5}, 400, "JSON_PARSER_ERROR", None),
        ({"Portal_Last_SignIn__c": "2026-01-31"}, 400, "JSON_PARSER_ERROR", None),
        ({"Portal_Last_SignIn__c": "2026-01-31T10:00:00"}, 400, "JSON_PARSER_ERROR", None),
        ({"Name": "x" * 256}, 400, "STRING_TOO_LONG", ["Name"]),
        ({"Name": None}, 400, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Portal_Status__c": "Asleep"}, 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Portal_Status__c"]),
        ({"Id": "001000000000000"}, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Id"]),
        ({"CreatedDate": "2026-01-31T10:00:00Z"}, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
        (
            {"Id_Verification_Verified_Date_Time__c": "2026-01-31T10:00:00Z"},
            400,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["Id_Verification_Verified_Date_Time__c"],
        ),
        ({"RecordTypeId": "0123"}, 400, "MALFORMED_ID", ["RecordTypeId"]),
        ({"RecordTypeId": "012Q8K000000001"}, 400, "INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"]),
    ],
)
async def test_what_can_not_be_written_is_refused(
    portal: httpx.AsyncClient, org: Org, body: dict[str, object], status: int, error: str, fields: list[str] | None
) -> None:
    refused = await portal.patch(f"/sobjects/Account/{org.account}", json=body)
    assert (refused.status_code, code(refused)) == (status, error)
    assert refused.json()[0].get("fields") == fields


async def test_all_missing_fields_are_named(portal: httpx.AsyncClient, org: Org) -> None:
    refused = await portal.post("/sobjects/Opportunity", json={"AccountId": org.account})
    assert refused.json() == [
        {
            "message": "Required fields are missing: [Name, StageName, CloseDate]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Name", "StageName", "CloseDate"],
        }
    ]


async def test_a_key_that_is_taken_names_its_holder_by_the_short_id(portal: httpx.AsyncClient, org: Org) -> None:
    refused = await portal.post("/sobjects/Account", json={"Name": "Kenji", "SF_Account_No__c": "P1000001"})
    assert code(refused) == "DUPLICATE_VALUE"
    assert refused.json()[0]["message"].endswith(f"record with id: {org.account[:15]}")


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b'{"Name": "\xff"}'])
async def test_what_is_no_json_object_is_told(portal: httpx.AsyncClient, body: bytes) -> None:
    json = {"Content-Type": "application/json"}
    refused = await portal.post("/sobjects/Account", content=body, headers=json)
    assert (refused.status_code, code(refused)) == (400, "JSON_PARSER_ERROR")


async def test_a_second_delete_finds_the_record_in_the_bin(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient, org: Org
) -> None:
    refused = await portal.delete(f"/sobjects/Case/{org.case}")
    assert (refused.status_code, code(refused)) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert (await staff.delete(f"/sobjects/Case/{org.case}")).status_code == 204
    for again in (
        await staff.delete(f"/sobjects/Case/{org.case}"),
        await portal.patch(f"/sobjects/Case/{org.case}", json={"Subject": "x"}),
    ):
        assert (again.status_code, code(again)) == (404, "ENTITY_IS_DELETED")
    gone = await portal.get(f"/sobjects/Case/{org.case}")
    assert (gone.status_code, code(gone)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/sobjects/Nothing/001000000000000", 404, "NOT_FOUND"),
        ("/sobjects/Account/001Q8K00000abcd", 404, "NOT_FOUND"),
        ("/sobjects/Account/001Q8K00000abcdXXX", 400, "MALFORMED_ID"),
        ("/sobjects/Account/colour", 404, "NOT_FOUND"),
        ("/elsewhere", 404, "NOT_FOUND"),
    ],
)
async def test_what_is_not_there_is_told(portal: httpx.AsyncClient, path: str, status: int, error: str) -> None:
    answer = await portal.get(path)
    assert (answer.status_code, code(answer)) == (status, error)


async def test_other_methods_and_kinds_of_body_are_refused(portal: httpx.AsyncClient) -> None:
    put = await portal.put("/sobjects/Account", json={})
    assert (put.status_code, code(put)) == (405, "METHOD_NOT_ALLOWED")
    xml = await portal.post("/sobjects/Account", content=b"<a/>", headers={"Content-Type": "application/xml"})
    assert (xml.status_code, code(xml)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_what_is_the_platforms_own_nobody_makes(portal: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
    for client in (portal, staff):
        refused = await client.post("/sobjects/OrderStatus", json={"ApiName": "On Hold"})
        assert code(refused) == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    assert code(await portal.post("/sobjects/Product2", json={"Name": "Plan"})) == (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    )


async def test_staff_write_what_is_theirs(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient, world: World, org: Org
) -> None:
    values = {"SIM_Shipped_At__c": "2026-01-31T10:00:00.000Z"}
    assert code(await portal.patch(f"/sobjects/Order/{org.order}", json=values)) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert (await staff.patch(f"/sobjects/Order/{org.order}", json=values)).status_code == 204
    assert world.ledger.last.by == "staff"  # type: ignore[union-attr]
    assert (await staff.patch(f"/sobjects/Order/{org.order}", json={"Status": "Approved"})).status_code == 204
    assert world.records.one("order_history", order=org.order)["changed_by"] == "staff"  # type: ignore[index]
    assert (await staff.post("/sobjects/Product2", json={"Name": "Plan"})).status_code == 201


async def test_a_parent_may_be_named_by_its_key(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    body = {
        "Name": "Sale",
        "StageName": "Ready",
        "CloseDate": "2026-02-01",
        "Account": {"SF_Account_No__c": "P1000001"},
    }
    made = await portal.post("/sobjects/Opportunity", json=body)
    assert world.records.get("opportunity", made.json()["id"])["account"] == org.account  # type: ignore[index]
    wrong = await portal.post("/sobjects/Opportunity", json=body | {"Account": {"SF_Account_No__c": "P9"}})
    assert code(wrong) == "INVALID_FIELD"


async def test_some_fields_are_made_of_others(portal: httpx.AsyncClient, org: Org) -> None:
    assert (await portal.get(f"/sobjects/Account/{org.account}")).json()["BillingAddress"] is None
    await portal.patch(f"/sobjects/Account/{org.account}", json={"BillingCity": "港区", "BillingPostalCode": "1050011"})
    home = (await portal.get(f"/sobjects/Account/{org.account}")).json()["BillingAddress"]
    assert (home["city"], home["postalCode"], home["street"]) == ("港区", "1050011", None)
    assert code(await portal.patch(f"/sobjects/Account/{org.account}", json={"BillingAddress": home})) == (
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    )
    line = (await portal.get(f"/sobjects/OrderItem/{org.line}")).json()
    assert (line["ListPrice"], line["TotalPrice"], line["OrderItemNumber"]) == (100.0, 100.0, "0000000001")
    told = await portal.get("/query?q=SELECT+IsActive+FROM+RecordType")
    assert told.json()["records"][0]["IsActive"] is True
    account = await portal.get("/query", params={"q": f"SELECT BillingAddress FROM Account WHERE Id = '{org.account}'"})
    assert account.json()["records"][0]["BillingAddress"] == home


async def test_what_permissions_keep_from_the_portal_it_does_not_write(portal: httpx.AsyncClient, org: Org) -> None:
    refused = await portal.patch(f"/sobjects/Opportunity/{org.opportunity}", json={"Probability": 5})
    assert (code(refused), refused.json()[0]["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["Probability"])
    fixed = await portal.patch(f"/sobjects/OrderItem/{org.line}", json={"OrderId": org.order})
    assert (code(fixed), fixed.json()[0]["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["OrderId"])
