"""Whatever is called, each resource answers: done or refused in Salesforce's words, never broken."""

import asyncio
import json
import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fakes.wire.salesforce.people import PORTAL_APP, STAFF_APP, App
from adapters.fakes.wire.salesforce.resources import ROUTES, Route
from adapters.fakes.wire.salesforce.server import SalesforceServer
from adapters.fakes.world import World
from tests.contracts.org import Org
from tests.wire.salesforce.conftest import ROOT, everything, schema
from tests.worlds import a_world

DIGITS = "9" * 5_000
NOBODY = "001000000000000AAA"
LOCATOR = "01gRO0000016PIAYA2"
# as they stand in a body, since no encoder writes all of them
DEEP = ('{"a":' * 5_000 + "1" + "}" * 5_000, "[" * 5_000 + "]" * 5_000, '{"a":' * 400 + "[1]" + "}" * 400)
TEXTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2020-W10-1", "2020-02-30", "x" * 70_000, "\x00"]
TEXTS += ["@{a.id}", f"@{{a[{DIGITS}].id}}", f"@{{b.records[{DIGITS}].Id}}", "@{a", "", "東京 😀", "***", NOBODY]
TEXTS += [f"{ROOT}/limits", f"/services/data/v{DIGITS}.0/limits", f"{ROOT}/query/{LOCATOR}-{DIGITS}", "GET", "Account"]
VALUES = [json.dumps(value) for value in (None, True, 0, -1, 1.5, 1e300, 10**400, [], {}, [{}], *TEXTS)]
VALUES += [*DEEP, r'"\ud800"', "1e999", DIGITS, "NaN", '"' + "\udcff" + '"']
SOQL = [
    "SELECT Id FROM Account",
    "SELECT Id, (SELECT Id FROM Contacts) FROM Account LIMIT 1",
    f"SELECT Id FROM Account LIMIT {DIGITS}",
    f"SELECT Id FROM Account OFFSET {DIGITS}",
    f"SELECT Id FROM Opportunity WHERE Probability > {DIGITS}",
    f"SELECT Id FROM Opportunity WHERE Probability > 1.{DIGITS}",
    "SELECT Id FROM Opportunity WHERE Probability > 1e999",
    f"SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:{DIGITS}",
    "SELECT Id FROM Account WHERE CreatedDate > NEXT_N_YEARS:999999",
    "SELECT Id FROM Account WHERE CreatedDate < 0001-01-01T00:00:00+14:00",
    "SELECT Id FROM Account WHERE CreatedDate < 9999-12-31T23:59:59-14:00",
    "SELECT Id FROM Contact WHERE Birthdate < 0000-01-01",
    r"SELECT Id FROM Account WHERE Name LIKE '\ud800%' OR Id = '\ud800'",
    r"SELECT Id FROM Account WHERE CreatedDate = '\ud800'",
    "SELECT Id FROM Account WHERE " + "(" * 1_500 + "Name = 'x'" + ")" * 1_500,
    "SELECT Id FROM Account WHERE " + "NOT " * 2_000 + "Name = 'x'",
    "SELECT Id FROM Account WHERE " + "Name = 'x' OR " * 500 + "Name = 'y'",
    "SELECT " + "Account." * 1_500 + "Name FROM Contact",
    "SELECT " + "(SELECT " * 1_000 + "Id",
    "\x00",
]
SOSL = ["FIND {mina}", f"FIND {{mina}} LIMIT {DIGITS}", "FIND {mina} RETURNING Account(Id,Name), Contact"]
SOSL += ["FIND {" + "\\" * 1_501 + "}", "FIND {mina} RETURNING " + "(" * 1_500]
PARTS = {
    "q": [*SOQL, *SOSL, "mina"],
    "fields": ["Id,Name", "Nope", "", "VersionData,Id", "," * 1_000],
    "ids": [NOBODY, "", DIGITS, f"{NOBODY},{NOBODY}", "é,\x00"],
    "sobject": ["Account", "Nope", ""],
    "allOrNone": ["true", "x"],
    "updateOnly": ["true"],
    "overallLimit": ["-1", DIGITS, "²"],
    "Account.limit": ["-1", DIGITS, "²"],
}
NAMES = ["Account", "Contact", "Order", "ContentVersion", "ContentDocumentLink", "RecordType", "Nope", "%FF%FE", "%00"]
STARS = [NOBODY, "SF_Account_No__c", "Id", "VersionData", "describe", DIGITS, f"{LOCATOR}-{DIGITS}", f"{LOCATOR}-0"]
STARS += ["%FF%FE", "%00", "%ED%A0%80", "..", "P1000001", "%2F", "あ", "x" * 16_000]
VERSIONS = [ROOT, ROOT, ROOT, f"/services/data/v{DIGITS}.0", "/services/data/v６２.0".encode().decode("latin-1")]
ONE = {"method": "POST", "url": f"{ROOT}/sobjects/Account", "referenceId": "a", "body": {"Name": "x"}}
TWO = {"method": "GET", "url": f"{ROOT}/query?q=SELECT+Id+FROM+Account", "referenceId": "b", "httpHeaders": {"a": "b"}}
THREE = {
    "method": "PATCH",
    "url": f"{ROOT}/sobjects/Account/@{{a.id}}",
    "referenceId": "c",
    "body": {"Name": "@{a.id}"},
}
RECORD = {
    **{"Name": "x", "LastName": "x", "Birthdate": "2020-02-01", "Portal_Last_SignIn__c": "2026-01-31T15:04:05Z"},
    **{
        "Account": {"SF_Account_No__c": "P1000001"},
        "Probability": 5,
        "Quantity": 1,
        "UnitPrice": 1,
        "AccountId": NOBODY,
    },
    **{"PathOnClient": "x.png", "VersionData": "eA==", "ContentDocumentId": NOBODY, "LinkedEntityId": NOBODY},
}
MANY = {"allOrNone": False, "records": [{"attributes": {"type": "Account"}, "id": NOBODY, "Name": "x"}]}
BODIES: dict[str, list[Any]] = {
    "composite": [{"allOrNone": True, "compositeRequest": [ONE, TWO, THREE]}, {"compositeRequest": [ONE, TWO]}],
    "composite/graph": [{"graphs": [{"graphId": "1", "compositeRequest": [ONE, THREE]}]}],
    "composite/batch": [{"batchRequests": [{"method": "POST", "url": "v62.0/sobjects/Account", "richInput": RECORD}]}],
    "composite/sobjects": [MANY],
    "composite/sobjects/*": [{"ids": [NOBODY], "fields": ["Id", "Name"]}],
    "composite/sobjects/*/*": [MANY, {"records": [{"attributes": {"type": "Account"}, "SF_Account_No__c": "P1"}]}],
    "composite/tree/*": [
        {
            "records": [
                {
                    **{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "x"},
                    "Contacts": {"records": [{"attributes": {"type": "Contact", "referenceId": "b"}, "LastName": "x"}]},
                }
            ]
        }
    ],
    "parameterizedSearch": [{"q": "mina", "sobjects": [{"name": "Account", "fields": ["Id"], "limit": 1}]}],
}
HOLE = "the odd value stands here"
Called = tuple[int, list[tuple[bytes, bytes]], bytes]


