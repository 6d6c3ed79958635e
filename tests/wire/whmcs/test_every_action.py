"""Every action that the contract names is there and answers."""

from typing import Any

import pytest

from adapters.fakes.wire.whmcs.calls import OFFERED
from adapters.fakes.wire.whmcs.server import Served
from tests.wire.whmcs.conftest import MINA, Caller, serialised

ACTIONS = """
    AddClient UpdateClient GetClients GetClientsDetails DeleteClient CloseClient ValidateLogin GetPayMethods
    AddPayMethod DeletePayMethod CreateSsoToken GetProducts GetPaymentMethods GetCurrencies AddOrder AcceptOrder
    PendingOrder CancelOrder FraudOrder DeleteOrder GetOrders GetClientsProducts UpdateClientProduct ModuleCreate
    ModuleSuspend ModuleUnsuspend ModuleTerminate ModuleChangePackage UpgradeProduct AddCancelRequest
    GetCancelledPackages GetInvoices GetInvoice AddInvoicePayment AddTransaction CapturePayment SendEmail OpenTicket
    WhmcsDetails GetHealthStatus GetModuleQueue CreateInvoice UpdateInvoice
"""


def test_the_contract_s_actions_are_offered() -> None:
    assert {action.name for action in OFFERED.values()} == set(ACTIONS.split())


# --- clients --------------------------------------------------------------------------------------------------------
async def test_a_client_is_added_with_the_customer_number(portal: Caller, whmcs: Served) -> None:
    field = whmcs.fields.customer_number
    client = await portal.add_client(customfields=serialised({field: "P1000001"}), noemail="1", marketingoptin="1")
    told = await portal("GetClientsDetails", clientid=client)
    details = told["client"]
    assert int(details["id"]) == int(details["client_id"]) == int(details["userid"]) == int(client)
    assert details["customfields"] == [{"id": str(field), "value": "P1000001"}]
    assert (details["city"], details["phonenumber"], details["status"]) == ("渋谷区", "+81.9012345678", "Active")
    assert details["isOptedInToMarketingEmails"] is True
    assert details["users"]["user"][0]["email"] == "mina@example.com"
    assert told["firstname"] == details["firstname"], "the deprecated duplicate"
    assert (await portal("GetClientsDetails", email="MINA@example.com"))["client"] == details


async def test_a_client_of_a_user_there_is_needs_no_password(portal: Caller) -> None:
    mina = await portal.add_client()
    second = {name: value for name, value in MINA.items() if name != "password2"} | {"email": "kobo@example.com"}
    assert await portal.refused("AddClient", **second) == "You did not enter your password"
    assert await portal.refused("AddClient", **second, owner_user_id="999") == "Invalid user_id"
    taken = second | {"email": "mina@example.com"}
    assert await portal.refused("AddClient", **taken, owner_user_id=mina) == (
        "A user already exists with that email address"
    )
    added = await portal("AddClient", **second, owner_user_id=mina)
    assert str(added["owner_id"]) == mina
    assert await portal.refused("CreateSsoToken", user_id=added["clientid"]) == "Invalid user_id"
    details = (await portal("GetClientsDetails", clientid=added["clientid"]))["client"]
    assert (str(details["owner_user_id"]), details["email"]) == (mina, "kobo@example.com")
    assert [user["email"] for user in details["users"]["user"]] == ["mina@example.com"]
    assert await portal.refused(
        "AddClient", **(second | {"email": "x@example.com"}), owner_user_id=added["clientid"]
    ) == ("Invalid user_id")


async def test_a_client_is_changed_and_a_field_posted_empty_is_blank(portal: Caller) -> None:
    client = await portal.add_client(companyname="Kobo")
    assert (await portal("UpdateClient", clientid=client, companyname="", city="港区"))["clientid"] == client
    details = (await portal("GetClientsDetails", clientid=client))["client"]
    assert (details["companyname"], details["city"], details["firstname"]) == ("", "港区", "Mina")
    await portal("UpdateClient", clientemail="mina@example.com", marketingoptin="false")
    told = (await portal("GetClientsDetails", clientid=client))["client"]
    assert told["isOptedInToMarketingEmails"] is True, "in PHP the text false is true"


