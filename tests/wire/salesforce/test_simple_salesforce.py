"""simple-salesforce as it is, against the made-up Salesforce."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
import requests
from anyio import to_thread
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from adapters.fakes.wire.salesforce.people import PORTAL, PORTAL_APP, App
from adapters.fakes.wire.salesforce.server import SalesforceServer, served
from adapters.fakes.wire.salesforce.sessions import Sessions
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.world import World
from adapters.system.clock import RealClock
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import everything
from tests.wire.salesforce.keys import key_and_certificate
from tests.worlds import a_world

T = TypeVar("T")
PRIVATE, CERTIFICATE = key_and_certificate()
APPS = (PORTAL_APP, App(key="signed", certificate=CERTIFICATE, approved=(PORTAL,)))


class PlainAtHome(HTTPAdapter):
    """Brings what the client asks of Salesforce's hosts over TLS to the sandbox, which speaks plain HTTP."""

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = self.base + request.path_url
        return super().send(request, *args, **kwargs)


@pytest.fixture
async def salesforce() -> AsyncIterator[SalesforceServer]:
    # the client signs by the machine's own clock
    world = a_world(RealClock())
    async with served(world, everything(), Sessions(clock=RealClock(), apps=APPS)) as salesforce:
        yield salesforce
    world.close()


@pytest.fixture
def world(salesforce: SalesforceServer) -> World:
    return salesforce.world


@pytest.fixture
def org(world: World) -> Org:
    return Org(world.records)


async def log_in(salesforce: SalesforceServer, **credentials: Any) -> Salesforce:
    session = requests.Session()
    session.mount("https://", PlainAtHome(salesforce.base))
    return await away(lambda: Salesforce(session=session, version="62.0", **credentials))


async def away(call: Callable[[], T]) -> T:
    """Call the client in a thread of its own: it knows no other way to wait."""
    return await to_thread.run_sync(call)


@pytest.fixture
async def client(salesforce: SalesforceServer) -> AsyncIterator[Salesforce]:
    client = await log_in(salesforce, username=PORTAL.name, consumer_key="signed", privatekey=PRIVATE)
    yield client
    client.session.close()


async def test_it_logs_in_either_way(salesforce: SalesforceServer) -> None:
    signed = await log_in(salesforce, username=PORTAL.name, consumer_key="signed", privatekey=PRIVATE)
    secret = PORTAL_APP.secret
    credited = await log_in(salesforce, consumer_key=PORTAL_APP.key, consumer_secret=secret, domain="genkan.my")
    for client in (signed, credited):
        assert client.sf_instance == salesforce.base.removeprefix("http://")
        assert (await away(client.limits))["DailyApiRequests"]["Max"] == 1_000_000
        assert client.api_usage["api-usage"].total == 1_000_000  # type: ignore[union-attr]
        client.session.close()


