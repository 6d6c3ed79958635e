"""How much one call may hold, and what it may not hold twice."""

from typing import Any

import httpx
import pytest

from adapters.fakes.wire.salesforce.people import PORTAL_APP
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code, logged_in, schema

LINK = "/sobjects/ContentDocumentLink"
KINDS = ("Account", "Contact", "Opportunity", "Order", "OrderItem", "Case", "Lead", "Product2")


def sub(name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    return {"method": method, "url": f"{ROOT}{path}", "referenceId": name} | ({} if body is None else {"body": body})


def chain(length: int) -> list[dict[str, Any]]:
    first = sub("r0", "POST", "/sobjects/Account", {"Name": "x"})
    rest = [sub(f"r{n}", "POST", "/sobjects/Account", {"Name": f"@{{r{n - 1}.id}}"}) for n in range(1, length)]
    return [first, *rest]


def of_kinds(count: int) -> list[dict[str, Any]]:
    pairs = [(method, kind) for method in ("GET", "PATCH") for kind in KINDS]
    return [sub(f"r{n}", *pair) for n, pair in enumerate((m, f"/sobjects/{k}/001") for m, k in pairs[:count])]


async def graphed(portal: httpx.AsyncClient, *graphs: list[dict[str, Any]]) -> httpx.Response:
    told = [{"graphId": str(n), "compositeRequest": each} for n, each in enumerate(graphs)]
    return await portal.post("/composite/graph", json={"graphs": told})


async def test_a_graph_is_fifteen_nodes_deep_at_most(portal: httpx.AsyncClient) -> None:
    assert (await graphed(portal, chain(15))).json()["graphs"][0]["isSuccessful"]
    assert code(await graphed(portal, chain(16))) == "LIMIT_EXCEEDED"


async def test_graphs_have_fifteen_kinds_of_nodes_at_most(portal: httpx.AsyncClient) -> None:
    assert (await graphed(portal, of_kinds(15))).status_code == 200
    assert code(await graphed(portal, of_kinds(8), of_kinds(16)[8:])) == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(("length", "status"), [(16_384, 400), (16_385, 414)])
async def test_an_address_has_16_384_bytes_at_most(portal: httpx.AsyncClient, length: int, status: int) -> None:
    begun = f"{ROOT}/query?q="
    answer = await portal.get("/query?q=" + "a" * (length - len(begun)))
    assert answer.status_code == status
    assert code(answer)


async def test_each_call_of_a_batch_is_counted(world: World) -> None:
    async with served(world, schema(), most=3) as salesforce, logged_in(salesforce, PORTAL_APP) as portal:
        batch = {"batchRequests": [{"method": "GET", "url": "v62.0/limits"}] * 4}
        told = (await portal.post("/composite/batch", json=batch)).json()
        assert [one["statusCode"] for one in told["results"]] == [200, 200, 200, 403]
        assert salesforce.usage.used == 3


@pytest.mark.parametrize(
    ("type", "reference"), [("Contact", "other"), (None, "other"), ("Account", "root"), ("Account", "child")]
)
async def test_a_tree_names_each_record_once_and_by_its_type(
    portal: httpx.AsyncClient, world: World, type: str | None, reference: str
) -> None:
    child = {"attributes": {"type": "Contact", "referenceId": "child"}, "LastName": "K"}
    root = {"attributes": {"type": "Account", "referenceId": "root"}, "Name": "Root", "Contacts": {"records": [child]}}
    wrong = {"attributes": {"type": type, "referenceId": reference}, "Name": "Root"}
    assert code(await portal.post("/composite/tree/Account", json={"records": [root, wrong]})) == "INVALID_INPUT"
    assert world.records.one("account", name="Root") is None


async def test_the_same_link_twice_is_refused(
    portal: httpx.AsyncClient, salesforce: SalesforceServer, org: Org
) -> None:
    body = {"ContentDocumentId": org.document, "LinkedEntityId": org.case}
    assert (await portal.post(LINK, json=body)).status_code == 201
    assert code(await portal.post(LINK, json=body)) == "DUPLICATE_VALUE"