async def test_clients_are_searched_by_how_they_begin(portal: Caller) -> None:
    mina = await portal.add_client(companyname="Kobo")
    await portal.add_client(email="ken@example.com", firstname="Ken", lastname="Mori")
    for search in ("mina@", "Min", "SATO", "mina sa", "kobo"):
        found = (await portal("GetClients", search=search))["clients"]["client"]
        assert [str(each["id"]) for each in found] == [mina], search
    assert found[0]["datecreated"] == "2026-01-20"
    assert "customfields" not in found[0]
    assert (await portal("GetClients", search="ina"))["numreturned"] == 0
    backwards = await portal("GetClients", sorting="DESC", orderby="firstname")
    assert [each["firstname"] for each in backwards["clients"]["client"]] == ["Mina", "Ken"]


async def test_closing_ends_what_the_client_has(portal: Caller, staff: Caller) -> None:
    client = await portal.add_client()
    running = await portal.add_order(client)
    await portal("AcceptOrder", orderid=running["orderid"], autosetup="1")
    await portal.add_order(client)
    await staff("CloseClient", clientid=client)
    services = (await portal("GetClientsProducts", clientid=client))["products"]["product"]
    assert [service["status"] for service in services] == ["Terminated", "Cancelled"]
    invoices = (await portal("GetInvoices", userid=client))["invoices"]["invoice"]
    assert {invoice["status"] for invoice in invoices} == {"Cancelled"}
    assert await portal.refused("CreateSsoToken", client_id=client, destination="clientarea:invoices") == (
        f"SSO authentication blocked for client {client}"
    )


async def test_deleting_leaves_nothing(portal: Caller, staff: Caller) -> None:
    client = await portal.add_client()
    await portal.add_order(client)
    await staff("DeleteClient", clientid=client, deleteusers="1")
    assert await portal.refused("GetClientsDetails", clientid=client) == "Client Not Found"
    assert (await portal("GetOrders"))["numreturned"] == 0
    assert await staff.refused("DeleteClient", clientid=client) == "Client ID Not Found"


async def test_a_login_is_checked(portal: Caller, staff: Caller) -> None:
    client = await portal.add_client(password2="a long password")
    told = await staff("ValidateLogin", email="mina@example.com", password2="a long password")
    assert (str(told["userid"]), told["twoFactorEnabled"]) == (client, "false")
    assert await staff.refused("ValidateLogin", email="mina@example.com", password2="x") == "Email or Password Invalid"


# --- pay methods and single sign-on ----------------------------------------------------------------------------
async def test_pay_methods_tell_no_more_than_four_digits(portal: Caller, staff: Caller) -> None:
    client = await portal.add_client()
    card = {"card_number": "4242424242424242", "card_expiry": "1230", "gateway_module_name": "stripe"}
    added = await staff("AddPayMethod", clientid=client, type="RemoteCreditCard", **card)
    (method,) = (await portal("GetPayMethods", clientid=client))["paymethods"]
    assert (method["card_last_four"], method["expiry_date"], method["type"]) == ("4242", "12/30", "RemoteCreditCard")
    assert "remote_token" in method
    assert "424242" not in str(method)
    assert (await portal("GetPayMethods", clientid=client, type="BankAccount")).get("paymethods") in (None, "", [])
    other = await portal.add_client(email="ken@example.com")
    theirs = {"clientid": other, "paymethodid": added["paymethodid"]}
    assert await staff.refused("DeletePayMethod", **theirs) == "Invalid Pay Method ID"
    await staff("DeletePayMethod", clientid=client, paymethodid=added["paymethodid"])
    assert (await portal("GetPayMethods", clientid=client)).get("paymethods") in (None, "", [])
    assert await portal.refused("GetPayMethods", clientid="999") == "Client Not Found"
    assert await staff.refused("AddPayMethod", clientid="999", **card) == "Invalid Client ID"


