"""What is asked of Salesforce, and what is made of its answers."""

import asyncio
import io
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.salesforce.client import Client
from adapters.salesforce.requests import Get, Patch, Post, Ref
from adapters.salesforce.soql import eq, is_in, select
from ports.errors import Rejected, Unavailable
from tests.salesforce.org import EXPIRED, Asked, Org, Told, client_of, error, rows

ID = "001000000000001AAA"
OTHER = "003000000000001AAA"
KEY = "Portal_Request_Key__c"
MADE = Told(201, {"id": ID, "success": True, "errors": []})
TAKEN = error("DUPLICATE_VALUE", message=f"duplicate value found: {KEY} duplicates value on record with id: 001")


def part(ref: str, status: int = 200, body: Any = None) -> dict[str, Any]:
    return {"referenceId": ref, "httpStatusCode": status, "httpHeaders": {}, "body": body}


def composite(*parts: dict[str, Any]) -> Told:
    return Told(200, {"compositeResponse": list(parts)})


def halted(ref: str) -> dict[str, Any]:
    said = "The transaction was rolled back since another operation in the same transaction failed."
    return part(ref, 400, [{"errorCode": "PROCESSING_HALTED", "message": said}])


# queries


async def test_a_query_is_read_to_its_last_page() -> None:
    more = "/services/data/v62.0/query/01g0000-2"
    org = Org().says(rows({"Id": "1"}, {"Id": "2"}, more=more, total=3), rows({"Id": "3"}, total=3))
    async with client_of(org) as client:
        assert [row["Id"] for row in await client.query("SELECT Id FROM Account")] == ["1", "2", "3"]
    assert [asked.path for asked in org.asked] == ["/services/data/v62.0/query/", more]


async def test_children_are_read_to_their_last_page() -> None:
    more = "/services/data/v62.0/query/01g0000-1"
    lines = {"totalSize": 2, "done": False, "records": [{"Id": "a"}], "nextRecordsUrl": more}
    first = {"Id": "1", "Account": {"attributes": {}, "Name": "本田"}, "OrderItems": lines}
    org = Org().says(rows(first, {"Id": "2", "OrderItems": None}), rows({"Id": "b"}))
    async with client_of(org) as client:
        one, two = await client.query("SELECT Id, (SELECT Id FROM OrderItems) FROM Order")
    assert one["OrderItems"] == [{"Id": "a"}, {"Id": "b"}]
    assert one["Account"]["Name"] == "本田"
    assert two["OrderItems"] is None


async def test_a_lost_place_begins_the_query_once_more() -> None:
    first = rows({"Id": "1"}, more="/services/data/v62.0/query/01g0000-1", total=2)
    lost = error("INVALID_QUERY_LOCATOR")
    org = Org().says(first, lost, first, rows({"Id": "2"}))
    async with client_of(org) as client:
        assert [row["Id"] for row in await client.query("SELECT Id FROM Account")] == ["1", "2"]
    org = Org().says(first, lost, first, lost)
    async with client_of(org) as client:
        with pytest.raises(Unavailable, match="INVALID_QUERY_LOCATOR"):
            await client.query("SELECT Id FROM Account")


async def test_a_next_page_elsewhere_is_not_followed() -> None:
    org = Org(rest=lambda _: rows({"Id": "1"}, more="https://elsewhere.example/services/data/x"))
    async with client_of(org) as client:
        with pytest.raises(Unavailable):
            await client.query("SELECT Id FROM Account")
    assert {asked.host for asked in org.asked} == {"org.example"}


async def test_a_long_list_is_asked_for_in_several_queries() -> None:
    ids = [f"001{n:012}AAA" for n in range(1500)]

    def answer(asked: Asked) -> Told:
        return rows(*({"Id": each} for each in ids if f"'{each}'" in asked.soql))

    org = Org(rest=answer)
    async with client_of(org) as client:
        found = await client.query(select("Id").of("Account").where(is_in("Id", ids)))
        assert await client.query(select("Id").of("Account").where(is_in("Id", ()))) == []
    assert sorted(row["Id"] for row in found) == ids
    assert len(org.asked) > 1


