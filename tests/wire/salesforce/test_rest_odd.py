"""What is too deep, too long or not of this calendar, refused in Salesforce's own words."""

from typing import Any

import httpx
import pytest

from adapters.fakes.wire.salesforce.server import SalesforceServer
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code

DIGITS = "9" * 5_000
DEEP = b'{"a":' * 5_000 + b"1" + b"}" * 5_000
NOT_SO_DEEP = b'{"a":' * 600 + b"1" + b"}" * 600
JSON = {"content-type": "application/json"}
TAKING_BODIES = ["sobjects/Account", "composite", "composite/graph", "composite/batch", "composite/sobjects"]
TAKING_BODIES += ["composite/tree/Account", "parameterizedSearch", "composite/sobjects/Account"]
GET_LIMITS = {"method": "GET", "url": f"{ROOT}/limits", "referenceId": "a"}


@pytest.mark.parametrize("path", TAKING_BODIES)
async def test_json_nested_too_deep_is_refused_everywhere(portal: httpx.AsyncClient, path: str) -> None:
    answer = await portal.post(f"/{path}", content=DEEP, headers=JSON)
    assert answer.status_code == 400
    assert code(answer) == "JSON_PARSER_ERROR"


async def test_a_subrequest_nested_too_deep_fails_alone(portal: httpx.AsyncClient) -> None:
    one = b'{"method": "POST", "url": "%s/sobjects/Account", "referenceId": "b", "body": %s}'
    content = b'{"compositeRequest": [' + one % (ROOT.encode(), NOT_SO_DEEP) + b"]}"
    answer = await portal.post("/composite", content=content, headers=JSON)
    (told,) = answer.json()["compositeResponse"]
    assert (told["httpStatusCode"], told["body"][0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("content", [b'{"PathOnClient": "\xff"}', DEEP])
async def test_a_part_that_is_no_json_is_refused(portal: httpx.AsyncClient, content: bytes) -> None:
    files: Any = [("a", (None, content, "application/json")), ("VersionData", ("x", b"1"))]
    answer = await portal.post("/sobjects/ContentVersion", files=files)
    assert answer.status_code == 400
    assert code(answer) == "JSON_PARSER_ERROR"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_moment_outside_the_calendar_is_refused(portal: httpx.AsyncClient, org: Org, at: str) -> None:
    answer = await portal.patch(f"/sobjects/Account/{org.account}", json={"Portal_Last_SignIn__c": at})
    assert answer.status_code == 400
    assert code(answer) == "JSON_PARSER_ERROR"


async def test_an_early_year_has_four_digits(portal: httpx.AsyncClient, org: Org) -> None:
    at = "0900-01-31T15:04:05.000+0000"
    await portal.patch(f"/sobjects/Account/{org.account}", json={"Portal_Last_SignIn__c": at})
    told = await portal.get(f"/sobjects/Account/{org.account}", params={"fields": "Portal_Last_SignIn__c"})
    assert told.json()["Portal_Last_SignIn__c"] == at


@pytest.mark.parametrize("date", ["2020-W10-1", "2020-02-30"])
async def test_a_date_is_year_month_and_day(portal: httpx.AsyncClient, date: str) -> None:
    answer = await portal.post("/sobjects/Contact", json={"LastName": "x", "Birthdate": date})
    assert code(answer) == "JSON_PARSER_ERROR"


@pytest.mark.parametrize("version", [DIGITS, "６２", "062"])
async def test_a_version_is_a_short_number(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, version: str
) -> None:
    for path in (f"{salesforce.base}/services/data/v{version}.0/limits", "/composite"):
        inner = GET_LIMITS | {"url": f"/services/data/v{version}.0/limits"}
        is_whole = path != "/composite"
        answer = await (portal.get(path) if is_whole else portal.post(path, json={"compositeRequest": [inner]}))
        body = answer.json() if is_whole else answer.json()["compositeResponse"][0]["body"]
        assert body[0]["errorCode"] == "NOT_FOUND"


async def test_a_place_of_5_000_digits_is_no_place(portal: httpx.AsyncClient) -> None:
    answer = await portal.get(f"/query/01gRO0000016PIAYA2-{DIGITS}")
    assert code(answer) == "INVALID_QUERY_LOCATOR"


async def test_a_page_of_5_000_digits_is_the_largest(portal: httpx.AsyncClient, org: Org) -> None:
    options = {"Sforce-Query-Options": f"batchSize={DIGITS}"}
    answer = await portal.get("/query", params={"q": "SELECT Id FROM Account"}, headers=options)
    assert answer.json()["totalSize"] == 1


async def test_a_reference_far_behind_the_last_halts(portal: httpx.AsyncClient) -> None:
    found = {"method": "GET", "url": f"{ROOT}/query?q=SELECT+Id+FROM+Account", "referenceId": "q"}
    one = {"method": "GET", "url": f"{ROOT}/sobjects/Account/@{{q.records[{DIGITS}].Id}}", "referenceId": "b"}
    answer = await portal.post("/composite", json={"compositeRequest": [found, one]})
    assert answer.json()["compositeResponse"][1]["body"][0]["errorCode"] == "PROCESSING_HALTED"


@pytest.mark.parametrize("limit", [DIGITS, "-1"])
async def test_a_search_has_a_limit_that_can_be(portal: httpx.AsyncClient, limit: str) -> None:
    answer = await portal.get("/search", params={"q": f"FIND {{mina}} LIMIT {limit}"})
    assert code(answer) == "MALFORMED_SEARCH"
    for name in ("overallLimit", "Account.limit"):
        answer = await portal.get("/parameterizedSearch", params={"q": "mina", "sobject": "Account", name: limit})
        assert code(answer) == "INVALID_SEARCH"


@pytest.mark.parametrize("wish", [{"overallLimit": -1}, {"sobjects": [{"name": "Account", "limit": -1}]}])
async def test_a_search_in_a_body_has_no_negative_limit(portal: httpx.AsyncClient, wish: dict[str, Any]) -> None:
    assert code(await portal.post("/parameterizedSearch", json={"q": "mina"} | wish)) == "INVALID_SEARCH"