@pytest.mark.parametrize(
    ("credentials", "error"),
    [
        (
            {"username": PORTAL.name, "consumer_key": "signed", "privatekey": key_and_certificate("x")[0]},
            "invalid_grant",
        ),
        ({"username": "nobody", "consumer_key": "signed", "privatekey": PRIVATE}, "invalid_grant"),
        ({"consumer_key": "stranger", "consumer_secret": "s", "domain": "genkan.my"}, "invalid_client_id"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::ResourceWarning")
async def test_its_wrong_log_in_is_refused(
    salesforce: SalesforceServer, credentials: dict[str, Any], error: str
) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        await log_in(salesforce, **credentials)
    assert refused.value.code == error


async def test_it_writes_and_reads_records(client: Salesforce, world: World) -> None:
    accounts = client.Account
    made = await away(lambda: accounts.create({"Name": "山田", "Portal_Request_Key__c": "k/1"}))
    id = made["id"]
    assert (await away(lambda: accounts.get(id)))["Name"] == "山田"
    assert await away(lambda: accounts.update(id, {"Phone": "1"})) == 204
    assert (await away(lambda: accounts.get_by_custom_id("Portal_Request_Key__c", "k/1")))["Phone"] == "1"
    assert await away(lambda: accounts.upsert("SF_Account_No__c/P7", {"Name": "Kenji"})) == 201
    assert await away(lambda: accounts.upsert("SF_Account_No__c/P7", {"Name": "Mina"})) == 200
    assert world.records.one("account", number="P7")["name"] == "Mina"  # type: ignore[index]
    assert await away(lambda: accounts.delete(id)) == 204
    with pytest.raises(SalesforceResourceNotFound):
        await away(lambda: accounts.get(id))


async def test_it_describes(client: Salesforce) -> None:
    described = await away(client.Account.describe)
    assert described["name"] == "Account"
    everything = await away(client.describe)
    assert everything is not None
    assert "Order" in {each["name"] for each in everything["sobjects"]}
    assert (await away(client.Account.metadata))["objectDescribe"]["keyPrefix"] == "001"


async def test_it_reads_all_pages(client: Salesforce, world: World) -> None:
    for n in range(450):
        world.records.create("lead", {"last_name": f"L{n:03d}", "company": "C"})
    paged = {"headers": {"Sforce-Query-Options": "batchSize=200"}}
    told = await away(lambda: client.query("SELECT Id FROM Lead", **paged))
    assert (len(told["records"]), told["totalSize"], told["done"]) == (200, 450, False)
    rest = await away(lambda: client.query_more(told["nextRecordsUrl"], identifier_is_url=True))
    assert len(rest["records"]) == 200
    for n in range(2_000):
        world.records.create("lead", {"last_name": f"M{n:04d}", "company": "C"})
    everything = await away(lambda: client.query_all("SELECT Id, LastName FROM Lead ORDER BY LastName"))
    assert [each["LastName"] for each in everything["records"][448:452]] == ["L448", "L449", "M0000", "M0001"]
    assert len(everything["records"]) == 2_450


async def test_it_sends_composites_and_searches(client: Salesforce, org: Org) -> None:
    subs = [
        {
            "method": "POST",
            "url": "/services/data/v62.0/sobjects/Account",
            "referenceId": "account",
            "body": {"Name": "Kenji"},
        },
        {
            "method": "POST",
            "url": "/services/data/v62.0/sobjects/Contact",
            "referenceId": "contact",
            "body": {"LastName": "K", "AccountId": "@{account.id}"},
        },
    ]
    body = {"allOrNone": True, "compositeRequest": subs}
    told = await away(lambda: client.restful("composite", method="POST", json=body))
    assert [one["httpStatusCode"] for one in told["compositeResponse"]] == [201, 201]
    found = await away(lambda: client.search("FIND {mina} RETURNING Account(Id)"))
    assert [each["Id"] for each in found["searchRecords"]] == [org.account]


async def test_it_tells_errors_apart(client: Salesforce, salesforce: SalesforceServer) -> None:
    with pytest.raises(SalesforceMalformedRequest) as malformed:
        await away(lambda: client.query("SELECT"))
    assert malformed.value.content[0]["errorCode"] == "MALFORMED_QUERY"
    with pytest.raises(SalesforceMalformedRequest):
        await away(lambda: client.Account.create({}))
    salesforce.switches.switch(WireFault.LIMIT, times=1)
    with pytest.raises(SalesforceRefusedRequest):
        await away(client.limits)
    salesforce.switches.switch(WireFault.UNAVAILABLE, times=1)
    with pytest.raises(SalesforceGeneralError):
        await away(client.limits)


async def test_it_logs_in_again_when_its_session_has_ended(client: Salesforce, salesforce: SalesforceServer) -> None:
    dead = client.session_id
    salesforce.sessions.expire()
    assert (await away(client.limits))["DailyApiRequests"]
    assert client.session_id != dead
    salesforce.sessions.expire()
    client._salesforce_login_partial = None  # as one who was given a token alone
    with pytest.raises(SalesforceExpiredSession):
        await away(client.limits)