async def test_a_row_that_is_not_there_is_none() -> None:
    org = Org(rest=lambda _: rows())
    async with client_of(org) as client:
        assert await client.get("Account", ID, ["Name"]) is None
        assert await client.get("Account", "no id' OR Name != '", ["Name"]) is None
        assert await client.find("Account", KEY, "k", ["Id"]) is None
    assert [asked.soql for asked in org.asked] == [
        f"SELECT Name FROM Account WHERE Id = '{ID}'",
        f"SELECT Id,{KEY} FROM Account WHERE {KEY} = 'k'",
    ]


async def test_a_look_up_that_failed_is_not_none() -> None:
    for refusal in (error("INVALID_TYPE"), error("INVALID_FIELD"), error("NOT_FOUND", 404)):
        async with client_of(Org().says(refusal)) as client:
            with pytest.raises(Rejected):
                await client.find("Account", KEY, "k", ["Id"])


async def test_what_differs_by_case_is_another_row() -> None:
    org = Org(rest=lambda _: rows({"Id": ID, KEY: "ABC"}))
    async with client_of(org) as client:
        assert await client.find("Account", KEY, "abc", ["Id"]) is None
        assert await client.find("Account", KEY, "ABC", ["Id"]) == {"Id": ID, KEY: "ABC"}


# rows


async def test_values_are_sent_as_salesforce_takes_them() -> None:
    org = Org().says(MADE)
    tokyo = timezone(timedelta(hours=9))
    values = {
        "Name": "本田 美奈",
        "At__c": datetime(2026, 2, 1, 0, 4, 5, 678901, tokyo),
        "Birthdate": date(1990, 4, 1),
        "UnitPrice": Decimal("4980.00"),
        "Flag__c": True,
        "Phone": None,
        "Text__c": "@{order.id}",
    }
    async with client_of(org) as client:
        assert await client.create("Account", values, keyed=True) == ID
        with pytest.raises(ValueError, match="zone"):
            await client.create("Account", {"At__c": datetime(2026, 2, 1)}, keyed=True)  # noqa: DTZ001 - refused
        with pytest.raises(ValueError, match="sent") as raised:
            await client.create("Account", {"Name": "secret \ud800"}, keyed=True)
    assert "secret" not in repr(raised.value)
    sent = org.asked[0]
    assert (sent.method, sent.path) == ("POST", "/services/data/v62.0/sobjects/Account")
    assert sent.headers["content-type"] == "application/json"
    assert sent.json == {
        "Name": "本田 美奈",
        "At__c": "2026-01-31T15:04:05.678Z",
        "Birthdate": "1990-04-01",
        "UnitPrice": 4980.0,
        "Flag__c": True,
        "Phone": None,
        "Text__c": "@{order.id}",
    }


async def test_an_update_and_a_delete() -> None:
    org = Org().says(Told(204), Told(204), error("ENTITY_IS_DELETED", 404))
    async with client_of(org) as client:
        await client.update("Account", ID, {"Phone": "03"})
        await client.delete("Account", ID)
        await client.delete("Account", ID)
        for wrong in ("", "../Contact", Ref("made")):
            with pytest.raises(ValueError, match=r"no id|composite only"):
                await client.update("Account", wrong, {})
    path = f"/services/data/v62.0/sobjects/Account/{ID}"
    assert [(asked.method, asked.path) for asked in org.asked] == [("PATCH", path), ("DELETE", path), ("DELETE", path)]


async def test_a_refusal_keeps_code_object_and_fields_and_no_sentence() -> None:
    refused = error("FIELD_CUSTOM_VALIDATION_EXCEPTION", message="Mina's mail is wrong", fields=["Email", "<x>", 3])
    async with client_of(Org().says(refused)) as client:
        with pytest.raises(Rejected) as raised:
            await client.update("Contact", OTHER, {"Email": "x"})
    assert (raised.value.code, raised.value.what) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Contact")
    assert raised.value.fields == ("Email",)
    assert "Mina" not in str(raised.value) + repr(raised.value.__cause__)


