"""Several calls in one, with references between them, all or none."""

from typing import Any

import httpx
import pytest

from adapters.fakes.wire.salesforce.composite import ROLLED_BACK
from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code

pytestmark = pytest.mark.usefixtures("org")


def sub(reference: str, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    asked = {"method": method, "url": f"{ROOT}{path}", "referenceId": reference}
    return asked | ({} if body is None else {"body": body}) | more


async def ask(client: httpx.AsyncClient, *subs: dict[str, Any], all_or_none: bool = False) -> list[dict[str, Any]]:
    answer = await client.post("/composite/", json={"allOrNone": all_or_none, "compositeRequest": subs})
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()["compositeResponse"]
    assert [one["referenceId"] for one in told] == [one["referenceId"] for one in subs]
    return told


def order_with_lines(org: Org, entry: str | None = None, lines: int = 2) -> list[dict[str, Any]]:
    order = {
        "AccountId": org.account,
        "EffectiveDate": "2026-01-20",
        "Status": "Pending Review",
        "Pricebook2Id": org.book,
        "Portal_Request_Key__c": "order-1",
    }
    line = {"OrderId": "@{order.id}", "PricebookEntryId": entry or org.entry, "Quantity": 1, "UnitPrice": 100}
    return [
        sub("order", "POST", "/sobjects/Order", order),
        *(sub(f"line{n}", "POST", "/sobjects/OrderItem/", line) for n in range(lines)),
    ]


def codes(told: list[dict[str, Any]]) -> list[str | None]:
    return [one["body"][0]["errorCode"] if one["httpStatusCode"] >= 400 else None for one in told]


async def test_an_order_and_its_lines_are_one_transaction_and_one_call(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, world: World, org: Org
) -> None:
    told = await ask(portal, *order_with_lines(org), all_or_none=True)
    assert [one["httpStatusCode"] for one in told] == [201, 201, 201]
    order = told[0]["body"]["id"]
    assert told[0]["httpHeaders"] == {"Location": f"{ROOT}/sobjects/Order/{order}"}
    assert len(world.records.find("order_line", order=order)) == 2
    assert salesforce.usage.calls == {"composite": 1}
    assert salesforce.usage.used == 1


async def test_a_failure_undoes_all_and_only_the_guilty_keeps_its_error(
    portal: httpx.AsyncClient, world: World, org: Org
) -> None:
    before = (len(world.ledger.entries), world.records.counts["order"])
    told = await ask(portal, *order_with_lines(org, entry=org.elsewhere), all_or_none=True)
    assert codes(told) == ["PROCESSING_HALTED", "FIELD_INTEGRITY_EXCEPTION", "PROCESSING_HALTED"]
    assert told[0]["body"] == [{"message": ROLLED_BACK, "errorCode": "PROCESSING_HALTED"}]
    assert world.records.one("order", key="order-1") is None
    assert len(world.ledger.entries) == before[0]


async def test_without_all_or_none_each_goes_its_own_way(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    told = await ask(
        portal,
        sub("bad", "POST", "/sobjects/Account", {"Phone": "1"}),
        sub("good", "POST", "/sobjects/Account", {"Name": "Kenji"}),
        sub("dependent", "POST", "/sobjects/Contact", {"LastName": "K", "AccountId": "@{bad.id}"}),
        sub("child", "POST", "/sobjects/Contact", {"LastName": "K", "AccountId": "@{good.id}"}),
    )
    assert codes(told) == ["REQUIRED_FIELD_MISSING", None, "PROCESSING_HALTED", None]
    _, into_an_error, to_nothing = await ask(
        portal,
        sub("bad", "POST", "/sobjects/Account", {}),
        sub("error", "POST", "/sobjects/Account", {"Name": "@{bad[0].message}"}),
        sub("nothing", "GET", "/sobjects/Account/@{nobody.id}"),
    )
    assert codes([into_an_error, to_nothing]) == ["PROCESSING_HALTED", "PROCESSING_HALTED"]
    message = "Invalid reference specified. No value for bad.id found in bad"
    assert told[2]["body"][0]["message"] == message
    assert world.records.get("contact", told[3]["body"]["id"])["account"] == told[1]["body"]["id"]  # type: ignore[index]


async def test_references_reach_into_answers_by_their_own_case(portal: httpx.AsyncClient, org: Org) -> None:
    query = "/query?q=SELECT+Id,Name+FROM+Account+WHERE+SF_Account_No__c='P1000001'"
    told = await ask(
        portal,
        sub("found", "GET", query),
        sub("read", "GET", "/sobjects/Account/@{found.records[0].Id}?fields=Name"),
        sub("wrong_case", "GET", "/sobjects/Account/@{found.records[0].id}"),
        sub("beyond", "GET", "/sobjects/Account/@{found.records[1].Id}"),
        sub("change", "PATCH", "/sobjects/Account/@{read.Id}", {"Phone": "@{found.totalSize}-@{read.Name}"}),
        sub("later", "PATCH", "/sobjects/Account/@{read.Id}", {"Phone": "@{last.Id}"}),
        sub("last", "GET", f"/sobjects/Account/{org.account}"),
    )
    halted = "PROCESSING_HALTED"
    assert codes(told) == [None, None, halted, halted, None, halted, None]
    assert (told[4]["httpStatusCode"], told[4]["body"]) == (204, None)
    assert told[6]["body"]["Phone"] == "1-Mina"


@pytest.mark.parametrize(
    "subs",
    [
        [],
        [sub(f"r{n}", "GET", "/limits") for n in range(26)],
        [sub("twice", "GET", "/limits"), sub("twice", "GET", "/limits")],
        [sub("no dashes", "GET", "/limits")],
        [{"method": "GET", "url": f"{ROOT}/limits"}],
        [sub("own", "GET", "/limits", httpHeaders={"Authorization": "Bearer x"})],
        [sub(f"q{n}", "GET", "/query?q=SELECT+Id+FROM+Lead") for n in range(6)],
    ],
)
async def test_a_malformed_envelope_is_refused_whole(portal: httpx.AsyncClient, subs: list[dict[str, Any]]) -> None:
    answer = await portal.post("/composite", json={"compositeRequest": subs})
    assert answer.status_code == 400
    assert code(answer) in {"LIMIT_EXCEEDED", "INVALID_INPUT", "JSON_PARSER_ERROR"}


async def test_some_calls_do_not_stand_within_another(portal: httpx.AsyncClient, org: Org) -> None:
    told = await ask(
        portal,
        sub("composite", "POST", "/composite", {"compositeRequest": [sub("inner", "GET", "/limits")]}),
        sub("blob", "GET", f"/sobjects/ContentVersion/{org.version}/VersionData"),
        {"method": "GET", "url": "/elsewhere", "referenceId": "elsewhere"},
        {"method": "GET", "url": "/services/data/v99.0/limits", "referenceId": "version"},
        sub("put", "PUT", "/limits"),
    )
    assert [one["httpStatusCode"] for one in told] == [400, 400, 404, 404, 405]


async def test_a_collection_within_is_all_or_none_with_it(portal: httpx.AsyncClient, world: World) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "Kenji"}, {"attributes": {"type": "Account"}}]
    body = {"allOrNone": False, "records": records}
    told = await ask(portal, sub("many", "POST", "/composite/sobjects", body), all_or_none=True)
    assert [one["success"] for one in told[0]["body"]] == [False, False]
    assert world.records.one("account", name="Kenji") is None
    told = await ask(portal, sub("many", "POST", "/composite/sobjects", body))
    assert [one["success"] for one in told[0]["body"]] == [True, False]


