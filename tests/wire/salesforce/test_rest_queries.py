"""Queries and search over the wire."""

from datetime import timedelta

import httpx
import pytest

from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, code

SMALLEST = {"Sforce-Query-Options": "batchSize=200"}


async def ask(client: httpx.AsyncClient, query: str, **headers: str) -> httpx.Response:
    return await client.get("/query/", params={"q": query}, headers=headers)


async def test_a_query_finds_records_with_their_parents(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    world.records.update("opportunity", org.opportunity, {"account": org.account})
    told = await ask(portal, "SELECT Id, Account.Name, CloseDate FROM Opportunity WHERE StageName = 'ready'")
    assert told.json() == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Opportunity", "url": f"{ROOT}/sobjects/Opportunity/{org.opportunity}"},
                "Id": org.opportunity,
                "Account": {
                    "attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{org.account}"},
                    "Name": "Mina",
                },
                "CloseDate": "2026-01-20",
            }
        ],
    }


@pytest.mark.parametrize(
    "where",
    [
        "Id = '{0}'",
        "Id IN ('{0}', '{0}')",
        "Portal_Request_Key__c = 'K'",
        "Name LIKE 'mi%'",
        "Name = 'MINA' AND (Id = '{0}' OR Phone = null)",
        "SF_Account_No__c = 'p1000001' AND Name != 'Kenji'",
    ],
)
async def test_the_index_changes_nothing_of_what_is_found(portal: httpx.AsyncClient, org: Org, where: str) -> None:
    for id in (org.account, org.account[:15]):
        told = (await ask(portal, f"SELECT Id FROM Account WHERE {where.format(id)}")).json()
        assert [record["Id"] for record in told["records"]] == [org.account]


async def test_long_children_are_told_in_pages_of_their_own(portal: httpx.AsyncClient, world: World, org: Org) -> None:
    for n in range(420):
        world.records.create("contact", {"last_name": f"L{n:03d}", "account": org.account})
    query = (
        f"SELECT Id, (SELECT LastName FROM Contacts WHERE LastName LIKE 'L%') FROM Account WHERE Id = '{org.account}'"
    )
    (record,) = (await ask(portal, query)).json()["records"]
    assert (len(record["Contacts"]["records"]), record["Contacts"]["done"]) == (420, True)
    told = (await ask(portal, query, **SMALLEST)).json()
    assert (told["totalSize"], told["done"], "nextRecordsUrl" in told) == (1, True, False)
    page, names = told["records"][0]["Contacts"], []
    while True:
        assert page["totalSize"] == 420
        names += [each["LastName"] for each in page["records"]]
        if page["done"]:
            break
        page = (await portal.get(page["nextRecordsUrl"].removeprefix(ROOT))).json()
    assert names == [f"L{n:03d}" for n in range(420)]


async def test_what_was_deleted_is_told_to_who_asks_for_it(portal: httpx.AsyncClient, world: World) -> None:
    ids = [world.records.create("lead", {"last_name": name, "company": "C"}) for name in "ABC"]
    world.records.delete("lead", ids[1], "staff")
    soql = {"q": "SELECT Id, IsDeleted, LastName FROM Lead"}
    assert [each["Id"] for each in (await portal.get("/query/", params=soql)).json()["records"]] == [ids[0], ids[2]]
    told = (await portal.get("/queryAll/", params=soql)).json()["records"]
    assert [(each["Id"], each["IsDeleted"]) for each in told] == [(ids[0], False), (ids[1], True), (ids[2], False)]
    assert told[1]["LastName"] == "B"
    only = {"q": "SELECT Id FROM Lead WHERE IsDeleted = true AND LastName = 'b'"}
    assert [each["Id"] for each in (await portal.get("/queryAll", params=only)).json()["records"]] == [ids[1]]
    counted = {"q": "SELECT COUNT() FROM Lead"}
    assert (await portal.get("/queryAll", params=counted)).json()["totalSize"] == 3
    with pytest.raises(RuntimeError), world.records.all_or_none():
        world.records.delete("lead", ids[0], "staff")
        raise RuntimeError
    assert [each["IsDeleted"] for each in (await portal.get("/queryAll/", params=soql)).json()["records"]] == [
        False,
        True,
        False,
    ]


async def test_look_ups_are_found_by_short_ids_and_from_both_ends(portal: httpx.AsyncClient, org: Org) -> None:
    lines = (await ask(portal, f"SELECT Id, Order.Status FROM OrderItem WHERE OrderId = '{org.order[:15]}'")).json()
    assert [line["Id"] for line in lines["records"]] == [org.line]
    order = (await ask(portal, f"SELECT Id, (SELECT Id FROM OrderItems) FROM Order WHERE Id = '{org.order}'")).json()
    assert order["records"][0]["OrderItems"]["records"][0]["Id"] == org.line