async def test_describe_and_limits() -> None:
    org = Org().says(Told(200, {"name": "Case", "fields": []}), Told(200, {"DailyApiRequests": {"Max": 1}}))
    async with client_of(org) as client:
        assert (await client.describe("Case"))["name"] == "Case"
        assert await client.limits() == {"DailyApiRequests": {"Max": 1}}
    assert [asked.path for asked in org.asked] == [
        "/services/data/v62.0/sobjects/Case/describe",
        "/services/data/v62.0/limits",
    ]


# composites


async def test_each_part_is_answered_in_the_order_it_was_asked() -> None:
    org = Org().says(
        composite(part("line", 201, {"id": OTHER, "success": True}), part("order", 201, {"id": ID, "success": True}))
    )
    async with client_of(org) as client:
        order, line = await client.composite(
            Post("Order", {"Status": "Draft"}, "order"),
            Post("OrderItem", {"OrderId": Ref("order"), "Quantity": 1}, "line"),
            all_or_none=True,
            keyed=True,
        )
    assert (order.id, line.id) == (ID, OTHER)
    assert org.asked[0].json == {
        "allOrNone": True,
        "compositeRequest": [
            {
                "method": "POST",
                "url": "/services/data/v62.0/sobjects/Order",
                "referenceId": "order",
                "httpHeaders": {"Sforce-Duplicate-Rule-Header": "allowSave=true"},
                "body": {"Status": "Draft"},
            },
            {
                "method": "POST",
                "url": "/services/data/v62.0/sobjects/OrderItem",
                "referenceId": "line",
                "httpHeaders": {"Sforce-Duplicate-Rule-Header": "allowSave=true"},
                "body": {"OrderId": "@{order.id}", "Quantity": 1},
            },
        ],
    }


async def test_the_guilty_part_is_raised_not_the_first() -> None:
    wrong = [{"errorCode": "INVALID_EMAIL_ADDRESS", "message": "…", "fields": ["Email"]}]
    org = Org().says(composite(halted("account"), part("contact", 400, wrong), halted("case")))
    async with client_of(org) as client:
        with pytest.raises(Rejected) as raised:
            await client.composite(
                Post("Account", {}, "account"), Post("Contact", {}, "contact"), Post("Case", {}, "case"),
                all_or_none=True, keyed=True,
            )  # fmt: skip
    told = raised.value
    assert (told.code, told.what, told.fields) == ("INVALID_EMAIL_ADDRESS", "Contact#contact", ("Email",))


async def test_without_all_or_none_each_failure_is_told_with_its_part() -> None:
    org = Org().says(composite(part("a", 204), part("b", 400, [{"errorCode": "INVALID_FIELD", "message": ""}])))
    async with client_of(org) as client:
        one, two = await client.composite(
            Patch("Account", ID, {"Phone": "1"}, "a"), Get.query("SELECT X FROM Y", "b"), all_or_none=False, keyed=False
        )
    assert one.fault is None
    assert two.fault is not None
    assert (two.fault.code, two.fault.status) == ("INVALID_FIELD", 400)
    assert isinstance(two.fault.error("query"), Rejected)


async def test_queries_of_a_composite_are_read_to_their_last_page() -> None:
    more = "/services/data/v62.0/query/01g0000-1"
    page = rows({"Id": "1"}, more=more, total=2).body
    lost = error("INVALID_QUERY_LOCATOR")
    org = Org().says(composite(part("q", body=page)), lost, composite(part("q", body=page)), rows({"Id": "2"}))
    async with client_of(org) as client:
        (answer,) = await client.composite(
            Get.query(select("Id").of("Account").where(eq("Name", "a b&c+d")), "q"), all_or_none=False, keyed=False
        )
    assert [row["Id"] for row in answer.records] == ["1", "2"]
    asked = org.asked[0].json["compositeRequest"][0]
    assert asked["url"].endswith("/query/?q=SELECT%20Id%20FROM%20Account%20WHERE%20Name%20%3D%20%27a%20b%26c%2Bd%27")


