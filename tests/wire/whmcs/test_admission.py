"""Who is let in, by which credentials, from where, in what form, and what anybody else is told."""

from hashlib import md5
from urllib.parse import urlencode

import httpx
import pytest

from adapters.fakes.wire.whmcs.people import PORTAL, STAFF
from adapters.fakes.wire.whmcs.server import Served
from tests.wire.whmcs.conftest import PATH, Caller

ASKS = {"action": "WhmcsDetails", "responsetype": "json"}


@pytest.mark.parametrize(
    "credentials",
    [
        {"identifier": PORTAL.identifier, "secret": PORTAL.secret},
        {"username": PORTAL.identifier, "password": PORTAL.secret},
        {"username": PORTAL.username, "password": md5(PORTAL.password.encode()).hexdigest()},
    ],
)
async def test_each_pair_of_credentials_lets_in(http: httpx.AsyncClient, credentials: dict[str, str]) -> None:
    assert (await http.post(PATH, data=ASKS | credentials)).json()["result"] == "success"


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"identifier": PORTAL.identifier},
        {"identifier": PORTAL.identifier, "secret": STAFF.secret},
        {"identifier": PORTAL.identifier, "secret": ""},
        {"username": PORTAL.username, "password": PORTAL.password},
        {"identifier": PORTAL.username, "secret": md5(PORTAL.password.encode()).hexdigest()},
        {"identifier[0]": PORTAL.identifier, "secret[0]": PORTAL.secret},
    ],
)
async def test_anybody_else_is_refused(http: httpx.AsyncClient, credentials: dict[str, str]) -> None:
    answer = await http.post(PATH, data=ASKS | credentials)
    assert (answer.status_code, answer.json()) == (403, {"result": "error", "message": "Authentication Failed"})


async def test_credentials_behind_the_question_mark_are_not_read(http: httpx.AsyncClient, whmcs: Served) -> None:
    secrets = {"identifier": whmcs.identifier, "secret": whmcs.secret}
    assert (await http.post(PATH, params=secrets, data=ASKS)).status_code == 403
    assert (await http.get(PATH, params=secrets | ASKS)).status_code == 403
    assert (await http.post(PATH, params=ASKS, data=secrets)).json()["result"] == "success", "an action is"


async def test_json_reaches_php_as_nothing(http: httpx.AsyncClient, whmcs: Served) -> None:
    answer = await http.post(PATH, json=ASKS | {"identifier": whmcs.identifier, "secret": whmcs.secret})
    # nor does the type of answer that it asks for
    assert (answer.status_code, answer.text) == (403, "result=error;message=Authentication Failed;")


async def test_a_form_that_is_not_called_one_is_not_read(http: httpx.AsyncClient, whmcs: Served) -> None:
    form = urlencode(ASKS | {"identifier": whmcs.identifier, "secret": whmcs.secret})
    for kind, status in (
        ("application/x-www-form-urlencoded; charset=utf-8", 200),
        ("application/json", 403),
        ("text/plain", 403),
        ("", 403),
    ):
        answer = await http.post(PATH, content=form, headers={"content-type": kind})
        assert answer.status_code == status, kind


async def test_an_address_that_is_not_listed_needs_the_access_key(portal: Caller, whmcs: Served) -> None:
    whmcs.office.access.addresses.clear()
    answer = await portal.post("WhmcsDetails")
    assert (answer.status_code, answer.json()["message"]) == (403, "Invalid IP 127.0.0.1")
    assert (await portal.post("WhmcsDetails", accesskey="wrong")).status_code == 403
    assert (await portal.post("WhmcsDetails", accesskey="")).status_code == 403
    assert (await portal("WhmcsDetails", accesskey=whmcs.access_key))["result"] == "success"
    whmcs.office.access.access_key = None
    assert (await portal.post("WhmcsDetails", accesskey="")).status_code == 403


@pytest.mark.parametrize("action", ["CloseClient", "DeleteClient", "AddInvoicePayment", "AddPayMethod", "NoSuchThing"])
async def test_a_role_allows_what_it_lists(portal: Caller, whmcs: Served, action: str) -> None:
    text = f'Invalid Permissions: API action "{action.lower()}" is not allowed'
    answer = await portal.post(action, clientid="1")
    assert (answer.status_code, answer.json()["message"]) == (403, text)
    assert rf"API action \u0022{action.lower()}\u0022 is" in answer.text
    whmcs.quirks.refusals_are_403 = False
    answer = await portal.post(action, clientid="1")
    assert (answer.status_code, answer.json()["message"]) == (200, text)


async def test_any_of_the_roles_suffices(whmcs: Served, http: httpx.AsyncClient) -> None:
    nobody = PORTAL.__class__(
        identifier="i",
        secret="s",
        username="u",
        password="p",
        roles=(frozenset({"GetOrders"}), frozenset({"GetClients"})),
    )
    whmcs.office.access.callers = (nobody,)
    caller = Caller(http, "i", "s")
    await caller("GetOrders")
    await caller("GetClients")
    assert (await caller.post("GetInvoices")).status_code == 403


async def test_an_action_that_is_none_is_not_found_by_one_who_may_everything(staff: Caller) -> None:
    assert await staff.refused("NoSuchThing") == "Command Not Found"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"email": "ken@example.com", "firstname": ""}, "You did not enter your first name"),
        ({"email": "ken@example.com", "password2": ""}, "You did not enter your password"),
        ({"email": "ken@example.com", "country": "Japan"}, "Valid country required"),
        ({"email": "MINA@example.com"}, "A user already exists with that email address"),
        ({"email": "ken@barred.example"}, "The email address entered is not available for use."),
        ({"email": "ken"}, "The email address you entered was not valid"),
        ({"email": "ken@example.com", "password2": "", "skipvalidation": "1"}, "You did not enter your password"),
    ],
)
async def test_a_client_that_cannot_be_is_refused(portal: Caller, fields: dict[str, str], text: str) -> None:
    await portal.add_client()
    form = {"firstname": "Ken", "lastname": "Mori", "address1": "a", "city": "b", "state": "c", "postcode": "d"}
    form |= {"country": "JP", "phonenumber": "1", "password2": "e"}
    assert await portal.refused("AddClient", **(form | fields)) == text


async def test_a_change_that_cannot_be_is_refused(portal: Caller) -> None:
    await portal.add_client()
    ken = await portal.add_client(email="ken@example.com")
    assert await portal.refused("UpdateClient", clientid=ken, email="mina@example.com") == "Duplicate Email Address"
    assert await portal.refused("UpdateClient", clientid="999", city="x") == "Client ID Not Found"
    assert await portal.refused("UpdateClient", clientemail="nobody@example.com") == "Client ID Not Found"
    assert "ICANN" in await portal.refused("UpdateClient", clientid=ken, **{"email_preferences[domain]": "0"})
    assert await portal.refused("GetClientsDetails", email="nobody@example.com") == "Client Not Found"


async def test_calls_are_counted_in_order_with_their_times(portal: Caller, whmcs: Served) -> None:
    await portal("getclients")
    await portal.post("closeclient")
    assert whmcs.usage.actions == ["GetClients", "CloseClient"]
    assert whmcs.usage.counted["GetClients"] == 1
    first, second = whmcs.usage.calls
    assert first.ended is not None
    assert first.begun < first.ended <= second.begun
    whmcs.usage.clear()
    assert not whmcs.usage.calls