@pytest.mark.parametrize(
    ("number", "expiry"),
    [("4242424242424242", "9930"), ("4242424242424242", "0030"), ("4242424242424242", "１２30"),
     ("４２４２424242424242", "1230"), ("4242", "1230"), ("4242424242424242", "12/30")],
)  # fmt: skip
async def test_a_card_that_is_none_is_no_pay_method(portal: Caller, staff: Caller, number: str, expiry: str) -> None:
    card = {"clientid": await portal.add_client(), "card_number": number, "card_expiry": expiry}
    assert await staff.refused("AddPayMethod", **card) == "Card number and expiry date are required"


async def test_a_sign_on_token_leads_to_this_installation(portal: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    made = await portal("CreateSsoToken", client_id=client, destination="clientarea:billing_info")
    assert made["redirect_url"] == f"{whmcs.url}oauth/singlesignon.php?access_token={made['access_token']}"
    assert await portal.refused("CreateSsoToken", client_id="999", destination="clientarea:invoices") == (
        "Invalid client_id"
    )
    assert await portal.refused("CreateSsoToken", user_id="999") == "Invalid user_id"
    for destination in ("clientarea:payment_methods", "https://elsewhere.example", "sso:custom_redirect"):
        assert await portal.refused("CreateSsoToken", client_id=client, destination=destination) == (
            "Invalid destination"
        )


# --- the installation -----------------------------------------------------------------------------------------------
async def test_products_are_priced_by_currency(portal: Caller, whmcs: Served) -> None:
    plan, fee = (await portal("GetProducts", pid="101, 113"))["products"]["product"]
    assert (str(plan["pid"]), plan["paytype"], plan["module"]) == ("101", "recurring", "autorelease")
    assert (plan["pricing"]["JPY"]["monthly"], plan["pricing"]["JPY"]["annually"]) == ("5500.00", "-1.00")
    assert plan["pricing"]["JPY"]["msetupfee"] == "0.00"
    assert (fee["paytype"], fee["module"], fee["pricing"]["JPY"]["monthly"]) == ("onetime", "", "22800.00")
    ids = [each["customfields"]["customfield"][0]["id"] for each in (plan, fee)]
    assert ids[0] != ids[1], "a product's fields are its own"
    everything = await portal("GetProducts")
    assert int(everything["totalresults"]) == len(everything["products"]["product"]) > 25, "it knows no pages"


async def test_gateways_currencies_and_health(portal: Caller) -> None:
    methods = (await portal("GetPaymentMethods"))["paymentmethods"]["paymentmethod"]
    assert [method["module"] for method in methods] == ["stripe", "banktransfer"]
    (yen,) = (await portal("GetCurrencies"))["currencies"]["currency"]
    assert (yen["code"], yen["rate"]) == ("JPY", "1.00000")
    assert "version" in (await portal("WhmcsDetails"))["whmcs"]
    assert await portal("GetHealthStatus") == {"result": "success"}
    assert (await portal("GetModuleQueue"))["count"] in (0, "0")


async def test_mails_and_tickets_are_sent_as_often_as_asked(portal: Caller, staff: Caller, whmcs: Served) -> None:
    client = await portal.add_client()
    for _ in range(2):
        await staff("SendEmail", messagename="Client Signup Email", id=client)
        await staff("OpenTicket", deptid="1", clientid=client, subject="Hello", message="There")
    assert (len(whmcs.office.sent), len(whmcs.office.tickets)) == (2, 2)
    assert (await staff.refused("SendEmail", messagename="x", id="999")).startswith("Sending Failed")
    assert await staff.refused("OpenTicket", deptid="1", subject="a", message="b", clientid="9") == (
        "Client ID Not Found"
    )


@pytest.mark.parametrize("spelling", ["getclients", "GETCLIENTS", "GetClients", "getClients"])
async def test_an_action_is_found_however_it_is_spelt(portal: Caller, spelling: str) -> None:
    told: dict[str, Any] = await portal(spelling)
    assert told["numreturned"] == 0