async def test_pages_lost_after_a_write_leave_it_unknown() -> None:
    page = rows({"Id": "1"}, more="/services/data/v62.0/query/01g0000-1", total=2).body
    org = Org().says(composite(part("w", 204), part("q", body=page)), error("INVALID_QUERY_LOCATOR"))
    async with client_of(org) as client:
        with pytest.raises(Unavailable) as raised:
            await client.composite(
                Patch("Account", ID, {}, "w"), Get.query("SELECT Id FROM Case", "q"), all_or_none=True, keyed=False
            )
    assert raised.value.outcome_unknown


async def test_what_a_customer_wrote_refers_to_no_other_part() -> None:
    org = Org().says(composite(part("a", 201, {"id": ID}), part("b", 201, {"id": ID})))
    async with client_of(org) as client:
        await client.composite(
            Post("Account", {"Name": "@{b.id} @@{"}, "a"), Post("Case", {"AccountId": Ref("a")}, "b"),
            all_or_none=True, keyed=False,
        )  # fmt: skip
    first, second = (each["body"] for each in org.asked[0].json["compositeRequest"])
    assert "@{" not in first["Name"]
    assert second == {"AccountId": "@{a.id}"}
    assert "@{" not in select("Id").of("A").where(eq("N", "@{b.id}")).soql()


async def test_a_composite_has_its_bounds() -> None:
    async with client_of(Org()) as client:
        posts = [Post("Account", {}, f"r{n}") for n in range(26)]
        queries = [Get.query("SELECT Id FROM Account", f"q{n}") for n in range(6)]
        for wrong in (posts, queries, [posts[0], posts[0]], []):
            with pytest.raises(ValueError, match="composite"):
                await client.composite(*wrong, all_or_none=True, keyed=False)
    for ref in ("", "_a", "a.b", "a}", "本"):
        with pytest.raises(ValueError, match="reference"):
            Post("Account", {}, ref)
        with pytest.raises(ValueError, match="reference"):
            Ref(ref)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"compositeResponse": []}, {"compositeResponse": [3]}, {"compositeResponse": [{"a": 1}]}]
)
async def test_a_composite_answered_in_part_is_unknown(body: Any) -> None:
    async with client_of(Org().says(Told(200, body))) as client:
        with pytest.raises(Unavailable) as raised:
            await client.composite(Post("Account", {}, "a"), all_or_none=True, keyed=False)
    assert raised.value.outcome_unknown


# created once


