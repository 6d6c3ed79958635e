"""What is odd about the answers, and that each oddity can be switched off."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from adapters.fakes.wire.whmcs.quirks import Empty
from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from tests.wire.whmcs.conftest import Caller, serialised

NAME = "A & B <c> \"d\" 'e' /f"


async def test_text_for_people_bears_entities_and_a_password_none(portal: Caller, whmcs: Served, world: World) -> None:
    client = await portal.add_client(companyname=NAME)
    await portal.add_order(client)
    details = (await portal("GetClientsDetails", clientid=client))["client"]
    assert details["companyname"] == "A &amp; B &lt;c&gt; &quot;d&quot; &#039;e&#039; /f"
    (service,) = (await portal("GetClientsProducts", clientid=client))["products"]["product"]
    assert "&<" in service["password"]
    whmcs.quirks.entities = False
    whmcs.quirks.passwords = False
    assert (await portal("GetClientsDetails", clientid=client))["client"]["companyname"] == NAME
    assert "password" not in (await portal("GetClientsProducts", clientid=client))["products"]["product"][0]
    row = world.records.get("client", client)
    assert row is not None
    assert row["companyname"] == NAME


async def test_slashes_and_quotes_are_escaped(portal: Caller, whmcs: Served) -> None:
    whmcs.quirks.entities = False
    client = await portal.add_client(companyname=NAME + "\\", city="渋谷区")
    text = (await portal.post("GetClientsDetails", clientid=client)).text
    assert r"A & B <c> \u0022d\u0022 'e' \/f\\" in text
    assert "渋谷区" in text
    assert json.loads(text)["companyname"] == NAME + "\\"
    whmcs.quirks.escapes = False
    assert r"\"d\" 'e' /f\\" in (await portal.post("GetClientsDetails", clientid=client)).text


async def test_numbers_are_text_here_and_there(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    added = await portal.add_order(client)
    products = await portal("GetClientsProducts", clientid=client)
    (service,) = products["products"]["product"]
    assert (products["totalresults"], products["startnumber"], products["numreturned"]) == ("1", 0, 1)
    assert {type(service[name]) for name in ("id", "clientid", "orderid", "pid", "qty")} == {str}
    details = (await portal("GetClientsDetails", clientid=client))["client"]
    kinds = {type(details[name]) for name in ("id", "client_id", "userid", "owner_user_id")}
    assert kinds == {int, str}, "within one body"
    assert isinstance(added["orderid"], int)
    whmcs.quirks.numbers_as_text = False
    told = await portal("GetClientsProducts", clientid=client)
    assert (told["totalresults"], told["products"]["product"][0]["id"]) == (1, int(service["id"]))


@pytest.mark.parametrize("empty", list(Empty))
async def test_an_empty_list_is_told_in_one_of_three_ways(portal: Caller, whmcs: Served, empty: Empty) -> None:
    whmcs.quirks.empty = empty
    client = await portal.add_client()
    told: list[Any] = [
        (await portal("GetClientsProducts", clientid=client)).get("products"),
        (await portal("GetOrders", userid=client)).get("orders"),
        (await portal("GetInvoices", userid=client)).get("invoices"),
        (await portal("GetPayMethods", clientid=client)).get("paymethods"),
        (await portal("GetCancelledPackages")).get("packages"),
    ]
    kinds = {"text" if one == "" else "missing" if one is None else "list" for one in told}
    assert kinds == ({"text", "missing", "list"} if empty is Empty.MIXED else {empty.value})


async def test_a_list_of_one_may_be_that_one(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    await portal.add_order(client)
    whmcs.quirks.single_as_object = True
    assert (await portal("GetClientsProducts", clientid=client))["products"]["product"]["name"]


async def test_a_date_that_is_none_is_zero_or_nothing(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    await portal.add_order(client, "113")
    for zero, day, instant in ((True, "0000-00-00", "0000-00-00 00:00:00"), (False, "", "")):
        whmcs.quirks.zero_dates = zero
        assert (await portal("GetClientsProducts"))["products"]["product"][0]["nextduedate"] == day
        assert (await portal("GetInvoices"))["invoices"]["invoice"][0]["datepaid"] == instant


async def test_dates_and_instants_bear_no_zone_and_are_of_japan(portal: Caller, world: World) -> None:
    client = await portal.add_client()
    await portal.add_order(client)
    (order,) = (await portal("GetOrders"))["orders"]["order"]
    assert order["date"] == "2026-01-20 " + order["date"][-8:]
    stored = world.records.find("billing_order")[0]["date"]
    assert (int(order["date"][11:13]) - stored.hour) % 24 == 9


async def test_deprecated_duplicates_can_be_gone(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    whmcs.quirks.duplicates = False
    told = await portal("GetClientsDetails", clientid=client)
    assert "firstname" not in told
    assert "customfields1" not in told["client"]
    assert "productids" not in await portal.add_order(client)


async def test_dates_that_no_document_names_are_told_only_on_demand(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    await portal.add_order(client)

    async def told() -> tuple[str | None, str | None]:
        details = (await portal("GetClientsDetails", clientid=client))["client"]
        (service,) = (await portal("GetClientsProducts", clientid=client))["products"]["product"]
        return details.get("datecreated"), service.get("terminationdate")

    assert await told() == (None, None)
    whmcs.quirks.more_dates = True
    assert await told() == ("2026-01-20", "0000-00-00")


async def test_a_page_has_25_rows_unless_asked(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    for _ in range(3):
        await portal.add_order(client, *["101"] * 10)
    first = await portal("GetClientsProducts", clientid=client)
    assert (first["totalresults"], first["numreturned"], len(first["products"]["product"])) == ("30", 25, 25)
    rest = await portal("GetClientsProducts", clientid=client, limitstart=25, limitnum=25)
    assert (rest["startnumber"], rest["numreturned"]) == (25, 5)
    assert (await portal("GetClientsProducts", clientid=client, limitstart=30))["numreturned"] == 0
    assert (await portal("GetClientsProducts", clientid=client, limitnum=100))["numreturned"] == 30
    whmcs.quirks.most_rows = 2
    for action in ("GetOrders", "GetInvoices"):
        page = await portal(action)
        assert (int(page["totalresults"]), page["numreturned"]) == (3, 2)


async def test_an_error_may_be_told_in_other_words(portal: Caller, whmcs: Served) -> None:
    whmcs.quirks.status_for_result = True
    assert (await portal.post("GetInvoice", invoiceid="9")).json() == {
        "status": "error",
        "message": "Invoice ID Not Found",
    }
    whmcs.quirks.bare_warning = True
    assert (await portal.post("GetInvoice", invoiceid="9")).json() == {"warning": "Invoice ID Not Found"}


async def test_a_page_may_have_an_end_of_its_own(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    await portal.add_order(client, *["101"] * 5)
    whmcs.quirks.longest_page = 2
    page = await portal("GetClientsProducts", limitnum=100)
    assert (page["totalresults"], page["numreturned"]) == ("5", 2)


async def test_a_field_for_administrators_may_not_be_taken(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    (product,) = (await portal("GetProducts", pid="101"))["products"]["product"]
    mark = {"customfields[0]": serialised({int(product["customfields"]["customfield"][0]["id"]): "801A"})}
    whmcs.quirks.custom_fields_by_admins = False
    await portal.add_order(client, **mark)
    whmcs.quirks.custom_fields_by_admins = True
    await portal.add_order(client, **mark)
    services = (await portal("GetClientsProducts", clientid=client))["products"]["product"]
    assert [service["customfields"]["customfield"][0]["value"] for service in services] == ["", "801A"]


async def test_other_types_than_json_are_answered(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client(companyname=NAME)
    await portal.add_order(client, "101", "113")
    answer = await portal.post("GetClientsProducts", responsetype="xml")
    assert answer.headers["content-type"] == "application/xml"
    names = [product.findtext("name") for product in ElementTree.fromstring(answer.content).iter("product")]
    assert names == ["Internet Home 1G Silver", "Installation, paid at once"]
    flat = await portal.post("GetInvoice", responsetype="", invoiceid="9")
    assert flat.text == "result=error;message=Invoice ID Not Found;"
    whmcs.switches.switch(WireFault.BAD_BYTES, "GetClientsProducts", times=2)
    assert await portal.refused("GetClientsProducts")
    again = await portal.post("GetClientsProducts", responsetype="xml")
    assert ElementTree.fromstring(again.content).findtext("result") == "success"