def places(body: Any) -> list[tuple[Any, ...]]:
    """Where in a body another value could stand, the body as a whole included."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [()] + [(key, *rest) for key, value in inner for rest in places(value)]


def holed(body: Any, place: tuple[Any, ...]) -> Any:
    """The body with a hole in that place."""
    if not place:
        return HOLE
    key, *rest = place
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[key] = holed(body[key], tuple(rest))
    return copy


@st.composite
def bodies(draw: st.DrawFn, route: Route) -> tuple[bytes, str]:
    """A body that a resource might be sent, one value of it odd, and its content type."""
    likely = draw(st.sampled_from(BODIES.get(route.path, [RECORD])))
    text = json.dumps(holed(likely, draw(st.sampled_from(places(likely)))))
    content = text.replace(json.dumps(HOLE), draw(st.sampled_from(VALUES))).encode(errors="surrogateescape")
    kind = draw(st.sampled_from(["application/json"] * 4 + ["multipart/form-data; boundary=x", "text/plain", "", "é"]))
    if kind.startswith("multipart"):
        head = b"--x\r\nContent-Disposition: form-data; name="
        file = head + b'"VersionData"; filename="x"\r\n\r\n\x00\xff\r\n'
        content = head + b'"a"\r\n\r\n' + content + b"\r\n" + file + b"--x--\r\n"
    return content, kind


@st.composite
def paths(draw: st.DrawFn, route: Route) -> tuple[str, str]:
    """A path of a resource with odd stars, and what stands behind its question mark."""
    stars = [draw(st.sampled_from(STARS)) for _ in re.findall(r"\*", route.path)]
    if route.of_object:
        stars[0] = draw(st.sampled_from(NAMES))
    parts = route.path
    for star in stars:
        parts = parts.replace("*", star, 1)
    version = draw(st.sampled_from(VERSIONS))
    chosen = {name: draw(st.sampled_from(values)) for name, values in PARTS.items() if draw(st.booleans())}
    return f"{version}/{parts}", urlencode(chosen)


def asking(world: World) -> SalesforceServer:
    Org(world.records)
    return SalesforceServer(world, schema(), staff=everything())


async def called(
    org: SalesforceServer, app: App, method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> Called:
    """What the org answers to a call, without a connection between; raises whatever the org does not catch."""
    form = {"grant_type": "client_credentials", "client_id": app.key, "client_secret": app.secret or ""}
    token = org.sessions.log_in(form, None, "http://localhost")["access_token"]
    told = {"host": "localhost", "authorization": f"Bearer {token}", **headers}
    scope = {
        **{"type": "http", "scheme": "http", "method": method},
        "raw_path": path.encode(errors="surrogateescape"),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in told.items()],
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await org(scope, receive, send)
    return sent[0]["status"], sent[0]["headers"], sent[1]["body"]


EVERY = [(route, method) for route in ROUTES for method in route.methods]


@pytest.mark.parametrize(("route", "method"), EVERY, ids=[f"{method} /{route.path}" for route, method in EVERY])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_each_resource_answers_whatever_is_asked(route: Route, method: str, data: st.DataObject) -> None:
    path, query = data.draw(paths(route))
    body, kind = data.draw(bodies(route)) if method in ("POST", "PATCH") else (b"", "")
    batch = data.draw(st.sampled_from(["batchSize=200", f"batchSize={DIGITS}", "batchSize=x", ""]))
    app = data.draw(st.sampled_from([PORTAL_APP, STAFF_APP]))
    world = a_world()
    try:
        headers = {"content-type": kind, "sforce-query-options": batch}
        status, _, content = asyncio.run(called(asking(world), app, method, path, query, headers, body))
    finally:
        world.close()
    assert 200 <= status < 500
    if status >= 400:
        (error,) = json.loads(content) if "hasErrors" not in json.loads(content) else [{"errorCode": "", "message": ""}]
        assert {"errorCode", "message"} <= error.keys()