async def test_what_was_just_written_is_found(portal: httpx.AsyncClient, org: Org) -> None:
    counted = "SELECT COUNT() FROM Account"
    before = (await ask(portal, counted)).json()["totalSize"]
    await portal.post("/sobjects/Account", json={"Name": "Kenji"})
    assert (await ask(portal, counted)).json() == {"totalSize": before + 1, "done": True, "records": []}


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT Id FROM", "MALFORMED_QUERY"),
        ("SELECT Colour__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY"),
    ],
)
async def test_a_wrong_query_is_refused(portal: httpx.AsyncClient, query: str, error: str) -> None:
    answer = await ask(portal, query)
    assert (answer.status_code, code(answer)) == (400, error)
    missing = await portal.get("/query")
    assert code(missing) == "MALFORMED_QUERY"


async def test_a_raw_plus_is_a_blank(portal: httpx.AsyncClient) -> None:
    url = "/query?q=SELECT+Id+FROM+Account+WHERE+CreatedDate+>+2026-01-01T00:00:00+09:00"
    assert code(await portal.get(url)) == "MALFORMED_QUERY"
    assert (await portal.get(url.replace("+09:00", "%2B09:00"))).status_code == 200


async def test_a_long_result_comes_in_pages(portal: httpx.AsyncClient, world: World) -> None:
    made = [world.records.create("lead", {"last_name": f"L{n:03d}", "company": "C"}) for n in range(450)]
    page = (await ask(portal, "SELECT Id FROM Lead ORDER BY LastName", **SMALLEST)).json()
    read = []
    while True:
        assert page["totalSize"] == 450
        read += [record["Id"] for record in page["records"]]
        if page["done"]:
            break
        assert page["nextRecordsUrl"].startswith(f"{ROOT}/query/01g")
        page = (await portal.get(page["nextRecordsUrl"].removeprefix(ROOT))).json()
    assert read == made
    assert "nextRecordsUrl" not in page
    assert (await ask(portal, "SELECT Id FROM Lead")).json()["done"]


async def test_a_locator_ends(
    portal: httpx.AsyncClient, staff: httpx.AsyncClient, salesforce: SalesforceServer, world: World
) -> None:
    for n in range(201):
        world.records.create("lead", {"last_name": f"L{n:03d}", "company": "C"})

    async def begun() -> str:
        page = (await ask(portal, "SELECT Id FROM Lead", **SMALLEST)).json()
        return str(page["nextRecordsUrl"]).removeprefix(ROOT)

    async def end(place: str, client: httpx.AsyncClient = portal) -> str:
        answer = await client.get(place)
        return "" if answer.status_code == 200 else code(answer)

    place = await begun()
    assert (await end(place), await end(place)) == ("", "")
    lost = "INVALID_QUERY_LOCATOR"
    assert (await end(place, staff), await end("/query/nothing"), await end(place + "99")) == (lost, lost, lost)
    world.clock.advance(timedelta(minutes=14))
    assert await end(place) == ""
    world.clock.advance(timedelta(minutes=15))
    assert await end(place) == lost
    oldest = await begun()
    for _ in range(10):
        place = await begun()
    assert (await end(oldest), await end(place)) == (lost, "")
    salesforce.switches.switch(WireFault.LOST_LOCATOR, "query more", times=1)
    assert await end(place) == lost


async def test_search_looks_into_all_texts(portal: httpx.AsyncClient, org: Org) -> None:
    asked = {"q": "mina", "sobject": "Account,Contact", "Account.fields": "Id,Name", "Contact.fields": "Email"}
    told = (await portal.get("/parameterizedSearch", params=asked)).json()["searchRecords"]
    assert [(each["attributes"]["type"], each["Id"]) for each in told] == [
        ("Account", org.account),
        ("Contact", org.contact),
    ]
    assert (told[0]["Name"], told[1]["Email"]) == ("Mina", "mina@example.jp")
    body = {"q": "MINA", "fields": ["Id"], "sobjects": [{"name": "Account"}], "overallLimit": 1, "in": "ALL"}
    told = (await portal.post("/parameterizedSearch/", json=body)).json()["searchRecords"]
    assert [each["Id"] for each in told] == [org.account]
    assert code(await portal.get("/parameterizedSearch?q=x")) == "MALFORMED_SEARCH"


async def test_search_has_a_language_of_its_own(portal: httpx.AsyncClient, org: Org) -> None:
    for text in (
        "FIND {mina} RETURNING Account(Id, Name), Lead",
        "FIND {mina} IN ALL FIELDS RETURNING Account LIMIT 1",
    ):
        told = (await portal.get("/search/", params={"q": text})).json()["searchRecords"]
        assert [each["Id"] for each in told] == [org.account]
    assert code(await portal.get("/search", params={"q": "mina"})) == "MALFORMED_SEARCH"
