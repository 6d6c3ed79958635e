"""The client and the made-up org, over a socket."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.fakes.wire.salesforce.describe import Schema
from adapters.fakes.wire.salesforce.org import read_org
from adapters.fakes.wire.salesforce.people import PORTAL, PORTAL_APP, App
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.wire.salesforce.sessions import Sessions
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from adapters.salesforce.client import Client
from adapters.salesforce.faults import AuthError
from adapters.salesforce.requests import Get, Patch, Post, Ref
from adapters.salesforce.settings import Flow, SalesforceSettings
from adapters.salesforce.soql import eq, is_in, select
from core.domain.ids import crm_id
from ports.errors import Rejected, Unavailable
from tests.contracts.org import Org
from tests.salesforce.org import HASTE, keys
from tests.worlds import a_world

KEY = "Portal_Request_Key__c"
PATIENCE = msgspec.structs.replace(HASTE, answer=0.8, deadline=30, upload_deadline=30, failures=100)
JWT_APP = App(key="jwt-app", certificate=keys()[1], approved=(PORTAL,))


@cache
def schema() -> Schema:
    return read_org(Path(__file__).parents[2] / "deploy" / "salesforce")


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    yield world
    world.close()


@pytest.fixture
def org(world: World) -> Org:
    return Org(world.records)


@pytest.fixture
async def salesforce(world: World) -> AsyncIterator[SalesforceServer]:
    sessions = Sessions(clock=world.clock, apps=(PORTAL_APP, JWT_APP))
    async with served(world, schema(), sessions) as salesforce:
        yield salesforce


@pytest.fixture
async def client(salesforce: SalesforceServer, world: World) -> AsyncIterator[Client]:
    chosen = SalesforceSettings(
        login_url=salesforce.base,
        flow=Flow.CLIENT_CREDENTIALS,
        client_id=PORTAL_APP.key,
        client_secret=PORTAL_APP.secret or "",
        patience=PATIENCE,
        page_size=200,
    )
    async with Client(chosen, world.clock) as client:
        yield client


def by_assertion(salesforce: SalesforceServer, **changed: Any) -> SalesforceSettings:
    given = {"client_id": JWT_APP.key, "username": PORTAL.name, "private_key": keys()[0], "patience": PATIENCE}
    return SalesforceSettings(login_url=salesforce.base, **{**given, **changed})


async def test_an_assertion_logs_in(salesforce: SalesforceServer, world: World) -> None:
    async with Client(by_assertion(salesforce), world.clock) as client:
        assert "DailyApiRequests" in await client.limits()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "nobody@example.com"}, "has not approved"),
        ({"audience": "https://other.example"}, "another host"),
        ({"client_id": "unknown"}, "no app has this client_id"),
    ],
)
async def test_a_wrong_setting_is_told(
    salesforce: SalesforceServer, world: World, changed: dict[str, Any], said: str
) -> None:
    async with Client(by_assertion(salesforce, **changed), world.clock) as client:
        with pytest.raises(AuthError, match=said):
            await client.limits()


async def test_a_row_is_made_changed_and_removed(client: Client, world: World) -> None:
    row = await client.create("Account", {"Name": "山田 花子", KEY: "mine"}, keyed=True)
    await client.update("Account", row, {"Phone": "03-1234-5678"})
    kept = world.records.get("account", row)
    assert kept is not None
    assert (kept["name"], kept["phone"], kept["created_by"]) == ("山田 花子", "03-1234-5678", "portal")
    with pytest.raises(Rejected, match="DUPLICATE_VALUE Account"):
        await client.create("Account", {"Name": "B", KEY: "mine"}, keyed=True)
    with pytest.raises(Rejected, match="INVALID_FIELD Account"):
        await client.update("Account", row, {"Colour__c": "red"})
    case = await client.describe("Case")
    assert {"Subject", "Status"} <= {field["name"] for field in case["fields"]}
    assert client.gauge.most > 0


async def test_a_file_is_kept(client: Client, org: Org, world: World) -> None:
    data = bytes(range(256)) * 500
    fields = {"FirstPublishLocationId": org.account, "Portal_Reference__c": "r"}
    version = await client.upload(fields, data, file_name="在留カード 表.jpg")
    kept = world.records.get("document_version", version)
    assert kept is not None
    assert (kept["path"], kept["title"], kept["reference"]) == ("在留カード 表.jpg", "在留カード 表.jpg", "r")
    assert (kept["size"], kept["checksum"]) == (len(data), sha256(data).hexdigest())


async def test_fifty_at_the_end_of_a_session_log_in_once(
    client: Client, salesforce: SalesforceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.limits()
    salesforce.sessions.revoke((await client.sign_in.token()).access)
    logged_in, log_in = [], salesforce.sessions.log_in
    monkeypatch.setattr(type(salesforce.sessions), "log_in", lambda _, *told: logged_in.append(1) or log_in(*told))
    await asyncio.gather(*(client.limits() for _ in range(50)))
    assert len(logged_in) == 1


@pytest.mark.parametrize(
    ("fault", "operation"),
    [
        (WireFault.EXPIRED, "*"), (WireFault.LOCK_ROW, "create Account"), (WireFault.BUSY, "*"),
    ],
)  # fmt: skip
async def test_what_wrote_nothing_is_sent_again(
    client: Client, salesforce: SalesforceServer, world: World, fault: WireFault, operation: str
) -> None:
    salesforce.switches.switch(fault, operation, times=1)
    row = await client.create("Account", {"Name": "A"}, keyed=False)
    assert world.records.get("account", row) is not None


@pytest.mark.parametrize(
    ("fault", "unknown"),
    [
        (WireFault.UNAVAILABLE, True),
        (WireFault.INTERNAL, True),
        (WireFault.SILENT_BEFORE, True),
        (WireFault.SILENT_AFTER, True),
        (WireFault.LIMIT, False),
    ],
)
async def test_what_may_have_written_is_told(
    client: Client, salesforce: SalesforceServer, world: World, fault: WireFault, unknown: bool
) -> None:
    salesforce.switches.switch(fault, times=1)
    with pytest.raises(Unavailable) as raised:
        await client.create("Account", {"Name": "A", KEY: "mine"}, keyed=False)
    assert raised.value.outcome_unknown is unknown
    assert len(world.records.find("account", key="mine")) == (fault is WireFault.SILENT_AFTER)


async def test_a_lost_answer_makes_one_row(client: Client, salesforce: SalesforceServer, world: World) -> None:
    salesforce.switches.switch(WireFault.SILENT_AFTER, "create Account", times=1)
    with pytest.raises(Rejected, match="DUPLICATE_VALUE"):
        await client.create("Account", {"Name": "A", KEY: "mine"}, keyed=True)
    assert len(world.records.find("account", key="mine")) == 1


@pytest.mark.parametrize("fault", [WireFault.UNAVAILABLE, WireFault.INTERNAL, WireFault.SILENT_BEFORE, WireFault.BUSY])
async def test_a_query_is_asked_again(client: Client, salesforce: SalesforceServer, org: Org, fault: WireFault) -> None:
    salesforce.switches.switch(fault, "query", times=2)
    found = await client.query(select("Id").of("Account").where(eq("Id", org.account)))
    assert [row["Id"] for row in found] == [org.account]


async def test_every_page_is_read_though_a_place_is_lost(
    client: Client, salesforce: SalesforceServer, world: World
) -> None:
    made = [world.records.create("lead", {"last_name": f"佐藤 {n}", "company": "C"}) for n in range(450)]
    query = select("Id", "LastName").of("Lead").order_by("Id")
    assert [row["Id"] for row in await client.query(query)] == made
    salesforce.switches.switch(WireFault.LOST_LOCATOR, "query more", times=1)
    assert [row["Id"] for row in await client.query(query)] == made
    salesforce.switches.switch(WireFault.LOST_LOCATOR, "query more", times=2)
    with pytest.raises(Unavailable, match="INVALID_QUERY_LOCATOR"):
        await client.query(query)
    listed = is_in("Id", [*made, *(f"00Q{n:012}" for n in range(1000))])
    assert sorted(row["Id"] for row in await client.query(select("Id").of("Lead").where(listed))) == sorted(made)


@pytest.mark.parametrize("name", ["O'Brien", "ends in \\", "' OR Name != '", "本田\n美奈 😀", "50% _+&=#?/", "@{a.id}"])
async def test_a_row_is_found_by_any_text(client: Client, world: World, name: str) -> None:
    world.records.create("lead", {"last_name": "another", "company": "C"})
    row = await client.create("Lead", {"LastName": name, "Company": "C"}, keyed=False)
    found = await client.query(select("Id", "LastName").of("Lead").where(eq("LastName", name)))
    assert [(each["Id"], each["LastName"]) for each in found] == [(row, name)]


async def test_a_row_by_its_id_and_by_its_key(client: Client, org: Org) -> None:
    found = await client.get("Account", org.account[:15], ["Id", "Name", "SF_Account_No__c"])
    assert found is not None
    assert (found["Id"], found["SF_Account_No__c"]) == (org.account, "P1000001")
    assert await client.find("Account", KEY, "k", ["Name"]) is not None
    assert await client.find("Account", KEY, "other", ["Name"]) is None
    assert await client.get("Account", crm_id(org.account[:14] + "z") or "", ["Name"]) is None
    assert await client.get("Account", org.account[:-1] + "6", ["Name"]) is None
    with pytest.raises(Rejected, match="INVALID_FIELD"):
        await client.find("Account", "Colour__c", "red", ["Name"])
    with pytest.raises(Rejected, match="INVALID_TYPE"):
        await client.get("Colour__c", org.account, ["Name"])


async def test_parents_and_children_come_with_a_row(client: Client, org: Org) -> None:
    lines = select("Id", "PricebookEntry.Product2.Name").of("OrderItems")
    (order,) = await client.query(select("Id", "Account.Name", lines).of("Order").where(eq("Id", org.order)))
    assert order["Account"]["Name"] == "Mina"
    assert [line["Id"] for line in order["OrderItems"]] == [org.line]
    assert order["OrderItems"][0]["PricebookEntry"]["Product2"]["Name"] == "Plan"


# composites


def an_order(org: Org, **line: Any) -> tuple[Any, Any]:
    order = {
        "AccountId": org.account,
        "EffectiveDate": "2026-01-20",
        "Status": "Pending Review",
        "Pricebook2Id": org.book,
    }
    item = {"OrderId": Ref("order"), "PricebookEntryId": org.entry, "Quantity": 1, "UnitPrice": 100, **line}
    return Post("Order", {**order, KEY: "o"}, "order"), Post("OrderItem", item, "line")


async def test_an_order_and_its_lines_are_made_together(client: Client, org: Org, world: World) -> None:
    order, line, read = await client.composite(
        *an_order(org), Get.query(select("Id").of("Order").where(eq(KEY, "o")), "read"), all_or_none=True, keyed=True
    )
    kept = world.records.get("order_line", line.id)
    assert kept is not None
    assert kept["order"] == order.id
    assert [row["Id"] for row in read.records] == [order.id]


async def test_the_part_that_failed_by_itself_is_told_and_nothing_is_kept(
    client: Client, org: Org, world: World
) -> None:
    before = len(world.records.find("order"))
    with pytest.raises(Rejected) as raised:
        await client.composite(*an_order(org, Colour__c="red"), all_or_none=True, keyed=True)
    assert (raised.value.code, raised.value.what) == ("INVALID_FIELD", "OrderItem#line")
    assert len(world.records.find("order")) == before


@pytest.mark.parametrize("fault", [WireFault.SILENT_AFTER, WireFault.SILENT_BEFORE, WireFault.UNAVAILABLE])
async def test_a_row_is_created_once_whatever_becomes_of_the_answer(
    client: Client, salesforce: SalesforceServer, world: World, fault: WireFault
) -> None:
    salesforce.switches.switch(fault, "composite*", times=1)
    row, is_new = await client.ensure_created("Account", KEY, "mine", {"Name": "A"}, ["Id", "Name"])
    assert is_new is (fault is not WireFault.SILENT_AFTER)
    (kept,) = world.records.find("account", key="mine")
    assert row["Id"] == kept["id"]


async def test_twenty_at_once_create_one_row(client: Client, world: World) -> None:
    made = await asyncio.gather(
        *(client.ensure_created("Account", KEY, "mine", {"Name": "A"}, ["Id"]) for _ in range(20))
    )
    assert [is_new for _, is_new in made].count(True) == 1
    assert len({row["Id"] for row, _ in made}) == 1
    assert len(world.records.find("account", key="mine")) == 1


async def test_a_row_that_staff_changed_is_left_as_it_is(client: Client, world: World) -> None:
    row, _ = await client.ensure_created("Account", KEY, "mine", {"Name": "A"}, ["Id", "Name"])
    world.records.update("account", row["Id"], {"name": "as staff have it"}, "staff")
    for look_first in (True, False):
        again, is_new = await client.ensure_created(
            "Account", KEY, "mine", {"Name": "A"}, ["Id", "Name"], look_first=look_first
        )
        assert (again["Name"], is_new) == ("as staff have it", False)


async def test_a_locked_row_in_a_composite_is_waited_for(
    client: Client, salesforce: SalesforceServer, world: World
) -> None:
    salesforce.switches.switch(WireFault.LOCK_ROW, "create Account", times=2)
    _, is_new = await client.ensure_created("Account", KEY, "mine", {"Name": "A"}, ["Id"])
    assert is_new
    assert len(world.records.find("account", key="mine")) == 1


async def test_what_a_customer_wrote_reads_no_other_part(client: Client, world: World) -> None:
    _, second = await client.composite(
        Post("Account", {"Name": "A"}, "first"),
        Post("Account", {"Name": "@{first.id} and @{none.id}"}, "second"),
        all_or_none=True,
        keyed=False,
    )
    kept = world.records.get("account", second.id)
    assert kept is not None
    assert kept["name"] == "@ {first.id} and @ {none.id}"


async def test_parts_that_fail_alone_are_told_alone(client: Client, org: Org) -> None:
    good, bad, row = await client.composite(
        Patch("Account", org.account, {"Phone": "1"}, "good"),
        Patch("Account", org.account, {"Colour__c": "1"}, "bad"),
        Get.row("Account", org.account, ["Id", "Phone"], "row"),
        all_or_none=False,
        keyed=False,
    )
    assert good.fault is None
    assert bad.fault is not None
    assert bad.fault.code == "INVALID_FIELD"
    assert row.record is not None
    assert row.record["Phone"] == "1"


async def test_pages_of_a_composites_query_are_read(client: Client, world: World) -> None:
    made = [world.records.create("lead", {"last_name": "L", "company": "C"}) for _ in range(250)]
    (answer,) = await client.composite(
        Get.query(select("Id").of("Lead").order_by("Id"), "leads"), all_or_none=False, keyed=False
    )
    assert [row["Id"] for row in answer.records] == made