async def test_each_graph_is_a_transaction(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    graphs = [
        {"graphId": "good", "compositeRequest": order_with_lines(org, lines=26)},
        {"graphId": "bad", "compositeRequest": order_with_lines(org)},
    ]
    told = (await portal.post("/composite/graph", json={"graphs": graphs})).json()["graphs"]
    assert [(one["graphId"], one["isSuccessful"]) for one in told] == [("good", True), ("bad", False)]
    bad = told[1]["graphResponse"]["compositeResponse"]
    assert codes(bad) == ["DUPLICATE_VALUE", "PROCESSING_HALTED", "PROCESSING_HALTED"]
    assert len(world.records.find("order_line")) == 27
    query = [{"graphId": "query", "compositeRequest": [sub("q", "GET", "/query?q=SELECT+Id+FROM+Lead")]}]
    assert code(await portal.post("/composite/graph", json={"graphs": query})) == "INVALID_INPUT"


async def test_after_many_failed_graphs_the_rest_is_not_begun(portal: httpx.AsyncClient, world: World) -> None:
    bad = [{"graphId": f"g{n}", "compositeRequest": [sub("r", "POST", "/sobjects/Account", {})]} for n in range(14)]
    last = {"graphId": "last", "compositeRequest": [sub("r", "POST", "/sobjects/Account", {"Name": "Kenji"})]}
    told = (await portal.post("/composite/graph", json={"graphs": [*bad, last]})).json()["graphs"]
    assert codes(told[-1]["graphResponse"]["compositeResponse"]) == ["PROCESSING_HALTED"]
    assert world.records.one("account", name="Kenji") is None


async def test_a_batch_has_calls_that_know_nothing_of_each_other(portal: httpx.AsyncClient, world: World) -> None:
    requests = [
        {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": {"Name": "Kenji"}},
        {"method": "POST", "url": "v62.0/sobjects/Account", "richInput": {}},
        {"method": "GET", "url": "v62.0/limits"},
    ]
    told = (await portal.post("/composite/batch", json={"batchRequests": requests})).json()
    assert (told["hasErrors"], [one["statusCode"] for one in told["results"]]) == (True, [201, 400, 200])
    halted = (await portal.post("/composite/batch", json={"batchRequests": requests, "haltOnError": True})).json()
    assert [one["statusCode"] for one in halted["results"]] == [201, 400, 412]
