"""WHMCS's actions refuse what WHMCS refuses, in its words, and never look whether something was done already."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.whmcs.acting import API_ROLE
from adapters.fakes.whmcs.actions import ACTIONS, WhmcsActions
from adapters.fakes.whmcs.sayings import ActionRefused
from adapters.fakes.world import World
from tests.contracts.billing_fixtures import PLAN, added, running

FIELDS = {
    "firstname": "Mina",
    "lastname": "Sato",
    "email": "mina@example.com",
    "address1": "Jingumae 1-2-3",
    "city": "Shibuya-ku",
    "state": "Tokyo",
    "postcode": "150-0001",
    "country": "JP",
    "phonenumber": "+81.9012345678",
    "password2": "not to be known",
}


@pytest.fixture
def portal(world: World) -> WhmcsActions:
    return WhmcsActions(world)


@pytest.fixture
def staff(world: World) -> WhmcsActions:
    return WhmcsActions(world, "staff")


def an_order(portal: WhmcsActions, client: str, **changed: Any) -> Any:
    asked = {"paymentmethod": "stripe", "pid": ["101", "113"], "billingcycle": ["monthly", "onetime"]}
    return portal.add_order(client, **(asked | changed))


def refused(call: Callable[[], Any]) -> ActionRefused:
    with pytest.raises(ActionRefused) as raised:
        call()
    return raised.value


@pytest.mark.parametrize("left_out", FIELDS)
def test_add_client_asks_for_each_field(portal: WhmcsActions, left_out: str) -> None:
    said = refused(lambda: portal.add_client(FIELDS | {left_out: " "}))
    assert (said.code, said.fields) == ("validation", (left_out,))
    assert said.text.startswith("You did not enter your ")
    assert portal.records.find("client") == []


def test_skipping_validation_waives_all_but_address_and_password(portal: WhmcsActions) -> None:
    for needed in ("email", "password2"):
        said = refused(lambda needed=needed: portal.add_client(FIELDS | {needed: ""}, skipvalidation=True))
        assert said.fields == (needed,)
    assert portal.add_client({"email": "bare@example.com", "password2": "x"}, skipvalidation=True) == "1"


WRONGLY_ENTERED = [
    ("email", "mina at example", "validation", "The email address you entered was not valid"),
    ("email", "a@barred.example", "conflict", "The email address entered is not available for use."),
    ("email", "a@BARRED.example", "conflict", "The email address entered is not available for use."),
    ("country", "Japan", "validation", "Valid country required"),
    ("country", "jp", "validation", "Valid country required"),
]


@pytest.mark.parametrize(("field", "value", "code", "text"), WRONGLY_ENTERED)
def test_add_client_checks_what_is_entered(portal: WhmcsActions, field: str, value: str, code: str, text: str) -> None:
    said = refused(lambda: portal.add_client(FIELDS | {field: value}))
    assert (said.code, said.text, said.fields) == (code, text, (field,))
    assert portal.records.find("client") == []


@pytest.mark.parametrize(
    ("field", "value", "code", "text"),
    [
        *WRONGLY_ENTERED,
        ("email", "", "validation", "The email address you entered was not valid"),
        ("country", "", "validation", "Valid country required"),
        ("country", None, "validation", "Valid country required"),
    ],
)
def test_update_client_checks_what_is_entered(
    portal: WhmcsActions, field: str, value: str | None, code: str, text: str
) -> None:
    client = portal.add_client(FIELDS)
    before = portal.records.get("client", client)
    said = refused(lambda: portal.update_client(client, {"city": "Osaka", field: value}))
    assert (said.code, said.text, said.fields) == (code, text, (field,))
    assert portal.records.get("client", client) == before


def test_two_users_cannot_have_one_address(portal: WhmcsActions) -> None:
    portal.add_client(FIELDS)
    said = refused(lambda: portal.add_client(FIELDS | {"email": "MINA@example.com"}))
    assert (said.code, said.text) == ("conflict", "A user already exists with that email address")


def test_update_client_has_its_own_words_for_a_duplicate(portal: WhmcsActions) -> None:
    portal.add_client(FIELDS)
    ken = portal.add_client(FIELDS | {"email": "ken@example.com"})
    said = refused(lambda: portal.update_client(ken, {"email": "mina@example.com"}))
    assert (said.code, said.text) == ("conflict", "Duplicate Email Address")
    portal.update_client(ken, {"email": "ken@example.com", "city": "Osaka"})


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda w: w.get_clients_details(clientid="9"), "Client Not Found"),
        (lambda w: w.get_clients_details(), "Client Not Found"),
        (lambda w: w.get_pay_methods("9"), "Client Not Found"),
        (lambda w: w.update_client("9", {}), "Client ID Not Found"),
        (lambda w: an_order(w, "9"), "Client ID Not Found"),
        (lambda w: w.create_sso_token("9", "clientarea:services"), "Invalid client_id"),
        (lambda w: w.delete_order("9"), "Order ID Not Found"),
        (lambda w: w.module_terminate("9"), "Service ID not found"),
        (lambda w: w.update_client_product("9", {}), "Service ID not found"),
        (lambda w: w.get_invoice("9"), "Invoice ID Not Found"),
    ],
)
def test_what_is_not_there_is_not_found(portal: WhmcsActions, call: Callable[[WhmcsActions], Any], text: str) -> None:
    said = refused(lambda: call(portal))
    assert (said.code, said.text) == ("not_found", text)
    assert list(portal.world.ledger.entries) == []


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda w: w.close_client("9"), "Client ID Not Found"),
        (lambda w: w.create_invoice("9", [("Fee", 1_000)], duedate=w.today), "Client ID Not Found"),
        (lambda w: w.module_suspend("9"), "Service ID not found"),
        (lambda w: w.module_unsuspend("9"), "Service ID not found"),
    ],
)
def test_what_is_not_there_is_not_found_by_staff(
    staff: WhmcsActions, call: Callable[[WhmcsActions], Any], text: str
) -> None:
    said = refused(lambda: call(staff))
    assert (said.code, said.text) == ("not_found", text)
    assert list(staff.world.ledger.entries) == []


async def test_twice_means_two_orders_with_two_services_each(bound: WorldBindings, portal: WhmcsActions) -> None:
    client = await added(bound)
    first, second = an_order(portal, client), an_order(portal, client)
    assert first.orderid != second.orderid
    assert len({*first.serviceids, *second.serviceids}) == 4
    statuses = {row["status"] for table in ("billing_order", "service") for row in portal.records.find(table)}
    assert statuses == {"Pending"}
    assert [row["status"] for row in portal.records.find("invoice")] == ["Unpaid", "Unpaid"]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"pid": []}, "No items added to cart so order cannot proceed"),
        ({"pid": ["101", "999"]}, "No items added to cart so order cannot proceed"),
        ({"pid": "101"}, "Expecting parameter 'pid' to be an array"),
        ({"domain": "mark"}, "Expecting parameter 'domain' to be an array"),
        ({"paymentmethod": "cash"}, "Invalid Payment Method. Valid options include stripe, banktransfer"),
        ({"billingcycle": ["annually", "onetime"]}, "Invalid Billing Cycle Requested"),
        ({"billingcycle": ["monthly"]}, "Invalid Billing Cycle Requested"),
        ({"billingcycle": ["onetime", "onetime"]}, "Invalid Billing Cycle Requested"),
    ],
)
async def test_add_order_checks_what_is_asked(
    bound: WorldBindings, portal: WhmcsActions, changed: dict[str, Any], text: str
) -> None:
    client = await added(bound)
    said = refused(lambda: an_order(portal, client, **changed))
    assert (said.code, said.text) == ("validation", text)
    assert portal.records.find("billing_order") == portal.records.find("service") == []


async def test_an_order_without_prices_costs_what_the_list_says(bound: WorldBindings, portal: WhmcsActions) -> None:
    an_order(portal, await added(bound))
    assert [row["total"] for row in portal.records.find("invoice")] == [5_500 + 22_800]


async def test_an_order_for_nothing_is_paid(bound: WorldBindings, portal: WhmcsActions) -> None:
    an_order(portal, await added(bound), priceoverride=[0, 0])
    assert [(row["total"], row["status"]) for row in portal.records.find("invoice")] == [(0, "Paid")]


async def test_only_a_pending_order_is_accepted_or_cancelled(bound: WorldBindings, portal: WhmcsActions) -> None:
    client = await added(bound)
    order = an_order(portal, client).orderid
    portal.accept_order(order)
    for call in (portal.accept_order, portal.cancel_order):
        for id in (order, "99"):
            said = refused(lambda call=call, id=id: call(id))
            assert (said.code, said.text) == ("wrong_state", "Order ID not found or Status not Pending")


async def test_only_a_cancelled_order_is_deleted(bound: WorldBindings, portal: WhmcsActions) -> None:
    client = await added(bound)
    order = an_order(portal, client)
    said = refused(lambda: portal.delete_order(order.orderid))
    assert said.text == "The order status must be in Cancelled or Fraud to be deleted"
    portal.cancel_order(order.orderid)
    assert {row["status"] for row in portal.records.find("service")} == {"Cancelled"}
    assert [row["status"] for row in portal.records.find("invoice")] == ["Cancelled"]
    portal.delete_order(order.orderid)
    assert [len(portal.records.find(t)) for t in ("billing_order", "service", "invoice", "invoice_line")] == [0] * 4


async def test_without_automatic_set_up_a_service_with_a_module_stays_pending(
    bound: WorldBindings, portal: WhmcsActions
) -> None:
    order = an_order(portal, await added(bound))
    portal.accept_order(order.orderid, autosetup=False)
    assert [row["status"] for row in portal.records.find("service")] == ["Pending", "Active"]


async def test_a_closed_client_takes_no_order_and_no_token(
    bound: WorldBindings, portal: WhmcsActions, staff: WhmcsActions
) -> None:
    client = await added(bound)
    await running(bound, client)
    an_order(portal, client)
    staff.close_client(client)
    statuses = [row["status"] for row in portal.records.find("service")]
    assert statuses == ["Terminated", "Terminated", "Cancelled", "Cancelled"]
    assert {row["status"] for row in portal.records.find("invoice")} == {"Cancelled"}
    said = refused(lambda: an_order(portal, client))
    assert (said.code, said.text) == ("wrong_state", "Unable to add order when client status is Closed")
    said = refused(lambda: portal.create_sso_token(client, "clientarea:services"))
    assert (said.code, said.text) == ("wrong_state", f"SSO authentication blocked for client {client}")


@pytest.mark.parametrize(
    ("destination", "path"),
    [
        ("clientarea:payment_methods", ""),
        ("https://evil.example", ""),
        ("sso:custom_redirect", ""),
        ("clientarea:services", "viewinvoice.php"),
    ],
)
async def test_a_token_leads_to_documented_pages_only(
    bound: WorldBindings, portal: WhmcsActions, destination: str, path: str
) -> None:
    client = await added(bound)
    assert refused(lambda: portal.create_sso_token(client, destination, path)).text == "Invalid destination"


async def test_a_product_without_module_has_no_module_actions(bound: WorldBindings, portal: WhmcsActions) -> None:
    billed = await running(bound, await added(bound))
    said = refused(lambda: portal.module_terminate(billed.services[1]))
    assert (said.code, said.text) == ("validation", "Service not assigned to a module")


async def test_lists_come_25_at_a_time(bound: WorldBindings, portal: WhmcsActions) -> None:
    client = await added(bound)
    for _ in range(14):
        an_order(portal, client)
    page = portal.get_clients_products(clientid=client)
    assert (page.total, len(page.rows)) == (28, 25)
    assert len(portal.get_clients_products(clientid=client, limitstart=25).rows) == 3
    assert len(await bound.service_book.services(client)) == 28


async def test_a_product_may_ask_for_its_custom_field(bound: WorldBindings, portal: WhmcsActions) -> None:
    client = await added(bound)
    product = portal.records.one("billing_product", pid="101")
    assert product is not None
    portal.records.update("billing_product", product["id"], {"needs_crm_order": True}, "staff")
    for fields in ([], [{}], [{"crm_order": ""}], [{}, {"crm_order": "801"}]):
        said = refused(lambda fields=fields: an_order(portal, client, customfields=fields))
        assert (said.code, said.text) == (
            "validation",
            "You did not provide required custom field value for crm_order",
        )
    assert portal.records.find("billing_order") == []
    an_order(portal, client, customfields=[{"crm_order": "801"}])


@pytest.fixture
def invoice(staff: WhmcsActions) -> str:
    client = staff.add_client(FIELDS)
    return staff.create_invoice(client, [("Fee", 1_000)], duedate=staff.today)


def a_payment(who: WhmcsActions, invoice: str, **changed: Any) -> None:
    asked = {"transid": "t1", "gateway": "stripe", "date": who.world.clock.now()}
    who.add_invoice_payment(invoice, **(asked | changed))


@pytest.mark.parametrize(
    ("changed", "code", "text"),
    [
        ({"transid": " "}, "validation", "You did not enter your transid"),
        ({"gateway": "cash"}, "validation", "Invalid Payment Method. Valid options include stripe, banktransfer"),
        ({"invoice": "99"}, "not_found", "Invoice ID Not Found"),
    ],
)
def test_a_payment_says_what_it_is(
    staff: WhmcsActions, invoice: str, changed: dict[str, Any], code: str, text: str
) -> None:
    said = refused(lambda: a_payment(staff, changed.pop("invoice", invoice), **changed))
    assert (said.code, said.text) == (code, text)
    assert [row["status"] for row in staff.records.find("invoice")] == ["Unpaid"]


@pytest.mark.parametrize("left_out", ["transid", "gateway", "date"])
def test_a_payment_needs_its_three(staff: WhmcsActions, invoice: str, left_out: str) -> None:
    asked = {"transid": "t1", "gateway": "stripe", "date": staff.world.clock.now()}
    with pytest.raises(TypeError, match=left_out):
        staff.add_invoice_payment(invoice, **{name: value for name, value in asked.items() if name != left_out})  # type: ignore[arg-type]


def test_a_transaction_pays_once(staff: WhmcsActions, invoice: str) -> None:
    a_payment(staff, invoice, amount=400)
    said = refused(lambda: a_payment(staff, invoice, amount=600))
    assert (said.code, said.text) == ("conflict", "Transaction ID must be Unique")
    assert [(row["balance"], row["status"]) for row in staff.records.find("invoice")] == [(600, "Unpaid")]
    a_payment(staff, invoice, transid="t2")
    assert [(row["balance"], row["status"]) for row in staff.records.find("invoice")] == [(0, "Paid")]


async def test_services_are_found_by_their_domain(bound: WorldBindings, portal: WhmcsActions) -> None:
    client = await added(bound)
    an_order(portal, client, domain=["mark-1", ""])
    assert [row["pid"] for row in portal.get_clients_products(domain="mark-1").rows] == [PLAN.billing_product]


async def test_a_service_of_somebody_else_is_returned_when_the_client_is_not_named(
    bound: WorldBindings, portal: WhmcsActions
) -> None:
    await added(bound)
    billed = await running(bound, await added(bound, "ken@example.com", "P1000002"))
    assert portal.get_clients_products(serviceid=billed.services[0]).total == 1
    assert portal.get_clients_products(serviceid=billed.services[0], clientid="1").total == 0


def test_the_portal_may_do_what_its_role_allows(portal: WhmcsActions) -> None:
    assert set(ACTIONS) >= API_ROLE
    assert set(ACTIONS) - API_ROLE == {
        "AddInvoicePayment",
        "CloseClient",
        "CreateInvoice",
        "ModuleSuspend",
        "ModuleUnsuspend",
    }


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda w: w.add_invoice_payment("1"), "addinvoicepayment"),
        (lambda w: w.close_client("1"), "closeclient"),
        (lambda w: w.create_invoice("1"), "createinvoice"),
        (lambda w: w.module_suspend("1"), "modulesuspend"),
        (lambda w: w.module_unsuspend("1"), "moduleunsuspend"),
    ],
)
def test_what_the_role_leaves_out_is_not_allowed(
    portal: WhmcsActions, call: Callable[[WhmcsActions], Any], name: str
) -> None:
    said = refused(lambda: call(portal))
    assert (said.code, said.text) == ("permission", f'Invalid Permissions: API action "{name}" is not allowed')


def test_the_portal_never_writes_a_pay_method(portal: WhmcsActions) -> None:
    client = portal.add_client(FIELDS)
    with pytest.raises(Exception, match="permission"):
        portal.records.create("payment_method", {"client": client, "type": "CreditCard", "card_last_four": "4242"})