class Shelf:
    """Rows of one object under a unique key, over the wire."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.lose_next = False

    def __call__(self, asked: Asked) -> Told:
        if asked.method == "GET":
            key = asked.soql.rpartition("= '")[2].rstrip("'")
            return rows(self.rows[key]) if key in self.rows else rows()
        body = asked.json["compositeRequest"][0]["body"]
        if body[KEY] in self.rows:
            return composite(part("made", 400, TAKEN.body), halted("row"))
        self.rows[body[KEY]] = {"Id": ID, "Name": body["Name"], KEY: body[KEY]}
        if self.lose_next:
            self.lose_next = False
            return Told(exception=httpx.ReadTimeout(""))
        return composite(part("made", 201, {"id": ID, "success": True}), part("row", 200, self.rows[body[KEY]]))


async def made(client: Client, *, look_first: bool = True) -> tuple[str, bool]:
    row, is_new = await client.ensure_created(
        "Account", KEY, "k", {"Name": "new"}, ["Id", "Name"], look_first=look_first
    )
    return row["Name"], is_new


async def test_a_row_is_created_once_under_its_key() -> None:
    shelf = Shelf()
    org = Org(rest=shelf)
    async with client_of(org) as client:
        assert await made(client) == ("new", True)
        assert len(org.asked) == 2
        shelf.rows["k"]["Name"] = "as staff changed it"
        assert await made(client) == ("as staff changed it", False)
        assert await made(client, look_first=False) == ("as staff changed it", False)
    assert shelf.rows["k"]["Name"] == "as staff changed it"


async def test_who_comes_second_finds_what_the_first_made() -> None:
    shelf = Shelf()
    org = Org(rest=shelf)
    async with client_of(org) as client:
        found = await asyncio.gather(*(made(client) for _ in range(10)))
    assert [is_new for _, is_new in found].count(True) == 1


async def test_a_lost_answer_is_read_back() -> None:
    shelf = Shelf()
    shelf.lose_next = True
    org = Org(rest=shelf)
    async with client_of(org) as client:
        assert await made(client) == ("new", False)
    assert len(shelf.rows) == 1


async def test_another_field_that_is_taken_is_a_refusal() -> None:
    org = Org(
        rest=lambda asked: rows() if asked.method == "GET" else composite(part("made", 400, TAKEN.body), halted("row"))
    )
    async with client_of(org) as client:
        with pytest.raises(Rejected, match="DUPLICATE_VALUE"):
            await made(client)


# files


@pytest.mark.parametrize("as_file", [True, False])
async def test_a_file_is_sent_as_two_parts(as_file: bool) -> None:
    org = Org().says(error("UNABLE_TO_LOCK_ROW"), Told(201, {"id": "068000000000001AAA", "success": True}))
    data = bytes(range(256)) * 1000
    async with client_of(org) as client:
        made_id = await client.upload(
            {"FirstPublishLocationId": ID}, io.BytesIO(data) if as_file else data, file_name="在留カード.jpg"
        )
    assert made_id == "068000000000001AAA"
    # the second try sent it whole again
    sent = org.asked[1]
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    boundary = sent.headers["content-type"].rpartition("=")[2].encode()
    _, about, file, end = sent.body.split(b"--" + boundary)
    assert end == b"--\r\n"
    head, _, told = about.partition(b"\r\n\r\n")
    assert b'name="entity_content"' in head
    assert b"Content-Type: application/json" in head
    assert "在留カード.jpg" in told.decode()
    head, _, content = file.partition(b"\r\n\r\n")
    assert b'name="VersionData"; filename="file.jpg"' in head
    assert content == data + b"\r\n"


@pytest.mark.parametrize("as_file", [True, False])
@pytest.mark.parametrize("first", [EXPIRED, error("UNABLE_TO_LOCK_ROW")], ids=["expired", "locked"])
async def test_each_try_of_a_file_sends_all_of_it_in_small_pieces(first: Told, as_file: bool) -> None:
    org = Org().says(first, Told(201, {"id": "068000000000001AAA", "success": True}))
    data = bytes(range(256)) * 4000
    async with client_of(org) as client:
        await client.upload({}, io.BytesIO(data) if as_file else data, file_name="card.jpg")
    assert [data in asked.body for asked in org.asked] == [True, True]
    assert [int(asked.headers["content-length"]) for asked in org.asked] == [sum(asked.pieces) for asked in org.asked]
    # what is handed over at once waits in memory until the last of it is sent
    assert max(max(asked.pieces) for asked in org.asked) <= 2**16


async def test_background_work_waits_while_the_day_runs_low() -> None:
    usage = {"sforce-limit-info": "api-usage=799/1000; per-app-api-usage=17/250(appName=genkan)"}
    org = Org(rest=lambda _: Told(200, rows().body, usage))
    async with client_of(org) as client:
        await client.query("SELECT Id FROM Account", background=True)
        await client.query("SELECT Id FROM Account", background=True)
        usage["sforce-limit-info"] = "api-usage=800/1000"
        await client.query("SELECT Id FROM Account")
        assert (client.gauge.used, client.gauge.most) == (800, 1000)
        for refused in (
            client.query("SELECT Id FROM Account", background=True),
            client.update("Account", ID, {}, background=True),
            client.composite(Post("Account", {}, "a"), all_or_none=True, keyed=False, background=True),
        ):
            with pytest.raises(Unavailable) as raised:
                await refused
            assert not raised.value.outcome_unknown
        asked = len(org.asked)
        await client.query("SELECT Id FROM Account")
        assert len(org.asked) == asked + 1
