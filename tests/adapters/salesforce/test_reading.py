"""Queries of one moment go in one call."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from adapters.salesforce.client import Client
from adapters.salesforce.reading import Reading
from adapters.salesforce.settings import Flow, Patience, SalesforceSettings
from adapters.salesforce.soql import Select, select
from adapters.system.clock import RealClock
from ports.errors import Rejected

SETTINGS = SalesforceSettings(
    login_url="https://org.example",
    flow=Flow.CLIENT_CREDENTIALS,
    client_id="key",
    client_secret="secret",
    patience=Patience(first_wait=0.001),
)


class Asked:
    """An org that answers every query with its own text, and refuses those for a Lead."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            told = {"access_token": "00D!t", "instance_url": "https://org.example", "id": "https://o/id/0/1"}
            return httpx.Response(200, json=told | {"token_type": "Bearer"})
        if request.method == "GET":
            self.calls.append([request.url.params["q"]])
            return httpx.Response(200, json=_page(request.url.params["q"]))
        parts = msgspec.json.decode(request.content)["compositeRequest"]
        queries = [parse_qs(urlsplit(part["url"]).query)["q"][0] for part in parts]
        self.calls.append(queries)
        answers = [
            {"referenceId": part["referenceId"], **_answer(query)} for part, query in zip(parts, queries, strict=True)
        ]
        return httpx.Response(200, json={"compositeResponse": answers})


def _page(query: str) -> dict[str, object]:
    return {"totalSize": 1, "done": True, "records": [{"Asked": query}]}


def _answer(query: str) -> dict[str, object]:
    if "Lead" in query:
        return {"httpStatusCode": 400, "body": [{"errorCode": "INVALID_TYPE", "message": "no"}], "httpHeaders": {}}
    return {"httpStatusCode": 200, "body": _page(query), "httpHeaders": {}}


@pytest.fixture
def org() -> Asked:
    return Asked()


@pytest.fixture
async def reading(org: Asked) -> AsyncIterator[Reading]:
    async with Client(SETTINGS, RealClock(), httpx.MockTransport(org)) as client:
        yield Reading(client)


def of(sobject: str) -> Select:
    return select("Id").of(sobject)


async def test_what_is_asked_at_one_moment_is_one_call(reading: Reading, org: Asked) -> None:
    first, again, other = await asyncio.gather(*(reading.rows(of(name)) for name in ("Account", "Account", "Case")))
    assert first == again == [{"Asked": "SELECT Id FROM Account"}]
    assert other == [{"Asked": "SELECT Id FROM Case"}]
    assert org.calls == [["SELECT Id FROM Account", "SELECT Id FROM Case"]]


async def test_what_is_asked_later_is_asked_anew(reading: Reading, org: Asked) -> None:
    await reading.rows(of("Account"))
    await reading.rows(of("Account"))
    assert org.calls == [["SELECT Id FROM Account"]] * 2


async def test_no_call_has_more_queries_than_salesforce_takes(reading: Reading, org: Asked) -> None:
    names = [f"Thing{n}" for n in range(12)]
    answers = await asyncio.gather(*(reading.rows(of(name)) for name in names))
    assert [answer[0]["Asked"] for answer in answers] == [f"SELECT Id FROM {name}" for name in names]
    assert sorted(map(len, org.calls)) == [2, 5, 5]


async def test_one_that_is_refused_takes_no_other_along(reading: Reading) -> None:
    refused, answered = await asyncio.gather(
        reading.rows(of("Lead")), reading.rows(of("Account")), return_exceptions=True
    )
    assert isinstance(refused, Rejected)
    assert refused.code == "INVALID_TYPE"
    assert answered == [{"Asked": "SELECT Id FROM Account"}]


async def test_who_gives_up_takes_no_answer_from_others(reading: Reading, org: Asked) -> None:
    impatient, patient = (asyncio.ensure_future(reading.rows(of("Account"))) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == [{"Asked": "SELECT Id FROM Account"}]
    assert len(org.calls) == 1
