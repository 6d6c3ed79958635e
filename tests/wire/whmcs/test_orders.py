"""Orders and services: what each action makes of them, and that nothing is ever recognised as a repetition."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.fakes.wire.whmcs.server import Served
from adapters.fakes.wire.whmcs.switches import WireFault
from adapters.fakes.world import World
from tests.wire.whmcs.conftest import FEE, PLAN, Caller, serialised

NOT_PENDING = "Order ID not found or Status not Pending"


@pytest.fixture
async def client(portal: Caller) -> str:
    return await portal.add_client()


async def services_of(caller: Caller, client: str) -> list[dict[str, Any]]:
    told = await caller("GetClientsProducts", clientid=client)
    return list(told["products"]["product"]) if told["numreturned"] else []


async def order_of(caller: Caller, order: Any) -> dict[str, Any]:
    (found,) = (await caller("GetOrders", id=order))["orders"]["order"]
    return dict(found)


async def crm_order_field(caller: Caller, pid: str) -> int:
    (product,) = (await caller("GetProducts", pid=pid))["products"]["product"]
    return int(product["customfields"]["customfield"][0]["id"])


async def test_an_order_bears_its_mark_on_every_service(portal: Caller, client: str) -> None:
    fields = {
        f"customfields[{place}]": serialised({await crm_order_field(portal, pid): "801A"})
        for place, pid in enumerate((PLAN, FEE))
    }
    added = await portal.add_order(client, PLAN, FEE, **fields, **{"domain[0]": "801A", "domain[1]": ""})
    services = await services_of(portal, client)
    assert added["serviceids"] == ",".join(service["id"] for service in services)
    assert added["productids"] == added["serviceids"], "the name it had before"
    assert [service["status"] for service in services] == ["Pending", "Pending"]
    assert [service["domain"] for service in services] == ["801A", ""]
    assert [service["customfields"]["customfield"][0]["value"] for service in services] == ["801A", "801A"]
    assert [service["billingcycle"] for service in services] == ["Monthly", "One-Time"]
    by_domain = await portal("GetClientsProducts", clientid=client, domain="801A")
    assert by_domain["numreturned"] == 1


async def test_a_mark_serialised_wrongly_is_lost_without_a_word(portal: Caller, client: str) -> None:
    field = await crm_order_field(portal, PLAN)
    right = serialised({field: "801A"})
    for wrong in ("801A", right[:-6], serialised({field + 1: "801A"}), 'a:1:{i:1;s:4:"801A";}'):
        added = await portal.add_order(client, **{"customfields[0]": wrong})
        (service,) = (await portal("GetClientsProducts", serviceid=added["serviceids"]))["products"]["product"]
        assert service["customfields"]["customfield"][0]["value"] == "", wrong


async def test_the_same_order_twice_is_two_even_at_once(portal: Caller, client: str) -> None:
    fields = {"domain[0]": "801A"}
    added = await asyncio.gather(*(portal.add_order(client, **fields) for _ in range(5)))
    assert len({order["orderid"] for order in added}) == 5
    assert len(await services_of(portal, client)) == 5


async def test_arrays_line_up_and_an_empty_text_holds_a_place(portal: Caller, client: str) -> None:
    prices = {"priceoverride[0]": "", "priceoverride[1]": "100.00"}
    added = await portal.add_order(client, PLAN, FEE, **prices)
    amounts = [service["firstpaymentamount"] for service in await services_of(portal, client)]
    assert amounts == ["5500.00", "100.00"]
    order = await order_of(portal, added["orderid"])
    assert (order["amount"], order["status"], order["paymentstatus"]) == ("5600.00", "Pending", "Unpaid")
    assert int(order["ordernum"]) > 2**31
    lines = order["lineitems"]["lineitem"]
    assert ",".join(str(line["relid"]) for line in lines) == added["serviceids"]
    assert lines[0]["amount"] == "¥5500.00 JPY"


async def test_accepting_starts_what_is_set_up(portal: Caller, client: str) -> None:
    added = await portal.add_order(client, PLAN, FEE)
    await portal("AcceptOrder", orderid=added["orderid"])
    assert [each["status"] for each in await services_of(portal, client)] == ["Pending", "Active"]
    assert (await order_of(portal, added["orderid"]))["status"] == "Active"
    plan = added["serviceids"].split(",")[0]
    await portal("ModuleCreate", serviceid=plan)
    assert [each["status"] for each in await services_of(portal, client)] == ["Active", "Active"]
    assert await portal.refused("AcceptOrder", orderid=added["orderid"]) == NOT_PENDING


@pytest.mark.parametrize("tells", [True, False])
async def test_a_module_that_fails_leaves_an_active_order_and_a_pending_service(
    portal: Caller, client: str, whmcs: Served, tells: bool
) -> None:
    whmcs.quirks.accept_tells_failure = tells
    whmcs.switches.switch(WireFault.MODULE_FAILS, "AcceptOrder", times=1)
    added = await portal.add_order(client)
    answer = await portal.post("AcceptOrder", orderid=added["orderid"], autosetup="1")
    assert (answer.status_code, answer.json()["result"]) == (200, "error" if tells else "success")
    assert (await order_of(portal, added["orderid"]))["status"] == "Active"
    (service,) = await services_of(portal, client)
    assert service["status"] == "Pending"
    (waiting,) = (await portal("GetModuleQueue", relatedId=service["id"]))["queue"]
    assert (waiting["moduleAction"], waiting["completed"]) == ("CreateAccount", False)
    await portal("ModuleCreate", serviceid=service["id"])
    assert [each["status"] for each in await services_of(portal, client)] == ["Active"]


async def test_an_order_goes_away_in_two_steps(portal: Caller, client: str) -> None:
    added = await portal.add_order(client)
    order = added["orderid"]
    assert await portal.refused("DeleteOrder", orderid=order) == (
        "The order status must be in Cancelled or Fraud to be deleted"
    )
    await portal("CancelOrder", orderid=order, noemail="1")
    assert [each["status"] for each in await services_of(portal, client)] == ["Cancelled"]
    assert (await portal("GetInvoice", invoiceid=added["invoiceid"]))["status"] == "Cancelled"
    assert await portal.refused("CancelOrder", orderid=order) == NOT_PENDING
    await portal("DeleteOrder", orderid=order)
    assert await services_of(portal, client) == []
    assert (await portal("GetOrders", userid=client))["numreturned"] == 0
    assert await portal.refused("DeleteOrder", orderid=order) == "Order ID Not Found"
    assert await portal.refused("GetInvoice", invoiceid=added["invoiceid"]) == "Invoice ID Not Found"


async def test_an_order_is_turned_back_or_marked_as_fraud(portal: Caller, staff: Caller, client: str) -> None:
    added = await portal.add_order(client)
    await portal("AcceptOrder", orderid=added["orderid"], autosetup="1")
    await portal("PendingOrder", orderid=added["orderid"])
    assert [each["status"] for each in await services_of(portal, client)] == ["Pending"]
    await staff("FraudOrder", orderid=added["orderid"])
    assert (await order_of(portal, added["orderid"]))["status"] == "Fraud"
    assert (await portal("GetInvoice", invoiceid=added["invoiceid"]))["status"] == "Cancelled"
    await staff("DeleteOrder", orderid=added["orderid"])
    assert await staff.refused("PendingOrder", orderid=added["orderid"]) == "Order ID Not Found"


async def test_no_invoice_is_made_where_none_is_wanted(portal: Caller, client: str) -> None:
    added = await portal.add_order(client, noinvoice="1")
    assert added["invoiceid"] in (0, "0")
    assert (await portal("GetInvoices", userid=client))["numreturned"] == 0


async def test_orders_that_cannot_be_are_refused_in_whmcs_s_words(
    portal: Caller, staff: Caller, client: str, world: World
) -> None:
    order = {"clientid": client, "paymentmethod": "stripe", "pid[0]": PLAN, "billingcycle[0]": "monthly"}
    refused = portal.refused
    assert await refused("AddOrder", **(order | {"clientid": "999"})) == "Client ID Not Found"
    assert await refused("AddOrder", **(order | {"paymentmethod": "cash"})) == (
        "Invalid Payment Method. Valid options include stripe, banktransfer"
    )
    assert await refused("AddOrder", clientid=client, paymentmethod="stripe") == (
        "No items added to cart so order cannot proceed"
    )
    assert await refused("AddOrder", **(order | {"pid[0]": "999"})) == "No items added to cart so order cannot proceed"
    assert await refused("AddOrder", clientid=client, paymentmethod="stripe", pid=PLAN) == (
        "Expecting parameter 'pid' to be an array"
    )
    assert await refused("AddOrder", **(order | {"billingcycle[0]": "annually"})) == "Invalid Billing Cycle Requested"
    product = world.records.one("billing_product", pid=PLAN)
    assert product is not None
    world.records.update("billing_product", product["id"], {"needs_crm_order": True}, by="staff")
    assert (await refused("AddOrder", **order)).startswith("You did not provide required custom field value for")
    await staff("CloseClient", clientid=client)
    assert await refused("AddOrder", **order) == "Unable to add order when client status is Closed"
    assert world.records.find("billing_order") == []


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        *(("priceoverride[0]", value, "Invalid Price Override") for value in ("word", "-1", "0.5", "1_0", "nan")),
        *(("qty[0]", value, "Invalid Quantity") for value in ("3", "0", "-1", "word")),
        *((name, "7", "Addon ID invalid") for name in ("addons[0]", "addonid", "addonids[0]")),
        ("configoptions[0]", serialised({7: 1}), "Invalid Configurable Option"),
    ],
)
async def test_what_no_product_is_sold_with_is_refused(
    portal: Caller, client: str, world: World, name: str, value: str, text: str
) -> None:
    order = {"clientid": client, "paymentmethod": "stripe", "pid[0]": PLAN, "billingcycle[0]": "monthly"}
    assert await portal.refused("AddOrder", **order, **{name: value}) == text
    assert world.records.find("billing_order") == []


async def test_one_of_a_product_without_extras_is_ordered(portal: Caller, client: str) -> None:
    extras = {"qty[0]": "1", "addons[0]": "", "configoptions[0]": "no array", "priceoverride[0]": "0"}
    await portal.add_order(client, **extras)
    (service,) = await services_of(portal, client)
    assert service["firstpaymentamount"] == "0.00"


async def test_services_are_found_by_their_user_name(portal: Caller, client: str) -> None:
    first, second = [(await portal.add_order(client))["serviceids"] for _ in range(2)]
    await portal("UpdateClientProduct", serviceid=second, serviceusername="mina")
    told = await portal("GetClientsProducts", clientid=client, username2="mina")
    assert [service["id"] for service in told["products"]["product"]] == [second]
    assert (told["username2"], told["totalresults"]) == ("mina", "1")
    assert (await portal("GetClientsProducts", username2="nobody"))["numreturned"] == 0
    assert (await portal("GetClientsProducts", serviceid=first))["username2"] is None


# --- services ------------------------------------------------------------------------------------------------------
async def test_a_service_is_switched_by_its_module(portal: Caller, staff: Caller, client: str) -> None:
    added = await portal.add_order(client, PLAN, FEE)
    await portal("AcceptOrder", orderid=added["orderid"], autosetup="1")
    plan, fee = added["serviceids"].split(",")
    await staff("ModuleSuspend", serviceid=plan, suspendreason="Overdue")
    assert (await services_of(portal, client))[0]["suspensionreason"] == "Overdue"
    await staff("ModuleUnsuspend", serviceid=plan)
    await staff("ModuleChangePackage", serviceid=plan)
    assert (await services_of(portal, client))[0]["status"] == "Active"
    await portal("ModuleTerminate", serviceid=plan)
    assert (await services_of(portal, client))[0]["status"] == "Terminated"
    assert await portal.refused("ModuleTerminate", serviceid=fee) == "Service not assigned to a module"
    assert await portal.refused("ModuleTerminate", serviceid="999") == "Service ID not found"
    assert await portal.refused("ModuleTerminate") == "Service ID is required"


async def test_a_record_is_changed_and_nothing_happens_by_it(portal: Caller, client: str) -> None:
    service = (await portal.add_order(client))["serviceids"]
    field = await crm_order_field(portal, PLAN)
    marks = serialised({field: "801B"})
    changed = await portal(
        "UpdateClientProduct", serviceid=service, status="Completed", domain="801B", customfields=marks,
        nextduedate="2026-03-01", recurringamount="4980.00", notes="by hand",
    )  # fmt: skip
    assert changed["serviceid"] == service
    (told,) = await services_of(portal, client)
    assert (told["status"], told["domain"], told["nextduedate"]) == ("Completed", "801B", "2026-03-01")
    assert (told["recurringamount"], told["notes"]) == ("4980.00", "by hand")
    assert told["customfields"]["customfield"][0]["value"] == "801B"
    for gone in ({"unset[0]": "nextduedate"}, {"nextduedate": "0000-00-00"}):
        await portal("UpdateClientProduct", serviceid=service, nextduedate="2026-03-01")
        await portal("UpdateClientProduct", serviceid=service, **gone)
        assert (await services_of(portal, client))[0]["nextduedate"] == "0000-00-00"
    assert await portal.refused("UpdateClientProduct", serviceid="999") == "Service ID Not Found"


async def test_a_service_of_another_client_is_told_unless_the_client_is_named(portal: Caller, client: str) -> None:
    other = await portal.add_client(email="ken@example.com")
    service = (await portal.add_order(other))["serviceids"]
    assert (await portal("GetClientsProducts", serviceid=service))["numreturned"] == 1
    assert (await portal("GetClientsProducts", serviceid=service, clientid=client))["numreturned"] == 0


async def test_a_request_for_the_end_is_heeded_by_the_daily_run(portal: Caller, client: str, world: World) -> None:
    added = await portal.add_order(client)
    await portal("AcceptOrder", orderid=added["orderid"], autosetup="1")
    service = added["serviceids"]
    told = await portal("AddCancelRequest", serviceid=service, type="Immediate", reason="Moving")
    assert (told["serviceid"], told["userid"]) == (service, client)
    assert await portal.refused("AddCancelRequest", serviceid=service) == "Existing Cancellation Request Exists"
    assert await portal.refused("AddCancelRequest", serviceid="999") == "Service ID Not Found"
    assert [each["status"] for each in await services_of(portal, client)] == ["Active"]
    (waiting,) = (await portal("GetCancelledPackages"))["packages"]["package"]
    assert (str(waiting["relid"]), waiting["type"], waiting["reason"]) == (service, "Immediate", "Moving")
    world.clock.set(world.clock.now() + timedelta(days=1))
    assert [each["status"] for each in await services_of(portal, client)] == ["Cancelled"]


async def test_another_product_is_priced_and_comes_once_it_is_paid(portal: Caller, staff: Caller, client: str) -> None:
    added = await portal.add_order(client)
    await portal("AcceptOrder", orderid=added["orderid"], autosetup="1")
    service = added["serviceids"]
    await portal("UpdateClientProduct", serviceid=service, nextduedate="2026-02-19")
    wanted = {"serviceid": service, "paymentmethod": "stripe", "type": "product", "newproductid": "102"}
    wanted |= {"newproductbillingcycle": "monthly"}
    asked = await portal("UpgradeProduct", **wanted, calconly="1")
    assert (asked["price"], "orderid" in asked, asked["upgradeinprogress"]) == ("¥500.00 JPY", False, 0)
    bought = await portal("UpgradeProduct", **wanted)
    assert await portal.refused("UpgradeProduct", **wanted) == (
        "Unable to continue. Previous upgrade invoice for service is still unpaid."
    )
    assert [each["pid"] for each in await services_of(portal, client)] == [PLAN]
    await staff("AddInvoicePayment", invoiceid=bought["invoiceid"], transid="t-1", gateway="stripe")
    (told,) = await services_of(portal, client)
    assert (told["pid"], told["recurringamount"]) == ("102", "6000.00")
    wanted["newproductbillingcycle"] = "annually"
    assert await portal.refused("UpgradeProduct", **wanted) == "Invalid Billing Cycle Requested"
