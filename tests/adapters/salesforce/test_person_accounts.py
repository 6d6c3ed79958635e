"""Customers where the org has them as person accounts: one record, whose contact is Salesforce's own shadow of it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from adapters.fakes.clock import WorldClock
from adapters.salesforce.bindings import SalesforcePorts, salesforce_ports
from adapters.salesforce.client import Client
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.settings import Flow, Patience, SalesforceSettings
from core.domain.ids import AccountId
from core.domain.policy import Policy
from ports.customer_registry import ContactDetails
from tests.contracts.samples import ELSEWHERE, HOME, MINA, PHONE, Samples

ACCOUNT, CONTACT, TYPE = "001Q8K0015aIyydIBC", "003Q8K0015aIyydIBC", "012Q8K0015aIyydIBC"
AT = "2026-01-20T01:00:00.000+0000"
PERSON = {
    "Id": ACCOUNT, "CreatedDate": AT, "LastModifiedDate": AT, "Name": "Mina Kowalska", "Phone": "+81 9012345678",
    "SF_Account_No__c": "P1000001", "BillingStreet": "渋谷1-2-3\r\n青山ビル 401", "BillingCity": "渋谷区",
    "BillingState": "東京都", "BillingPostalCode": "150-0002", "PersonContactId": CONTACT, "FirstName": "Mina",
    "LastName": "Kowalska", "First_Name_Kana__pc": "ミナ", "Last_Name_Kana__pc": "コワルスカ",
    "Company_Name__pc": "Kita Design", "Nationality__pc": "PL", "PersonBirthdate": "1990-05-04",
    "Gender__pc": "Female", "PersonEmail": "mina@example.jp",
}  # fmt: skip


class Org:
    """An org of person accounts with one customer in it, who may be made and written to."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.person: dict[str, Any] = PERSON

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            told = {"access_token": "00D!t", "instance_url": "https://org.example", "id": "https://o/id/0/1"}
            return httpx.Response(200, json=told | {"token_type": "Bearer"})
        if request.method == "GET":
            return httpx.Response(200, json=self._found(request.url.params["q"]))
        parts = msgspec.json.decode(request.content)["compositeRequest"]
        return httpx.Response(200, json={"compositeResponse": [self._answer(part) for part in parts]})

    def _answer(self, part: dict[str, Any]) -> dict[str, Any]:
        told = {"referenceId": part["referenceId"], "httpHeaders": {}}
        if part["method"] == "GET":
            url = httpx.URL(f"https://org.example{part['url']}")
            body: Any = self._found(url.params["q"]) if "q" in url.params else {"Id": ACCOUNT} | self.person
            return told | {"httpStatusCode": 200, "body": body}
        self.written.append({"method": part["method"], "url": part["url"].partition("sobjects/")[2]} | part["body"])
        if part["method"] == "PATCH":
            return told | {"httpStatusCode": 204, "body": None}
        return told | {"httpStatusCode": 201, "body": {"id": ACCOUNT, "success": True, "errors": []}}

    def _found(self, query: str) -> dict[str, Any]:
        self.asked.append(query)
        rows: list[dict[str, Any]] = [dict(self.person)] if "FROM Account" in query else []
        if "FROM RecordType" in query:
            rows = [{"Id": TYPE, "SobjectType": "Account", "DeveloperName": "Portal_Customer"}]
        return {"totalSize": len(rows), "done": True, "records": rows}


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
async def ports(org: Org) -> AsyncIterator[SalesforcePorts]:
    settings = SalesforceSettings(
        login_url="https://org.example",
        flow=Flow.CLIENT_CREDENTIALS,
        client_id="key",
        client_secret="secret",
        person_accounts=True,
        patience=Patience(first_wait=0.001),
    )
    clock = WorldClock()
    async with Client(settings, clock, httpx.MockTransport(org)) as client:
        yield salesforce_ports(client, settings, DEFAULT, Policy(), clock)


async def test_a_customer_is_made_as_one_record_that_has_no_name_of_ours(ports: SalesforcePorts, org: Org) -> None:
    made = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
    assert (made.account, made.contact) == (ACCOUNT, CONTACT)
    (written,) = org.written
    assert (written["method"], written["url"], written["RecordTypeId"]) == ("POST", "Account", TYPE)
    for field, value in PERSON.items():
        if field not in ("Id", "CreatedDate", "LastModifiedDate", "Name", "PersonContactId", "BillingStreet"):
            assert written[field] == value
    assert written["BillingStreet"] == written["PersonMailingStreet"] == "渋谷1-2-3\n青山ビル 401"
    assert not written.keys() & {"Name", "Email", "AccountId", "Gender__c", "PersonContactId"}


async def test_a_customer_is_read_from_one_record(ports: SalesforcePorts, org: Org) -> None:
    profile = await ports.customer_registry.find_by_email("MINA@example.jp")
    assert profile is not None
    assert (profile.account, profile.contact, profile.number) == (ACCOUNT, CONTACT, "P1000001")
    assert (profile.person, profile.phone, profile.address) == (MINA, PHONE, HOME)
    (query,) = org.asked
    assert "PersonEmail = 'mina@example.jp'" in query
    assert "Contact" not in query.replace("PersonContactId", "")


async def test_details_are_written_to_the_one_record(ports: SalesforcePorts, org: Org) -> None:
    await ports.customer_registry.save_details(AccountId(ACCOUNT), ContactDetails(address=ELSEWHERE))
    (written,) = org.written
    assert written["method"] == "PATCH"
    assert written["BillingCity"] == written["PersonMailingCity"] == ELSEWHERE.city
    assert not written.keys() & {"MailingCity", "Name", "PersonEmail"}


async def test_whoever_salesforce_takes_for_the_same_is_looked_at_again(ports: SalesforcePorts) -> None:
    assert await ports.customer_registry.find_by_email("nina@example.jp") is None


async def test_a_record_of_the_very_second_is_written_while_what_is_written_is_as_it_was(
    ports: SalesforcePorts, org: Org
) -> None:
    born = MINA.birth_date
    org.person = PERSON | {"PersonBirthdate": None, "BillingPostalCode": None, "BillingCity": "O'Hara"}
    await ports.customer_registry.save_details(AccountId(ACCOUNT), ContactDetails(address=HOME, birth_date=born))
    (guard,) = (query for query in org.asked if "LastModifiedDate =" in query)
    for stands in (r"BillingCity = 'O\'Hara'", "BillingPostalCode = null", "PersonBirthdate = null"):
        assert stands in guard
    assert "BillingStreet =" not in guard, "it has two lines"
